// What an operator decides on a group: each with a dialog that names what follows, sent under an id so that it is done once.

import { post } from "./api.js";
import { nameOf } from "./context.js";
import { fill, h, setText } from "./dom.js";
import { ask } from "./orders-dialog.js";
import { thumbnails } from "./reports-pictures.js";
import { depthWords, effectOf, effectWord } from "./reports-words.js";
import { t } from "./words.js";

const MOST_DEPTH_M = 5;

/** Send an act on a group; sent again under its id it is done once, so that is how a lost answer is found too. */
function sending(group, act) {
  let last = null;
  const send = (id, asked) => {
    last = asked;
    return post(`/api/reports/${encodeURIComponent(group.group)}/${act}`, { id, ...asked });
  };
  return { send, find: (id) => send(id, last) };
}

/** Ids of the reports that are meant: those that were ticked, else all that wait and are shown; one that comes meanwhile was seen by nobody. */
const named = (picked, shown) => (picked.length ? picked : shown);
const waitsOf = (group) => group.waits.map((one) => one.report);

/** `place`: the low point with its own levels, or null; `chosen()`: ids of the reports that were ticked, [] where none was. */
export function acceptDialog({ group, place, chosen, done }) {
  const depth = h("input", {
    id: "accept-depth",
    type: "number",
    min: "0",
    max: String(MOST_DEPTH_M),
    step: "0.01",
    value: group.depth ? group.depth.depth_m.toFixed(2) : "",
    "aria-describedby": "accept-effect",
  });
  const effect = h("p", { class: "note", id: "accept-effect", role: "status" });
  const apart = h("input", { type: "checkbox", id: "accept-apart" });
  const shows = h("input", { type: "checkbox", id: "accept-shows" });
  const value = () => (depth.value.trim() === "" ? Number.NaN : Number(depth.value));
  const good = () => value() >= 0 && value() <= MOST_DEPTH_M;
  const level = () => (good() && place ? place.levels.filter((rung) => value() >= rung).length : good() ? 0 : null);
  const reports = chosen();
  // by their ids: one that comes while this is open was seen by nobody, and is not meant
  const meant = () => group.waits.filter((one) => (reports.length ? reports.includes(one.report) : apart.checked || !one.apart));
  const pictures = h("div", {});
  const renew = () => setText(effect, effectWord(effectOf(group, meant(), value()), level()));
  for (const element of [depth, apart]) element.addEventListener("input", renew);
  renew();
  const renewPictures = () => fill(pictures, shows.checked ? thumbnails([...new Set(meant().map((one) => one.picture).filter(Boolean))]) : null);
  for (const box of [apart, shows]) box.addEventListener("change", renewPictures);
  ask({
    title: place ? t("Accept as water at {name}", { name: nameOf(place) }) : t("Accept as ground truth"),
    body: [
      h("p", {}, countWords(group, reports)),
      h("p", {}, t("The group says: {depth}", { depth: depthWords(group.depth) })),
      h("p", {}, h("label", { for: "accept-depth" }, t("Depth of the water in metres")), " ", depth),
      effect,
      group.apart && !reports.length
        ? h("p", {}, h("label", {}, apart, " ", t("Also those that stand apart from the others: {n}; else they stay and wait", { n: group.apart })))
        : null,
      group.pictures.length && !group.training
        ? h("p", {}, h("label", {}, shows, " ", t("Show the pictures to the public (faces and plates are blurred where they are found)")))
        : null,
      pictures,
    ],
    button: t("Accept"),
    ready: () => (meant().length ? (good() ? null : t("Say how deep the water is, 0 to 5 m.")) : t("All that wait stand apart from each other: tick those that you mean.")),
    asked: () => ({ depth_m: value(), show_pictures: shows.checked, reports: meant().map((one) => one.report) }),
    done: (told) => done(acceptedWords(told), told),
    ...sending(group, "accept"),
  });
}

