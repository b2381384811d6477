// All points as a table: beside the map for who reads rather than looks, and in its place where there is none.

import { nameOf } from "./context.js";
import { $, h, reconcile, setSymbol, setText, symbol } from "./dom.js";
import { ageWords, depthWords, pointAddress, stateWord } from "./situation-words.js";
import { percent } from "./time.js";
import { t } from "./words.js";

const UNKNOWN_ORDER = 2.5; // above yellow, below orange

/** Show points of the ids, the gravest first, at most so many; `all` of them where somebody has asked. */
export function showTable(ids, state, tools, most) {
  const points = state.get("point") ?? new Map();
  const gravest = [...ids].sort((first, second) => weight(points.get(second)) - weight(points.get(first)) || (first < second ? -1 : 1));
  reconcile($("#table tbody"), gravest.slice(0, most), String, make, (row, id) => update(row, id, points.get(id), tools));
}

function weight(point) {
  return (point?.level ?? UNKNOWN_ORDER) * 100 + (point?.depth_m ?? 0);
}

function make(id) {
  const cell = (name) => h("td", { class: name });
  return h("tr", {},
    h("th", { scope: "row" }, h("a", { href: pointAddress(id) })),
    h("td", { class: "table-level" }, symbol(null), h("span")),
    cell("depth"), cell("when"), cell("number p3"), cell("number p4"), cell("in-district"));
}

function update(row, id, point, { city, now, lastKnown }) {
  const place = city.points.get(id);
  row.classList.toggle("last", lastKnown || Boolean(point?.last || point?.held));
  setText(row.querySelector("a"), place ? nameOf(place) : id);
  setSymbol(row.querySelector("svg"), point?.level);
  setText(row.querySelector(".table-level span"), stateWord(point, lastKnown));
  setText(row.querySelector(".depth"), depthWords(point));
  setText(row.querySelector(".when"), ageWords(point, now));
  for (const level of ["3", "4"]) setText(row.querySelector(`.p${level}`), percent(point?.forecast?.chance[level]));
  setText(row.querySelector(".in-district"), nameOf(city.district(place?.district)));
}

/** The table's head; made once. */
export function makeTable() {
  const heads = [t("Low point"), t("Level"), t("Depth"), t("Age"), t("Orange in 30 min"), t("Red in 30 min"), t("District")];
  const cells = heads.map((head, at) => h("th", { scope: "col", class: at === 4 || at === 5 ? "number" : null }, head));
  return h("table", {}, h("caption", {}, t("All points, the gravest first")), h("thead", {}, h("tr", {}, cells)), h("tbody"));
}
