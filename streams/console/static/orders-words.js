// Words for what an order is, and for what the districts answer to an act: they speak English, the reader perhaps not.

import { context } from "./context.js";
import { levelWord } from "./dom.js";
import { t } from "./words.js";

const grouped = new Intl.NumberFormat(context.language === "zh" ? "zh-CN" : "en");

/** A count with its thousands apart. */
export const count = (n) => grouped.format(n);

export const zoneName = (order) =>
  (context.language === "zh" ? order.zone.name : order.zone.name_en) || order.zone.name || order.zone.zone_id;

const BASES = () => ({
  measured: t("measured"),
  report: t("reported by citizens"),
  forecast: t("forecast"),
  officer: t("by an officer"),
});

export const basisWord = (basis) => BASES()[basis] ?? basis;

const STATES = () => ({ draft: t("draft"), released: t("released"), rejected: t("rejected") });

export const stateWord = (state) => STATES()[state] ?? state;

/** A language by its own name. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([code], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

/** How many signatures it needs in all. */
export const needed = (order) => order.signed_by.length + order.missing;

/** "1 of 2, by li". */
export function signatures(order) {
  const values = { n: order.signed_by.length, m: needed(order), names: order.signed_by.join(", ") };
  return order.signed_by.length ? t("signatures {n} of {m}, by {names}", values) : t("signatures {n} of {m}", values);
}

/** What the sign button says: what happens to how many people, where, and whether this is the last signature. */
export function signWords(order) {
  const values = {
    people: count(order.people),
    zone: zoneName(order),
    level: levelWord(order.level),
    n: order.signed_by.length + 1,
    m: needed(order),
  };
  if (!Object.keys(order.texts).length) return t("Sign: {level} for {zone}, nobody is texted (signature {n} of {m})", values);
  if (order.level === 4) return t("Sign: evacuate {people} people of {zone} (signature {n} of {m})", values);
  return t("Sign: warn {people} people of {zone}, {level} (signature {n} of {m})", values);
}

/** What this signature does. */
export function effectWords(order) {
  return order.missing > 1
    ? t("Nothing goes out yet: after yours, {n} more officer must sign.", { n: order.missing - 1 })
    : t("This is the last signature: the order goes out at once.");
}

const ACTS = () => ({
  sign: t("Sign"),
  reject: t("Reject"),
  edit: t("Edit the text"),
  call_off: t("Call off"),
  correct: t("Correct"),
  silence: t("Silence the zone"),
  raise: t("Raise the zone"),
  end: t("End what is done by hand"),
});

export const actWord = (act) => ACTS()[act] ?? act;

const OUTCOMES = () => ({ done: t("done"), counted: t("counted"), refused: t("refused") });

export const outcomeWord = (outcome) => OUTCOMES()[outcome] ?? outcome;

/** The answers that officers meet most; any other is shown as it came. */
const ANSWERS = [
  [/^released$/, () => t("It is released: its texts go out now.")],
  [/^(\d+) more officer must sign$/, (n) => t("The signature counts. {n} more officer must sign.", { n })],
  [
    /^its text is not the one that was seen: read it again$/,
    () => t("Its text is no longer the one that you read: read the new one. Nothing was signed."),
  ],
  [/^(\S+) has signed it already: another officer must$/, (name) => t("{name} has signed it already: another officer must.", { name })],
  [/^version (\d+), \S+, has taken its place/, (n) => t("Version {n} has taken its place: look at that one. Nothing was signed.", { n })],
  [/^it is (draft|released|rejected) already$/, (state) => t("It is {state} already.", { state: stateWord(state) })],
  [/^no open incident has this order$/, () => t("Its incident is over.")],
  [/^edited: every signature is asked for anew$/, () => t("The text is changed: every signature is asked for anew.")],
  [/^the text is the same$/, () => t("The text is the same as before: nothing was changed.")],
  [/^signed by (\S+)$/, (name) => t("signed by {name}", { name })],
  [/^signed by (\S+) and (\S+)$/, (one, other) => t("signed by {one} and {other}", { one, other })],
  [/^called off by (\S+) and (\S+)$/, (one, other) => t("called off by {one} and {other}", { one, other })],
  [/^corrected by (\S+) and (\S+)$/, (one, other) => t("corrected by {one} and {other}", { one, other })],
  [/^released by the written rule: .* unanswered for ([\d.]+) s$/, (n) => t("released by the written rule: unanswered for {n} s", { n })],
  [/^rejected by (\S+): (.*)$/, (name, reason) => t("Rejected by {name}: {reason}", { name, reason })],
  [/^nothing was released: reject the draft$/, () => t("Nothing was released: reject the draft instead.")],
];

/** What a district answered, in the reader's language. */
export function answerWords(words) {
  for (const [pattern, told] of ANSWERS) {
    const found = pattern.exec(words);
    if (found) return told(...found.slice(1));
  }
  return words;
}