export function hideDialog({ group, chosen, done }) {
  const reason = h("textarea", { id: "hide-reason", rows: "2", maxlength: "500" });
  const reports = chosen();
  ask({
    title: t("Hide these reports"),
    body: [
      h("p", {}, countWords(group, reports)),
      h("p", {}, t("They count for nothing, and their pictures are not shown. Their writers see that they were not used.")),
      h("p", {}, h("label", { for: "hide-reason" }, t("Why (it stays in the log)")), reason),
    ],
    button: t("Hide"),
    danger: true,
    ready: () => (reason.value.trim() ? null : t("Say why.")),
    asked: () => ({ reason: reason.value.trim(), reports: named(reports, waitsOf(group)) }),
    done: (told) => done(t("Hidden: {n} reports.", { n: told.reports.length }), told),
    ...sending(group, "hide"),
  });
}

/** Take back what was accepted; `chosen()`: ids of the accepted reports that were ticked, [] where none was. */
export function takeBackDialog({ group, chosen, done }) {
  const reason = h("textarea", { id: "hide-reason", rows: "2", maxlength: "500" });
  const reports = chosen();
  ask({
    title: t("Take back what was accepted"),
    body: [
      h("p", {}, t("Accepted reports: {n} of {m}", { n: reports.length || group.accepted, m: group.reports })),
      h("p", {}, t("Their pictures are not shown any more. The depth that was sent stays in the log, and the level by it for up to 30 min.")),
      h("p", {}, h("label", { for: "hide-reason" }, t("Why (it stays in the log)")), reason),
    ],
    button: t("Take back"),
    danger: true,
    ready: () => (reason.value.trim() ? null : t("Say why.")),
    asked: () => ({ reason: reason.value.trim(), accepted: true, reports: named(reports, group.accepted_reports) }),
    done: (told) => done(t("Taken back: {n} reports.", { n: told.reports.length }), told),
    ...sending(group, "hide"),
  });
}

/** `others`: groups that wait, each {group, words}. */
export function mergeDialog({ group, others, chosen, done }) {
  const into = h(
    "select",
    { id: "merge-into" },
    others.map((other) => h("option", { value: other.group }, other.words)),
  );
  const reports = chosen();
  ask({
    title: t("Merge with another group"),
    body: [
      h("p", {}, countWords(group, reports)),
      others.length
        ? h("p", {}, h("label", { for: "merge-into" }, t("They are of the same water as")), " ", into)
        : h("p", { class: "quiet" }, t("No other group waits.")),
    ],
    button: t("Merge"),
    ready: () => (others.length ? null : t("No other group waits.")),
    asked: () => ({ into: into.value, reports: named(reports, waitsOf(group)) }),
    done: (told) => done(t("Merged: {n} reports.", { n: told.reports.length }), told),
    ...sending(group, "merge"),
  });
}

export function askDialog({ group, chosen, done }) {
  const question = h("textarea", { id: "ask-question", rows: "2", maxlength: "500" });
  const reports = chosen();
  ask({
    title: t("Ask the writers"),
    body: [
      h("p", {}, countWords(group, reports)),
      h("p", {}, t("Who looks with the code of their report sees the question and can answer. Nobody is called or texted.")),
      h("p", {}, h("label", { for: "ask-question" }, t("Question")), question),
    ],
    button: t("Ask"),
    ready: () => (question.value.trim() ? null : t("Write the question.")),
    asked: () => ({ question: question.value.trim(), reports: named(reports, waitsOf(group)) }),
    done: (told) => done(t("Asked: {n} reports.", { n: told.reports.length }), told),
    ...sending(group, "ask"),
  });
}

const countWords = (group, reports) =>
  reports.length
    ? t("{n} chosen reports of {m}", { n: reports.length, m: group.reports })
    : t("All that wait: {n} reports, {sources} sources", { n: group.waiting, sources: group.sources });

const acceptedWords = (told) =>
  told.observations > told.late
    ? t("Accepted. Observations on their way: {n}.", { n: told.observations - told.late })
    : t("Accepted as ground truth: no level follows from it.");
