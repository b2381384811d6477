// A question about rain, and what is answered of a point, in words.

import { nameOf } from "./context.js";
import { h, levelWord, symbol } from "./dom.js";
import { pointAddress } from "./situation-words.js";
import { metres, minutes } from "./time.js";
import { t } from "./words.js";

/** A time as people say it. */
export function lasting(n) {
  return n < 60 ? t("{n} min", { n }) : t("{n} h", { n: n / 60 });
}

/** "100 mm within 1 h, drains half blocked, pumps off". */
export function questionWords(asked) {
  const parts = [t("{mm} mm within {time}", { mm: asked.amount_mm, time: lasting(asked.duration_min) })];
  if (asked.drains === "half") parts.push(t("drains half blocked"));
  if (asked.pumps === "on") parts.push(t("all pumps on"));
  if (asked.pumps === "off") parts.push(t("all pumps off"));
  return parts.join(" · ");
}

/** How rare such rain is; "" where nobody says. */
export function rarityWords(rarity) {
  if (!rarity) return "";
  if (rarity.kind === "beyond") return t("Beyond the design storm: rarer than anything the drains are made for. The answer is less sure.");
  if (rarity.kind === "within")
    return t("Such rain comes about once in {n} years.", { n: rarity.years < 10 ? rarity.years.toFixed(1) : Math.round(rarity.years) });
  if (rarity.kind === "below") return t("Such rain comes more than once a year.");
  return t("How rare such rain is, nobody has said for this duration.");
}

/** The window of a point on the map. */
export function describe(city, answer, id) {
  const row = answer?.rows.find((one) => one.low_point === id);
  if (!row) return null;
  const place = city.low_points.find((one) => one.id === id);
  return h(
    "div",
    {},
    h("h3", {}, nameOf(place)),
    h("p", {}, h("b", {}, t("What if:")), " ", symbol(row.level), levelWord(row.level)),
    h("p", {}, peakWords(row)),
    h("p", {}, t("Now: {level}", { level: levelWord(row.level_now) })),
    h("p", {}, h("a", { href: pointAddress(id) }, t("What is there now"))),
  );
}

/** The highest water, with the band in which it lies in eight of ten cases. */
export function peakWords(row) {
  if (!row.peak_m) return t("not known");
  return t("{median}, 80 % between {low} and {high}", {
    median: metres(row.peak_m.q50),
    low: metres(row.peak_m.q10),
    high: metres(row.peak_m.q90),
  });
}

/** Minutes until a level is reached. */
export function minutesWords(row, level) {
  if (!row.minutes_to) return t("not known");
  const n = row.minutes_to[level];
  if (n === undefined) return "–";
  return n === null ? t("not within 2 h") : minutes(n);
}
