// One group of reports: what it is worth and why, its pictures, what can be done, and its reports one by one when they are asked for.

import { get } from "./api.js";
import { nameOf } from "./context.js";
import { fill, h, symbol } from "./dom.js";
import { acceptDialog, askDialog, hideDialog, mergeDialog, takeBackDialog } from "./reports-acts.js";
import { thumbnails } from "./reports-pictures.js";
import { placesDrawing } from "./reports-places.js";
import { apartWord, depthWord, depthWords, duplicateWord, effectWord, observationWord, placeWord, reasonWord, scoreWord, stateWord } from "./reports-words.js";
import { clock, metres, percent, stamp } from "./time.js";
import { t } from "./words.js";

/** Where a group is, in words. */
export function placeWords(group, city) {
  if (group.low_point) return nameOf(city.points.get(group.low_point) ?? { id: group.low_point });
  if (!group.nearest) return t("Place not known");
  const name = nameOf(city.points.get(group.nearest.low_point) ?? { id: group.nearest.low_point });
  return t("{m} m from {name}", { m: Math.round(group.nearest.distance_m), name });
}

/** A card; `tools`: {city, mayWeigh, others(group), done(words)}. */
export function makeGroup(group, tools) {
  const element = h("li", { class: "card group" }, h("article", {}, h("div", { class: "summary" }), h("div", { class: "whole" })));
  updateGroup(element, group, tools);
  return element;
}

export function updateGroup(element, group, tools) {
  const sign = JSON.stringify(group);
  if (element.dataset.sign === sign) return;
  const focus = element.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  element.dataset.sign = sign;
  element.dataset.state = group.state;
  const open = element.querySelector("details")?.open ?? false;
  const ticked = (accepted) => [...element.querySelectorAll(`input[data-report][data-accepted="${accepted}"]:checked`)].map((box) => box.dataset.report);
  const chosen = { waiting: () => ticked(false), accepted: () => ticked(true) };
  fill(element.querySelector(".summary"), head(group, tools), figures(group), reasons(group), thumbnails(group.pictures), unread(group), effect(group), buttons(group, tools, chosen));
  fill(element.querySelector(".whole"), whole(group, tools, open));
  if (focus) element.querySelector(`[data-act="${focus}"]`)?.focus({ preventScroll: true });
}

function head(group, { city }) {
  const name = placeWords(group, city);
  const place = group.low_point ? h("a", { href: `/console/point/${encodeURIComponent(group.low_point)}` }, name) : name;
  const tags = [
    group.training ? h("span", { class: "tag training" }, t("EXERCISE")) : null,
    h("span", { class: "tag" }, stateWord(group.state)),
  ];
  return h(
    "div",
    { class: "group-head row" },
    h("h3", {}, place),
    tags,
    h(
      "span",
      { class: "score" },
      h("meter", { min: "0", max: "1", low: "0.4", high: "0.7", optimum: "1", value: String(group.score), "aria-label": t("How believable") }),
      ` ${percent(group.score)} `,
      h("b", {}, scoreWord(group.score)),
    ),
  );
}

function figures(group) {
  const parts = [
    h("b", {}, depthWords(group.depth)),
    t("Reports: {n}, sources: {sources}", { n: group.reports, sources: group.sources }),
    t("pictures: {n}", { n: group.photos }),
    h("span", {}, t("water was seen"), " ", h("span", { dataset: { since: group.seen_at } }, clock(group.seen_at))),
  ];
  const dots = parts.flatMap((part, at) => (at ? [" · ", part] : [part]));
  return h("p", { class: "figures" }, dots);
}

function reasons(group) {
  const side = (some, words, kind) =>
    some.length
      ? h(
          "div",
          { class: kind },
          h("h4", {}, words),
          h("ul", {}, some.map((one) => h("li", {}, reasonWord(one)))),
        )
      : null;
  return h(
    "div",
    { class: "reasons" },
    side(group.reasons.filter((one) => one.log_odds > 0), t("Speaks for it"), "for"),
    side(group.reasons.filter((one) => one.log_odds <= 0), t("Speaks against it"), "against"),
  );
}

/** Of very many reports of a group some of each source are shown: what is decided does not touch the others. */
function unread(group) {
  return group.unread ? h("p", { class: "note" }, t("{n} more wait that are not shown here: they come when these are decided.", { n: group.unread })) : null;
}

function effect(group) {
  if (!group.waiting) return null;
  const level = group.effect.level;
  const sign = group.effect.why_none || !level ? null : symbol(level);
  return h("p", { class: "effect" }, sign, effectWord(group.effect, level));
}

