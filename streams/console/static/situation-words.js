// What is said of a point, an order, a district: the same words in the list, the table, the map's window and the briefing.

import { context } from "./context.js";
import { levelWord } from "./dom.js";
import { ago, hour, metres, minutes, percent } from "./time.js";
import { t } from "./words.js";

/** From this chance on a level is said to come. */
export const LIKELY = 0.3;

/** Where the water goes: a sign and a word, never one alone; nothing where it is not known. */
export function trendWord(trend) {
  return { rising: t("↑ rising"), falling: t("↓ falling"), steady: t("→ steady") }[trend] ?? "";
}

/** What carries a level. */
export function basisWord(basis) {
  return { measured: t("measured"), report: t("by a report"), forecast: t("by forecast"), officer: t("by an officer") }[basis] ?? "";
}

/** A rainfall signal. */
export function signalWord(signal) {
  const words = {
    blue: t("Blue rain signal"),
    yellow: t("Yellow rain signal"),
    orange: t("Orange rain signal"),
    red: t("Red rain signal"),
  };
  return words[signal] ?? "";
}

/** A level, and that it is the last known one where it is. */
export function stateWord(point, lastKnown = false) {
  if (!point || point.level === null) return levelWord(null);
  return lastKnown || point.last || point.held ? t("{level}, last known", { level: levelWord(point.level) }) : levelWord(point.level);
}

/** What stands there: depth, where it goes. */
export function depthWords(point) {
  if (!point || point.depth_m === null) return t("no depth known");
  // a depth of which nothing fresh is known is none of now
  if (point.level === null || point.last || point.held) return t("last {depth}", { depth: metres(point.depth_m) });
  const trend = trendWord(point.trend);
  return trend ? `${metres(point.depth_m)} ${trend}` : metres(point.depth_m);
}

/** How old the reading is. */
export function ageWords(point, now) {
  if (!point?.observed_at) return t("never heard");
  return now === null ? t("at {time}", { time: hour(point.observed_at) }) : ago((now - Date.parse(point.observed_at)) / 1000);
}

/** What comes within half an hour: the chances of orange and red where they are worth a word; "" where there is no forecast. */
export function comingWords(point) {
  const forecast = point?.forecast;
  if (!forecast) return "";
  const told = ["4", "3"]
    .filter((level) => Number(level) > (point.level ?? 0) && (forecast.chance[level] ?? 0) >= 0.05)
    .map((level) => {
      const min = forecast.minutes_to[level];
      const words = `${levelWord(Number(level))} ${percent(forecast.chance[level])}`;
      return min === null || min === undefined ? words : t("{what} in about {minutes}", { what: words, minutes: minutes(min) });
    });
  return told.length ? t("within 30 min: {what}", { what: told.join(t(", ")) }) : "";
}

/** How long until a written rule releases an order by itself. */
export function ruleWords(order, now) {
  if (!order.release_rule || now === null) return "";
  const left_s = (Date.parse(order.release_rule.due_at) - now) / 1000;
  if (left_s <= 0) return t("The written rule releases it now");
  const text = `${Math.floor(left_s / 60)}:${String(Math.floor(left_s % 60)).padStart(2, "0")}`;
  return t("The written rule releases it in {time}", { time: text });
}

/** How many points are at each level; those that are unknown or only last known are counted apart. */
export function countLevels(points) {
  const counts = { unknown: 0, 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, last: 0 };
  for (const point of points) {
    counts[point.level ?? "unknown"] += 1;
    if (point.level !== null && (point.last || point.held)) counts.last += 1;
  }
  return counts;
}

/** The situation in one sentence, the worst first. */
export function sentence(points, orders, lastKnown) {
  const counts = countLevels(points);
  if (counts.unknown === points.length) return t("Nothing is known yet: that does not mean that all is well.");
  const waiting = orders.filter(({ state }) => state === "draft");
  const wet = [4, 3, 2, 1].filter((level) => counts[level]).map((level) => `${levelWord(level)}: ${counts[level]}`);
  const parts = [
    ...(wet.length ? [t("Points under water: {levels}.", { levels: wet.join(t(", ")) })] : []),
    ...(waiting.length ? [t("Orders that wait: {n}, people inside: {people}.", { n: waiting.length, people: peopleIn(waiting) })] : []),
    ...(counts.unknown ? [t("Unknown: {n} of {all}.", { n: counts.unknown, all: points.length })] : []),
  ];
  if (!parts.length) parts.push(t("No point is at a warning level; all {all} are known.", { all: points.length }));
  if (lastKnown) parts.unshift(t("Last known, not what is now:"));
  return parts.join(" ");
}

/** People of all zones of some orders, each zone counted once. */
export function peopleIn(orders) {
  const zones = new Map(orders.map((order) => [order.zone.zone_id, order.people]));
  return [...zones.values()].reduce((sum, people) => sum + people, 0);
}

/** The name of an order's zone. */
export function zoneName({ zone }) {
  const names = context.language === "zh" ? [zone.name, zone.name_en] : [zone.name_en, zone.name];
  return names[0] || names[1] || zone.zone_id;
}

/** Where an order is looked at. */
export const orderAddress = (order) => `/console/orders#${encodeURIComponent(order.identifier)}`;

/** Where a point is looked at. */
export const pointAddress = (id) => `/console/point/${encodeURIComponent(id)}`;
