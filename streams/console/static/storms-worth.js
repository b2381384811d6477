// What the warnings and forecasts of a storm were worth: counts with the interval that so few cases leave open, and each case by name.

import { nameOf } from "./context.js";
import { fill, h, levelWord, symbol } from "./dom.js";
import { pointAddress } from "./situation-words.js";
import { clock, metres, minutes } from "./time.js";
import { t } from "./words.js";

const known = (value) => value !== null && value !== undefined;

/** A share of what was counted: none of them is 0 %, unlike a chance. */
const whole = (share) => `${Math.round(share * 100)}%`;

/** "8 of 10: 80% (53% to 93%)". */
function shareWords(share) {
  if (!share || !share.among) return t("no case");
  const values = { of: share.of, among: share.among, value: whole(share.value), low: whole(share.low), high: whole(share.high) };
  return t("{of} of {among}: {value} ({low} to {high})", values);
}

const cell = (text) => h("td", { class: "number" }, text);
const column = (text, wide = false) => h("th", { scope: "col", class: wide ? null : "number" }, text);

/** Tables in a frame that scrolls by itself, also by keyboard. */
function framed(title, heads, rows) {
  const table = h("table", { class: "worth" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title }, table);
}

const SEEN = () => ({
  hit: t("known at that level"),
  missed: t("known lower"),
  unknown: t("not known then"),
  higher: t("known higher"),
  dry: t("known as below all levels"),
});

/** Accepted reports against what was known then: ground truth from where people stood. */
function reportsOf(reports, city) {
  if (!reports?.length) return null;
  const count = (word) => reports.filter((one) => one.word === word).length;
  const heads = [column(t("Time"), true), column(t("Low point"), true), column(t("seen")), column(t("measured")), column(t("What was known"), true)];
  const row = (one) =>
    h(
      "tr",
      {},
      h("td", {}, clock(one.seen_at)),
      h("td", {}, h("a", { href: pointAddress(one.low_point) }, nameOf(city.low_points.find((place) => place.id === one.low_point) ?? { id: one.low_point }))),
      cell(metres(one.depth_m)),
      cell(known(one.measured_m) ? metres(one.measured_m) : "–"),
      h("td", {}, symbol(one.level), SEEN()[one.word] ?? one.word),
    );
  const title = t("Reports of citizens that were accepted");
  const words = t("{n} reports: {hit} at the level that was known, {missed} above it, {unknown} where nothing was known", {
    n: reports.length,
    hit: count("hit") + count("dry"),
    missed: count("missed"),
    unknown: count("unknown"),
  });
  return [h("h3", {}, title), h("p", { class: "soft" }, words), framed(title, heads, reports.map(row))];
}

export function showWarned(element, verification, city, go) {
  const levels = [...verification.levels].sort((a, b) => b.level - a.level);
  const heads = [
    column(t("Level"), true),
    column(t("Reached")),
    column(t("warned in time")),
    column(t("late")),
    column(t("missed")),
    column(t("False alarms")),
    column(t("by officers")),
    column(t("still open")),
    column(t("Caught")),
    column(t("False of all alarms")),
    column(t("Lead, median")),
  ];
  const row = (one) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, symbol(one.level), levelWord(one.level)),
      [one.crossings, one.warned, one.late, one.missed, one.false_alarms, one.by_officer, one.open].map(cell),
      [shareWords(one.pod), shareWords(one.far), known(one.lead_min) ? minutes(one.lead_min) : "–"].map(cell),
    );
  const about = t("Warned in time: at least 5 min before the water. In brackets: where the true share lies in nine of ten such storms.");
  const cases = levels.flatMap((one) => one.cases.map((found) => ({ ...found, level: one.level })));
  fill(
    element,
    h("p", { class: "soft" }, about),
    framed(t("Warnings by level"), heads, levels.map(row)),
    silentWords(verification.not_judged, city),
    cases.length ? casesOf(cases, city, go) : h("p", { class: "quiet" }, t("No level was reached, and none was warned of.")),
    reportsOf(verification.reports, city),
  );
}

function silentWords(points, city) {
  if (!points.length) return null;
  const names = points.map((one) => t("{name} ({n} min)", { name: nameIn(city, one.low_point), n: one.silent_min })).join(", ");
  return h("p", { class: "note" }, t("Not judged, for their sensors were silent: {names}.", { names }));
}

function nameIn(city, id) {
  return nameOf(city.low_points.find((place) => place.id === id) ?? { id });
}

function outcomeWords(outcome) {
  const words = {
    warned: t("warned in time"),
    late: t("late"),
    missed: t("missed"),
    false: t("false alarm"),
    open: t("still open"),
    by_officer: t("raised by an officer meanwhile"),
  };
  return words[outcome] ?? outcome;
}

function casesOf(cases, city, go) {
  const time = (iso) =>
    iso ? h("button", { type: "button", class: "go number", title: t("Go to this moment"), onclick: () => go(iso) }, clock(iso)) : "–";
  const heads = [t("Low point"), t("Level"), t("What came of it"), t("Alarm"), t("Water"), t("Lead")].map((text) => column(text, true));
  const row = (one) =>
    h(
      "tr",
      { class: ["missed", "late", "false"].includes(one.outcome) ? "bad-case" : null },
      h("th", { scope: "row" }, h("a", { href: pointAddress(one.low_point) }, nameIn(city, one.low_point))),
      h("td", {}, symbol(one.level), levelWord(one.level)),
      h("td", {}, outcomeWords(one.outcome)),
      h("td", {}, time(one.alarm_at)),
      h("td", {}, time(one.crossed_at)),
      h("td", { class: "number" }, known(one.lead_min) ? minutes(one.lead_min) : "–"),
    );
  const summary = h("summary", {}, t("Each case ({n})", { n: cases.length }));
  return h("details", {}, summary, h("div", { class: "tall" }, framed(t("Each case"), heads, cases.map(row))));
}

export function showSkill(element, skill) {
  const heads = [
    column(t("Ahead"), true),
    column(t("Cases")),
    column(t("Median off by")),
    column(t("Water taken as it is, off by")),
    column(t("Within the 80 % band")),
  ];
  const cm = (value) => (known(value) ? `${value.toFixed(1)} cm` : "–");
  const row = (one) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, minutes(one.lead_min)),
      [one.cases, cm(one.mae_cm), cm(one.persistence_mae_cm), shareWords(one.coverage_80)].map(cell),
    );
  const none = skill.every((one) => !one.cases)
    ? h("p", { class: "quiet" }, t("Not enough forecasts yet: nobody can say how good they were."))
    : null;
  fill(element, none, framed(t("Forecasts by how far ahead"), heads, skill.map(row)));
}
