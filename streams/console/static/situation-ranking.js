// What needs somebody now, the most pressing first, each with a reason in words. Pure: it knows no page, no clock, no stream.

import { levelWord } from "./dom.js";
import { percent } from "./time.js";
import { LIKELY } from "./situation-words.js";
import { t } from "./words.js";

/** Groups, the most pressing first. */
export const GROUP = { order: 1, water: 2, soon: 3, lowerOrder: 4, unknown: 5, station: 6, unheard: 7, lower: 8 };

const NEW_MS = 10 * 60 * 1000; // so long a level counts as newly risen
const RAIN_MM_30MIN = 0.5; // law 2: from here on it rains
const MOST_ROWS = 3; // of a kind; more of it have one row together
const GRAVE = 3;

/**
 * Rows {key, kind, group, id, level, lastKnown, why: [words]} of all that needs somebody.
 * `state`: kind → id → entity as the live stream has it; `city`: places by id; `now`: ms since 1970, or null.
 */
export function rank(state, city, now) {
  const kind = (name) => [...(state.get(name) ?? new Map())];
  const changes = lastChanges(kind("warning"));
  const districts = state.get("district") ?? new Map();
  const reports = state.get("system")?.get("reports")?.points ?? {};
  const ofPoint = (id, point) => pointRow(id, point, districts.get(city.points.get(id)?.district), changes.get(id), now);
  const rows = [
    ...kind("order").map(([id, order]) => orderRow(id, order)),
    ...kind("point").map(([id, point]) => withReports(id, point, ofPoint(id, point), reports[id] ?? 0)),
    ...districtRows(kind("district")),
    ...stationRows(kind("station")),
  ].filter(Boolean);
  return rows.sort(byOrder);
}

/** Compare two rows: lists of numbers, the first that differs decides; the key last, so that nothing jumps about. */
function byOrder(first, second) {
  for (let at = 0; at < first.order.length; at += 1) {
    const apart = first.order[at] - (second.order[at] ?? 0);
    if (apart) return apart;
  }
  return first.key < second.key ? -1 : 1;
}

function row(kind, id, group, level, order, why, more = {}) {
  return { key: `${kind}:${id}`, kind, id, group, level, lastKnown: false, order: [group, ...order], why: why.filter(Boolean), ...more };
}

function orderRow(id, order) {
  if (order.state !== "draft") return null;
  const due = order.release_rule ? Date.parse(order.release_rule.due_at) : Infinity;
  const why = order.missing
    ? t("Order waits for a signature, still missing: {n}", { n: order.missing })
    : t("Order waits for a decision");
  const group = order.level >= GRAVE ? GROUP.order : GROUP.lowerOrder;
  return row("order", id, group, order.level, [-order.level, Number.isFinite(due) ? due : 1e15, -order.people], [why], { item: order });
}

function pointRow(id, point, district, change, now) {
  const lastKnown = Boolean(point.last || point.held);
  const more = { item: point, lastKnown };
  const { level } = point;
  if (level === null) return unknownRow(id, point, district, more);
  const risen = change && level >= 1 && change.level === level && change.before < level && now !== null && now - change.at <= NEW_MS;
  const rising = point.trend === "rising";
  const coming = soon(point);
  const depth = point.depth_m ?? 0;
  if (level >= GRAVE || (level === 2 && (rising || risen))) {
    const order = [-level, rising || risen ? 0 : 1, -(coming?.level ?? 0), -depth];
    return row("point", id, GROUP.water, level, order, whyWater(point, lastKnown, risen), more);
  }
  if (coming) {
    const why = t("{level} is forecast within 30 min: {chance}", { level: levelWord(coming.level), chance: percent(coming.chance) });
    const order = [-coming.level, -coming.chance, coming.minutes];
    return row("point", id, GROUP.soon, level, order, [why, lastKnown && t("No fresh reading")], more);
  }
  const held = t("No fresh reading: the level is held");
  if (level >= 1 && lastKnown) return row("point", id, GROUP.unknown, level, [1, -level, -depth], [held], more);
  if (level >= 1) return row("point", id, GROUP.lower, level, [-level, rising ? 0 : 1, -depth], whyWater(point, false, risen), more);
  return null;
}