function buttons(group, tools, chosen) {
  if (!tools.mayWeigh || !(group.waiting || group.accepted)) return null;
  const place = group.low_point ? tools.city.points.get(group.low_point) : null;
  const dialog = { group, place, chosen: chosen.waiting, done: tools.done };
  const name = placeWords(group, tools.city);
  const one = (act, words, open, main = false) =>
    h("button", { type: "button", class: main ? "main" : null, dataset: { act }, "aria-label": `${words} ${name}`, onclick: open }, words);
  const waiting = [
    one("accept", t("Accept…"), () => acceptDialog(dialog), true),
    one("hide", t("Hide…"), () => hideDialog(dialog)),
    one("merge", t("Merge…"), () => mergeDialog({ ...dialog, others: tools.others(group) })),
    one("ask", t("Ask…"), () => askDialog(dialog)),
  ];
  const back = group.accepted ? one("back", t("Take back…"), () => takeBackDialog({ ...dialog, chosen: chosen.accepted })) : null;
  return h("div", { class: "row acts" }, group.waiting ? waiting : null, back);
}

function whole(group, tools, open) {
  const place = h("div", {});
  const load = async () => {
    try {
      fill(place, reportsAndHistory(await get(`/api/reports/${encodeURIComponent(group.group)}`), tools));
    } catch (problem) {
      fill(place, h("p", { class: "fault" }, problem.detail ?? String(problem)));
    }
  };
  const details = h(
    "details",
    { open, ontoggle: () => details.open && load() },
    h("summary", {}, t("All reports and what was done")),
    place,
  );
  return details;
}

function reportsAndHistory(told, tools) {
  const numbers = new Map(told.reports.map((report, at) => [report.report, at + 1]));
  const point = told.group.low_point ? tools.city.points.get(told.group.low_point) : null;
  const middle = point ?? (told.group.lon === null ? null : { lon: told.group.lon, lat: told.group.lat });
  const choosing = tools.mayWeigh && told.reports.length > 1;
  return [
    placesDrawing(told.reports, middle),
    choosing ? h("p", { class: "soft" }, t("Tick some to decide on these alone; without a tick all that wait and are shown are meant.")) : null,
    h("ol", { class: "list reports" }, told.reports.map((report) => reportLine(report, numbers, choosing))),
    told.history.length ? h("h4", {}, t("What was done")) : null,
    told.history.length ? h("ul", { class: "list history" }, told.history.map(deedLine)) : null,
  ];
}

function reportLine(report, numbers, choosing) {
  const number = numbers.get(report.report);
  const waits = ["new", "asked", "merged"].includes(report.state);
  const title = t("Report {n}", { n: number });
  const accepted = report.state === "accepted";
  const box = choosing && (waits || accepted) ? h("input", { type: "checkbox", dataset: { report: report.report, accepted: String(accepted) } }) : null;
  const depth = depthWord(report.depth);
  const facts = [
    t("source {n}", { n: report.source }),
    depth ? `${depth} (${metres(report.depth_m)})` : t("no depth named"),
    t("seen {time}", { time: clock(report.seen_at) }),
    t("received {time}", { time: clock(report.received_at) }),
    report.taken_at ? t("picture taken {time}", { time: clock(report.taken_at) }) : null,
    placeWord(report.place_by),
    report.place_error_m === null ? null : t("to {m} m", { m: Math.round(report.place_error_m) }),
    observationWord(report.observation) || null,
  ].filter(Boolean);
  return h(
    "li",
    { class: `report state-${report.state}` },
    h("p", { class: "row" }, box ? h("label", {}, box, " ", title) : h("b", {}, title), h("span", { class: "tag" }, stateWord(report.state)), report.duplicate ? h("span", { class: "tag bad" }, duplicateWord(report.duplicate.why, numbers.get(report.duplicate.of) ?? "?")) : null, report.apart ? h("span", { class: "tag bad" }, apartWord(report.apart)) : null),
    h("p", { class: "soft" }, facts.join(" · ")),
    report.words ? h("blockquote", { lang: report.language }, report.words) : null,
    report.picture ? thumbnails([report.picture]) : null,
    report.question ? h("p", {}, h("b", {}, t("Asked:")), " ", report.question) : null,
    report.answer ? h("blockquote", { lang: report.language }, report.answer) : null,
    report.reason ? h("p", { class: "soft" }, t("Hidden because: {why}", { why: report.reason })) : null,
  );
}

function deedLine(deed) {
  const who = deed.actor === "rule" ? t("the city's written rule") : deed.actor;
  const more = [
    t("{n} reports", { n: deed.reports }),
    deed.depth_m === null ? null : metres(deed.depth_m),
    deed.into === null ? null : t("into {group}", { group: deed.into }),
  ].filter(Boolean);
  return h(
    "li",
    {},
    h("time", { datetime: deed.at }, stamp(deed.at)),
    " ",
    h("b", {}, `${who}: ${stateWord(deed.act)}`),
    ` (${more.join(", ")})`,
    deed.words ? h("div", {}, deed.words) : null,
  );
}

