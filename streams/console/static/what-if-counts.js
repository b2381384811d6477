// How many points stand at each level now, and how many would.

import { fill, h, levelWord, symbol } from "./dom.js";
import { t } from "./words.js";

const LEVELS = [4, 3, 2, 1, 0, null];

/** By level, "null" for unknown: {now, then, moved}; a point without an answer has moved nowhere. */
export function countsOf(rows) {
  const counts = Object.fromEntries(LEVELS.map((level) => [level, { now: 0, then: 0, moved: 0 }]));
  for (const row of rows) {
    counts[row.level_now].now += 1;
    counts[row.level].then += 1;
    if (row.level === null) continue;
    counts[row.level_now].moved -= 1;
    counts[row.level].moved += 1;
  }
  return counts;
}

export function showCounts(element, counts) {
  const head = [t("Level"), t("now"), t("then"), "±"].map((text, at) => h("th", { scope: "col", class: at ? "number" : null }, text));
  const line = (level) => {
    const { now, then, moved } = counts[level];
    return h(
      "tr",
      { class: moved > 0 && level ? "worse" : null },
      h("th", { scope: "row" }, symbol(level), levelWord(level)),
      h("td", { class: "number" }, now),
      h("td", { class: "number" }, h("b", {}, then)),
      h("td", { class: "number" }, difference(moved)),
    );
  };
  const caption = h("caption", { class: "visually-hidden" }, t("Low points by level, now and then"));
  fill(element, h("table", { class: "counts" }, caption, h("thead", {}, h("tr", {}, head)), h("tbody", {}, LEVELS.map(line))));
}

function difference(n) {
  if (n === 0) return "=";
  return n > 0 ? `+${n}` : `−${-n}`;
}
