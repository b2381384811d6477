// Signing: one order or several. The dialog repeats level, zones, people and the texts as residents get them; what was read is signed.

import { h, levelWord, symbol } from "./dom.js";
import { ask } from "./orders-dialog.js";
import { basisWord, count, effectWords, languageName, needed, signWords, zoneName } from "./orders-words.js";
import { t } from "./words.js";

/** All that makes an order another one to whoever reads it. */
export const fingerprint = (order) =>
  JSON.stringify([
    order.identifier,
    order.state,
    order.level,
    order.basis,
    order.unconfirmed,
    order.missing,
    order.signed_by,
    Object.entries(order.texts).map(([language, text]) => [language, text.text]),
  ]);

/** Words for several orders: "Sign 3 orders: 5,310 people in A, B, C". */
export function signManyWords(orders) {
  const people = orders.reduce((sum, order) => sum + order.people, 0);
  return t("Sign {n} orders: {people} people in {zones}", {
    n: orders.length,
    people: count(people),
    zones: orders.map(zoneName).join(", "),
  });
}

/** Open the dialog; what it shows is what will be sent, whatever comes meanwhile. */
export function askToSign(orders, done) {
  const seen = orders.map((order) => structuredClone(order));
  const words = seen.length === 1 ? signWords(seen[0]) : signManyWords(seen);
  const red = seen.filter((order) => order.level === 4);
  return ask({
    title: words,
    body: seen.map((order) => toRead(order, seen.length > 1)),
    button: words,
    danger: red.length > 0,
    check: checkWords(seen, red),
    asked: () => ({ act: "sign", orders: seen.map(read) }),
    done,
  });
}

function checkWords(seen, red) {
  const people = count(seen.reduce((sum, order) => sum + order.people, 0));
  const zones = seen.map(zoneName).join(", ");
  if (red.length) return t("I have read this. It is meant for {people} people in {zones}.", { people, zones });
  return seen.length > 1 ? t("I have read all {n} orders: {people} people in {zones}.", { n: seen.length, people, zones }) : "";
}

/** The texts that were read, as the signature names them. */
const read = (order) => ({
  identifier: order.identifier,
  texts: Object.fromEntries(Object.entries(order.texts).map(([language, text]) => [language, text.text])),
});

function toRead(order, several) {
  return h(
    "section",
    { class: "to-read" },
    h(
      "h3",
      {},
      symbol(order.level),
      t("{level}: {people} people in {zone}", { level: levelWord(order.level), people: count(order.people), zone: zoneName(order) }),
    ),
    order.unconfirmed
      ? h("p", { class: "note" }, h("strong", {}, t("UNCONFIRMED: one sensor says so, and nothing else yet.")), " ", order.reason)
      : null,
    h("p", {}, t("It rests on: {basis}.", { basis: basisWord(order.basis) }), " ", effectWords(order)),
    several ? h("p", { class: "quiet" }, t("signature {n} of {m}", { n: order.signed_by.length + 1, m: needed(order) })) : null,
    texts(order.texts),
  );
}

/** Texts as residents get them. */
export function texts(all) {
  const entries = Object.entries(all);
  if (!entries.length)
    return h("p", { class: "quiet" }, t("Nobody is texted by this order: its level is below that of texts, or the same as before."));
  return entries.map(([language, text]) => [
    h(
      "p",
      { class: "text-head" },
      h("b", {}, languageName(language)),
      " ",
      h("span", { class: "quiet" }, t("segments: {n}", { n: text.segments })),
    ),
    h("blockquote", { lang: language }, text.text),
  ]);
}
