// The storms there were, the newest first.

import { fill, h, levelWord, symbol } from "./dom.js";
import { date, hour } from "./time.js";
import { t } from "./words.js";

/** "2026-07-20 14:00 to 18:30". */
export function spanWords({ start, end }) {
  const until = date(start) === date(end) ? hour(end) : `${date(end)} ${hour(end)}`;
  return t("{start} to {end}", { start: `${date(start)} ${hour(start)}`, end: until });
}

/** How long it lasted. */
export function hours({ start, end }) {
  return t("{n} h long", { n: ((Date.parse(end) - Date.parse(start)) / 3_600_000).toFixed(1) });
}

export function showStorms(element, storms, chosen) {
  if (!storms.length) {
    fill(element, h("li", { class: "quiet" }, t("None was found in the history: no point came to a level, and no rain signal was on.")));
    return;
  }
  fill(
    element,
    storms.map((storm) => line(storm, storm.start === chosen?.start && storm.end === chosen?.end)),
  );
}

function line(storm, current) {
  const rain = storm.peak_rain_mm_30min;
  const told = [
    t("points under water: {n}", { n: storm.points }),
    rain === null ? t("rain not kept") : t("rain up to {mm} mm in 30 min", { mm: rain.toFixed(1) }),
    t("orders: {n}, out: {out}", { n: storm.orders, out: storm.released }),
  ];
  const name = h("b", {}, symbol(storm.worst_level), levelWord(storm.worst_level));
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#${storm.start}/${storm.end}`, class: "storm-link", "aria-current": current ? "true" : null },
      h("span", { class: "number" }, spanWords(storm)),
      name,
      storm.ongoing ? h("span", { class: "tag bad" }, t("goes on")) : null,
      h("span", { class: "soft" }, told.join(" · ")),
    ),
  );
}
