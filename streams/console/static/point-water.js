// What a point's chart shows, as columns: the water seen, the rain, and the fan of what is foreseen. Pure: no page, no chart.

/** A row is kept every 10 min at least: after a longer time without one nothing is known. */
export const HOLDS_S = 11 * 60;
const BAR_S = 300;

export const QUANTILES = ["0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95"];

const seconds = (iso) => Date.parse(iso) / 1000;

/** Water in its order, with a hole wherever nothing was known: what is missing is never drawn as a line. */
export function observed(view) {
  const rows = [];
  for (const row of view?.observed ?? []) {
    const at = seconds(row.at);
    const last = rows.at(-1);
    if (last && at - last.at > HOLDS_S) rows.push({ at: last.at + HOLDS_S, depth: null, level: null });
    rows.push({ at, depth: row.level === null ? null : row.depth_m, level: row.level });
  }
  return rows;
}

/** Spans of time of which nothing is known, [from, until] in seconds, between two moments. */
export function unknownSpans(rows, fromS, untilS) {
  const spans = [];
  let since = fromS;
  for (const row of rows) {
    if (row.depth === null) since = since === null ? row.at : since;
    else {
      if (since !== null && row.at - since > (since === fromS ? HOLDS_S : 0)) spans.push([since, row.at]);
      since = null;
    }
  }
  const last = rows.at(-1);
  if (since !== null) spans.push([since, untilS]);
  else if (last && untilS - last.at > HOLDS_S) spans.push([last.at + HOLDS_S, untilS]);
  return spans;
}

/** Rain as a bar each five minutes: the newest that was said in them, in mm in 30 min. */
export function bars(view) {
  const found = new Map();
  for (const row of view?.rain ?? []) found.set(Math.floor(seconds(row.at) / BAR_S) * BAR_S, row.rain_mm_30min);
  return [...found].map(([at, mm]) => ({ at: at + BAR_S / 2, mm }));
}

/** The fan, a row per lead; empty without a forecast. */
export function fan(view) {
  const told = view?.fan;
  if (!told) return [];
  return told.valid_at.map((at, n) => ({ at: seconds(at), ...Object.fromEntries(QUANTILES.map((q) => [q, told[q]?.[n] ?? null])) }));
}

/** Tables for uPlot's join: seen, rain, and the fan from its outer band to its median. */
export function tables(view) {
  const seen = observed(view);
  const rain = bars(view);
  const foreseen = fan(view);
  const column = (rows, name) => rows.map((row) => row[name]);
  return [
    [column(rain, "at"), column(rain, "mm")],
    [column(foreseen, "at"), ...["0.95", "0.05", "0.9", "0.1", "0.75", "0.25", "0.5"].map((q) => column(foreseen, q))],
    [column(seen, "at"), column(seen, "depth")],
  ];
}

/** The row nearest to a moment, at most `within` seconds away. */
export function nearest(rows, atS, within) {
  const best = rows.reduce((found, row) => (!found || Math.abs(row.at - atS) < Math.abs(found.at - atS) ? row : found), null);
  return best && Math.abs(best.at - atS) <= within ? best : null;
}

/** Every `stepS` of the last hours a row of what was seen and rained, newest first. */
export function thinned(view, nowS, hours, stepS) {
  const seen = observed(view);
  const rain = (view?.rain ?? []).map((row) => ({ at: seconds(row.at), mm: row.rain_mm_30min }));
  const before = (rows, at) => rows.findLast((row) => row.at <= at && at - row.at <= HOLDS_S) ?? null;
  const found = [];
  for (let at = Math.floor(nowS / stepS) * stepS; at > nowS - hours * 3600; at -= stepS) {
    const row = before(seen, at);
    found.push({
      at,
      depth: row?.depth ?? null,
      level: row?.depth === null || !row ? null : row.level,
      rain: before(rain, at)?.mm ?? null,
    });
  }
  return found;
}
