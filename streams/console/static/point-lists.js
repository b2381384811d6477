// What happened at a point, in lists: changes of its level, what quality control noticed.

import { fill, h, levelWord, symbol } from "./dom.js";
import { flagWord } from "./point-words.js";
import { basisWord } from "./situation-words.js";
import { clock, date, metres, stamp } from "./time.js";
import { t } from "./words.js";

/** What says that something else saw the same: its reason names what. */
const CONFIRMS = new Set(["confirmed", "confirmed_at_once"]);

const none = (element, text) => fill(element, h("p", { class: "quiet" }, text));

/** A time; its day too where it is another one. */
function when(iso, nowMs) {
  return h("time", { datetime: iso }, date(iso) === date(nowMs) ? clock(iso) : stamp(iso));
}

export function showWarnings(element, view, nowMs) {
  if (!view) return none(element, t("Not known yet."));
  if (!view.warnings.length) return none(element, t("Its level has not changed."));
  const line = (warning) =>
    h(
      "li",
      {},
      h("div", { class: "row" }, when(warning.issued_at, nowMs), h("b", {}, symbol(warning.level), levelWord(warning.level))),
      h(
        "span",
        { class: "soft" },
        [basisWord(warning.basis), warning.unconfirmed ? t("unconfirmed") : null, metres(warning.depth_m)].filter(Boolean).join(" · "),
      ),
      warning.reason ? h("div", { lang: "en" }, warning.reason) : null,
    );
  return fill(element, h("ul", { class: "list tall", tabindex: "0" }, view.warnings.map(line)));
}

export function showVerdicts(element, view, nowMs) {
  if (!view) return none(element, t("Not known yet."));
  if (!view.verdicts.length) return none(element, t("Nothing was noticed about its stations' readings."));
  const heads = [t("Time"), t("Station"), t("Noticed"), t("Reason")].map((text) => h("th", { scope: "col" }, text));
  const line = (verdict) =>
    h(
      "tr",
      { class: verdict.flags.some((flag) => CONFIRMS.has(flag)) ? "confirms" : null },
      h("td", {}, when(verdict.at, nowMs)),
      h("td", { class: "id" }, verdict.station),
      h("td", {}, verdict.flags.map(flagWord).join(", ")),
      h("td", { lang: "en" }, verdict.reason),
    );
  const table = h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, view.verdicts.map(line)));
  return fill(element, h("div", { class: "scroll tall", tabindex: "0", role: "group", "aria-labelledby": "verdicts-title" }, table));
}