/** A point's row, or one of its own where nothing but reports of citizens speaks of it. */
function withReports(id, point, own, waiting) {
  if (!waiting) return own;
  const words = t("Reports of citizens wait: {n}", { n: waiting });
  if (own) return { ...own, why: [...own.why, words] };
  return row("point", id, GROUP.station, point.level, [-waiting], [words], { item: point, lastKnown: Boolean(point.last || point.held) });
}

function whyWater(point, lastKnown, risen) {
  return [
    lastKnown && t("No fresh reading: the level is held"),
    risen && !lastKnown && t("Newly risen"),
    !risen && !lastKnown && point.trend === "rising" && t("The water rises"),
    { forecast: t("By forecast, not measured yet"), report: t("By a citizen's report"), officer: t("Set by an officer") }[point.basis],
    point.unconfirmed && t("One sensor alone, not confirmed"),
  ];
}

/** A level from orange on that is above what there is and likely within half an hour, the highest of them; null for none. */
function soon(point) {
  for (const level of [4, GRAVE]) {
    const chance = point.forecast?.chance[String(level)] ?? 0;
    if (level > (point.level ?? 0) && chance >= LIKELY) return { level, chance, minutes: point.forecast.minutes_to[String(level)] ?? 999 };
  }
  return null;
}

function unknownRow(id, point, district, more) {
  if (district?.silent) return null; // the district's own row speaks for all of it
  const coming = soon(point);
  const why = [point.observed_at ? t("Its station says nothing") : t("Nothing was ever heard of it"), coming && t("Water is forecast")];
  const dry = district && district.rain_mm_30min !== null && district.rain_mm_30min < RAIN_MM_30MIN && !district.signal;
  if (dry && !coming && !point.was) return row("point", id, GROUP.unheard, null, [0], [...why, t("It does not rain there")], more);
  const rain = !dry && (district?.rain_mm_30min === null ? t("Whether it rains there is not known") : t("It rains there"));
  return row("point", id, GROUP.unknown, null, [1, -Math.max(point.was ?? 0, 2.5), 0], [...why, rain], more);
}

function districtRows(districts) {
  const silent = districts.filter(([, district]) => district.silent);
  if (silent.length > MOST_ROWS) {
    const unknown = silent.reduce((sum, [, { unknown_points }]) => sum + unknown_points, 0);
    const why = [t("Whole districts say nothing")];
    const more = { item: { unknown_points: unknown }, ids: silent.map(([id]) => id) };
    return [row("districts", "silent", GROUP.unknown, null, [0, -unknown, 0], why, more)];
  }
  return silent.map(([id, district]) =>
    row("district", id, GROUP.unknown, null, [0, -district.unknown_points, 0], [t("The whole district says nothing")], { item: district }));
}

function stationRows(stations) {
  const suspect = stations.filter(([, station]) => station.state === "suspect");
  if (suspect.length > MOST_ROWS) {
    const why = [t("Their readings are held against the rest")];
    return [row("stations", "suspect", GROUP.station, null, [0], why, { count: suspect.length })];
  }
  return suspect.map(([id, station]) => row("station", id, GROUP.station, null, [0], [station.why], { item: station }));
}

/** The last change of each point, and the level before it where that is known (else 0: what is not known was not high). */
function lastChanges(warnings) {
  const changes = new Map();
  const at = ({ issued_at }) => Date.parse(issued_at);
  const oldestFirst = warnings.map(([, warning]) => warning).sort((first, second) => at(first) - at(second));
  for (const { low_point, level, issued_at } of oldestFirst) {
    const before = changes.get(low_point)?.level ?? 0;
    changes.set(low_point, { level, before: before ?? 0, at: Date.parse(issued_at) });
  }
  return changes;
}
