// Times as people of the city read them; machines keep UTC.

import { context } from "./context.js";
import { t } from "./words.js";

const zone = { timeZone: context.city.time_zone, hourCycle: "h23" };
const hms = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const hm = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-CA", { ...zone, year: "numeric", month: "2-digit", day: "2-digit" });

/** Time of day with seconds. */
export const clock = (time) => hms.format(new Date(time));

/** Time of day. */
export const hour = (time) => hm.format(new Date(time));

/** Day, as 2026-07-20. */
export const date = (time) => day.format(new Date(time));

/** Day and time. */
export const stamp = (time) => `${date(time)} ${clock(time)}`;

/** How long ago, in its largest whole unit. */
export function ago(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 120) return t("{n} s ago", { n: s });
  if (s < 7200) return t("{n} min ago", { n: Math.floor(s / 60) });
  if (s < 172800) return t("{n} h ago", { n: Math.floor(s / 3600) });
  return t("{n} days ago", { n: Math.floor(s / 86400) });
}

/** A number of minutes. */
export function minutes(n) {
  if (n === null || n === undefined) return "–";
  return n < 1 ? t("now") : t("{n} min", { n: Math.round(n) });
}

/** A depth in metres. */
export const metres = (m) => (m === null || m === undefined ? t("unknown depth") : `${Math.max(0, m).toFixed(2)} m`);

/** A chance: a small one is not none. */
export const percent = (p) => (p === null || p === undefined ? "–" : p < 0.01 ? t("under 1%") : `${Math.round(p * 100)}%`);
