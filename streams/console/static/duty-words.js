// Entries of the duty log in the reader's language.

import { context, nameOf } from "./context.js";
import { h, levelWord, symbol } from "./dom.js";
import { actWord, answerWords, basisWord, outcomeWord } from "./orders-words.js";
import { clock, date } from "./time.js";
import { t } from "./words.js";

const KINDS = () => ({
  note: t("note"),
  hand_over: t("hand-over"),
  take_over: t("takes duty over"),
  decision: t("decision"),
  order: t("order"),
  level: t("level"),
  signal: t("rain signal"),
  model: t("model"),
});

const TAKEN = () => ({
  "taken over": t("Has taken duty over."),
  "taken over without a hand-over": t("Has taken duty over WITHOUT A HAND-OVER."),
  "taken over: nobody had duty": t("Has taken duty over: nobody had it."),
});

const SIGNALS = () => ({ blue: t("blue"), yellow: t("yellow"), orange: t("orange"), red: t("red"), "": t("ended") });

const ORDERS = () => ({ released: t("went out"), rejected: t("rejected"), draft: t("drafted") });

/** What people wrote, and what happened by itself. */
export const byPeople = (entry) => ["note", "hand_over", "take_over"].includes(entry.kind);

/** One line in words, and after it the text as it was written. */
function sentence(entry, names) {
  if (entry.kind === "take_over") return [TAKEN()[entry.what] ?? entry.text, ""];
  if (entry.kind === "decision") return [`${actWord(entry.what)}, ${outcomeWord(entry.outcome)}:`, answerWords(entry.text)];
  if (entry.kind === "order") return [`${levelWord(entry.level)}, ${ORDERS()[entry.what] ?? entry.what}:`, answerWords(entry.text)];
  if (entry.kind === "level") return [`${levelWord(entry.level)}, ${basisWord(entry.what)}:`, entry.text];
  if (entry.kind === "signal") return [`${names(entry.refers)}: ${SIGNALS()[entry.what] ?? entry.what}`, entry.text];
  return ["", entry.text];
}

const address = (refers, city) => {
  if (city.points.has(refers)) return `/console/point/${encodeURIComponent(refers)}`;
  if (city.zones.has(refers) || /_\d{14}_/.test(refers)) return `/console/orders#${encodeURIComponent(refers)}`;
  return null;
};

/** Where an entry leads: a point, an order or a zone by its name. */
export function linkTo(refers, city, words = refers) {
  const to = address(refers, city);
  return to ? h("a", { href: to }, words) : words;
}

/** Ids by kind, and what people call them. */
export function placesOf(data) {
  const by = (list) => new Map((list ?? []).map((one) => [one.id, one]));
  const city = { points: by(data.low_points), zones: by(data.zones), stations: by(data.stations), districts: by(data.districts) };
  const zoneOf = (refers) => /_\d{14}_(.+)-\d{8}T\d{6}Z_\d+$/.exec(refers)?.[1];
  city.name = (refers) => {
    const id = zoneOf(refers) ? decodeURIComponent(zoneOf(refers)) : refers;
    const found = city.points.get(id) ?? city.zones.get(id) ?? city.districts.get(id);
    return found ? nameOf(found) : refers;
  };
  return city;
}

/** An entry as a line. */
export function entryLine(entry, city) {
  const [words, text] = sentence(entry, city.name);
  const level = entry.kind === "order" || entry.kind === "level" ? symbol(entry.level) : null;
  const who = entry.officer === context.me.name ? t("{name} (you)", { name: entry.officer }) : entry.officer;
  const about = entry.refers && entry.kind !== "signal" ? linkTo(entry.refers, city, city.name(entry.refers)) : null;
  return h(
    "li",
    { class: `entry ${byPeople(entry) ? "by-people" : "by-itself"} kind-${entry.kind}` },
    h(
      "p",
      { class: "entry-head" },
      h("time", { datetime: entry.at, title: date(entry.at) }, clock(entry.at)),
      h("span", { class: "tag" }, KINDS()[entry.kind] ?? entry.kind),
      who ? h("b", {}, who) : null,
      h("span", { class: "entry-words", title: entry.refers || null }, level, words, about ? " " : null, about),
    ),
    text ? h("p", { class: "entry-text" }, text) : null,
  );
}
