// The newest forecast of a point in numbers: depth at each lead, the chance of each level, and the minutes to it.

import { fill, h, levelWord, symbol } from "./dom.js";
import { ago, hour, metres, minutes, percent } from "./time.js";
import { t } from "./words.js";

const LEADS_MIN = [5, 15, 30, 60, 90, 120];
const SAME_M = 1e-6;

export function showForecast(element, view, entity, place, nowMs) {
  const told = forecast(view, entity);
  if (!told) {
    const why = t("None is made while it is dry and no rain is near; or its model is silent.");
    fill(element, h("p", { class: "quiet" }, `${t("There is no forecast.")} ${why}`));
    return;
  }
  const age = ago((nowMs - Date.parse(told.issued_at)) / 1000);
  fill(
    element,
    h("p", {}, t("Made at {time}, {ago}.", { time: hour(told.issued_at), ago: age })),
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": t("Depth and chances by lead") }, leadTable(told, place)),
    h("h3", {}, t("Minutes to each level")),
    h(
      "ul",
      { class: "to-levels row list" },
      place.levels.map((depth, n) => toLevel(n + 1, depth, told.minutes_to)),
    ),
  );
}

/** The forecast as rows, from the page's own answer, else from what is live. */
function forecast(view, entity) {
  const live = entity?.forecast;
  const fan = view?.fan;
  if (fan) {
    const at = Date.parse(fan.issued_at);
    const rows = fan.valid_at.map((valid, n) => ({
      lead: Math.round((Date.parse(valid) - at) / 60_000),
      q10: fan["0.1"][n],
      q50: fan["0.5"][n],
      q90: fan["0.9"][n],
      at: n,
    }));
    return {
      issued_at: fan.issued_at,
      rows,
      p_exceed: fan.p_exceed ?? null,
      chance: live?.chance ?? {},
      minutes_to: fan.minutes_to ?? live?.minutes_to ?? {},
    };
  }
  if (!live) return null;
  const rows = live.lead_min.map((lead, n) => ({ lead, q10: live.q10[n], q50: live.q50[n], q90: live.q90[n], at: n }));
  return { issued_at: live.issued_at, rows, p_exceed: null, chance: live.chance ?? {}, minutes_to: live.minutes_to ?? {} };
}

function leadTable(told, place) {
  const rows = told.rows.filter((row) => LEADS_MIN.includes(row.lead));
  const levels = place.levels.map((depth, n) => ({ level: n + 1, depth }));
  const shown = levels.filter(({ level, depth }) => rows.some((row) => chance(told, row, level, depth) !== undefined));
  const column = (text, more = {}) => h("th", { scope: "col", rowspan: shown.length ? 2 : null, ...more }, text);
  const group = h("th", { scope: "colgroup", colspan: shown.length }, t("Chance that it comes by then"));
  const head = [
    h(
      "tr",
      {},
      column(t("In")),
      column(t("At")),
      column(t("Median"), { class: "number" }),
      column(t("80 % between"), { class: "number" }),
      shown.length ? group : null,
    ),
    h(
      "tr",
      {},
      shown.map(({ level }) => h("th", { scope: "col", class: "number" }, symbol(level), levelWord(level))),
    ),
  ];
  const body = rows.map((row) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, minutes(row.lead)),
      h("td", {}, hour(Date.parse(told.issued_at) + row.lead * 60_000)),
      h("td", { class: "number" }, metres(row.q50)),
      h("td", { class: "number" }, `${metres(row.q10)} – ${metres(row.q90)}`),
      shown.map(({ level, depth }) => h("td", { class: "number" }, percent(chance(told, row, level, depth)))),
    ),
  );
  return h("table", { class: "leads" }, h("thead", {}, shown.length ? head : head[0]), h("tbody", {}, body));
}

/** The chance that the peak until a lead reaches a level; undefined where nobody said it. */
function chance(told, row, level, depth) {
  const line = told.p_exceed?.find((one) => (one.level ?? level) === level && Math.abs((one.threshold_m ?? depth) - depth) < SAME_M);
  if (line) return line.p[row.at];
  return row.lead === 30 ? told.chance[level] : undefined;
}

function toLevel(level, depth, to) {
  const known = level in to;
  const n = to[level];
  const time = !known ? t("not told") : n === null ? t("not within 2 h") : minutes(n);
  return h("li", {}, symbol(level), `${levelWord(level)} ${depth.toFixed(2)} m: `, h("b", {}, time));
}
