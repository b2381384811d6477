// Rows of "What needs me now": who is there stays the same element, so that nothing flickers and focus stays where it is.

import { nameOf } from "./context.js";
import { $, h, reconcile, setSymbol, setText, symbol } from "./dom.js";
import { ageWords, comingWords, depthWords, orderAddress, pointAddress, ruleWords, stateWord, zoneName } from "./situation-words.js";
import { ago } from "./time.js";
import { t } from "./words.js";

const FRESH_MS = 8000;
const seen = new Map(); // key → what was shown, to tell what is new

/** Show rows; `tools`: {city, now, lastKnown, first: nothing is new yet, onPlace(id), onMark(id or null)}. */
export function showList(rows, tools) {
  reconcile($("#needs"), rows, ({ key }) => key, (row) => make(row, tools), (element, row) => update(element, row, tools));
}

/** Bring what moves with time up to date: ages and what is left of a rule. */
export function tickList(rows, tools) {
  const elements = new Map([...$("#needs").children].map((element) => [element.dataset.key, element]));
  for (const row of rows) {
    const element = elements.get(row.key);
    if (element) tell(element, row, tools);
  }
}

/** Forget what was shown: only what is on the list can be new on it. */
export function forget(keys) {
  for (const key of seen.keys()) if (!keys.has(key)) seen.delete(key);
}

function make(row, { onPlace, onMark }) {
  const place = row.kind === "point";
  const [on, off] = [() => onMark(row.id), () => onMark(null)];
  const mark = place ? { onmouseenter: on, onmouseleave: off, onfocusin: on, onfocusout: off } : {};
  const toPlace = { type: "button", class: "to-map", onclick: () => onPlace(row.id) };
  const part = (tag, name) => [h(tag, { class: name }), " "];
  return h(
    "li",
    { class: "need", dataset: { kind: row.kind }, ...mark },
    symbol(row.level),
    h("div", { class: "need-words" },
      h("p", { class: "need-name" }, h("a", {}), " ", part("span", "state")),
      h("p", { class: "need-what" }, part("b", "what"), part("span", "when soft"), part("span", "coming")),
      h("p", { class: "need-why" })),
    place && h("button", toPlace, t("Map"), h("span", { class: "visually-hidden" })),
    row.kind === "order" && h("a", { class: "button main-link" }, t("To the order")),
  );
}

function update(element, row, tools) {
  element.dataset.group = String(row.group);
  element.dataset.level = String(row.level ?? "unknown");
  setSymbol(element.querySelector("svg"), row.level);
  element.classList.toggle("last", row.lastKnown || tools.lastKnown);
  tell(element, row, tools);
  const sign = `${row.group} ${row.level} ${row.lastKnown}`;
  const before = seen.get(row.key);
  seen.set(row.key, sign);
  if (before !== sign && !tools.first) highlight(element);
}

function tell(element, row, tools) {
  const words = WORDS[row.kind](row, tools);
  const link = element.querySelector("a");
  if (link.getAttribute("href") !== words.href) link.setAttribute("href", words.href);
  setText(link, words.name);
  setText(element.querySelector(".state"), words.state ?? "");
  setText(element.querySelector(".what"), words.what ?? "");
  setText(element.querySelector(".when"), words.when ?? "");
  setText(element.querySelector(".coming"), words.coming ?? "");
  setText(element.querySelector(".need-why"), [...row.why, words.district].filter(Boolean).join(" · "));
  const other = element.querySelector(".main-link");
  if (other && other.getAttribute("href") !== words.href) other.setAttribute("href", words.href);
  const hidden = element.querySelector(".to-map .visually-hidden");
  if (hidden) setText(hidden, ` ${words.name}`);
}

function orderWords({ item }, { city, now }) {
  return {
    href: orderAddress(item),
    name: zoneName(item),
    state: stateWord(item),
    district: nameOf(city.district(item.district)),
    what: t("People inside: {n}", { n: item.people }),
    when: t("issued {ago}", { ago: now === null ? "–" : ago((now - Date.parse(item.issued_at)) / 1000) }),
    coming: ruleWords(item, now),
  };
}

function pointWords({ id, item, level }, { city, now, lastKnown }) {
  const place = city.points.get(id);
  const was = level === null && item.was !== null && item.was !== undefined;
  return {
    href: pointAddress(id),
    name: place ? nameOf(place) : id,
    state: was ? t("Unknown, was {level}", { level: stateWord({ level: item.was }) }) : stateWord(item, lastKnown),
    district: nameOf(city.district(place?.district)),
    what: depthWords(item),
    when: ageWords(item, now),
    coming: comingWords(item),
  };
}

function districtWords({ id, item }, { city, now }) {
  const age = item.as_of && now !== null ? ago((now - Date.parse(item.as_of)) / 1000) : t("never heard");
  return {
    href: "/console/system",
    name: nameOf(city.district(id)) || id,
    state: t("Unknown"),
    what: t("Points of which nothing is known: {n}", { n: item.unknown_points }),
    when: t("last word: {ago}", { ago: age }),
  };
}

function districtsWords({ ids, item }, { city }) {
  return {
    href: "/console/system",
    name: t("Silent districts: {n}", { n: ids.length }),
    state: t("Unknown"),
    what: t("Points of which nothing is known: {n}", { n: item.unknown_points }),
    when: ids.map((id) => nameOf(city.district(id)) || id).join(t(", ")),
  };
}

function stationWords({ id, item }, { city, now }) {
  const station = city.stations.get(id);
  return {
    href: station?.low_point ? pointAddress(station.low_point) : "/console/system",
    name: t("Station {id}", { id }),
    state: t("suspect"),
    district: station?.low_point ? nameOf(city.points.get(station.low_point)) : "",
    when: ageWords(item, now),
  };
}

function stationsWords({ count }) {
  return { href: "/console/system", name: t("Stations that are suspect: {n}", { n: count }), state: "" };
}

/** Gently: a colour that fades, and a bar that stays a moment for who wants no motion. */
function highlight(element) {
  element.classList.remove("fresh");
  requestAnimationFrame(() => element.classList.add("fresh"));
  setTimeout(() => element.classList.remove("fresh"), FRESH_MS);
}

const WORDS = {
  order: orderWords,
  point: pointWords,
  district: districtWords,
  districts: districtsWords,
  station: stationWords,
  stations: stationsWords,
};
