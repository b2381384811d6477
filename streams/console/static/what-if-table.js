// What would become of each point, the worst change first. Who is there stays the same row, so that focus stays where it is.

import { nameOf } from "./context.js";
import { fill, h, levelWord, reconcile, setSymbol, setText, symbol } from "./dom.js";
import { pointAddress } from "./situation-words.js";
import { metres } from "./time.js";
import { minutesWords } from "./what-if-words.js";
import { t } from "./words.js";

const MOST_ROWS = 100;
const rank = (level) => level ?? 2.5; // unknown is worse than yellow: nobody knows that it is not

/** Answers `{show(rows), mark(id)}`. */
export function makeTable({ table, more, shown, changed, city }) {
  const places = new Map(city.low_points.map((place) => [place.id, place]));
  const heads = [t("Low point"), t("Now"), t("Then"), t("Highest water"), t("To orange (3)"), t("To red (4)")];
  const body = h("tbody");
  const caption = h("caption", { class: "visually-hidden" }, t("What would become of each low point"));
  fill(
    table,
    caption,
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        heads.map((text) => h("th", { scope: "col" }, text)),
      ),
    ),
    body,
  );
  let rows = [];
  let most = MOST_ROWS;

  function draw() {
    const moving = rows.filter(moves);
    const silent = rows.filter((row) => row.level === null).length;
    const wanted = [...(changed.checked ? moving : rows)].sort(gravestFirst);
    reconcile(body, wanted.slice(0, most), (row) => row.low_point, make, update);
    const change = t("{n} of {all} points change their level.", { n: moving.length, all: rows.length });
    setText(shown, silent ? `${change} ${t("Not answered: {n}.", { n: silent })}` : change);
    more.hidden = wanted.length <= most;
    setText(more, t("Show all {n}", { n: wanted.length }));
  }

  function make(row) {
    const place = places.get(row.low_point) ?? { id: row.low_point };
    const cell = () => h("td", {}, symbol(null), h("span"));
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, h("a", { href: pointAddress(row.low_point) }, nameOf(place))),
      cell(),
      cell(),
      h("td", { class: "number" }, h("b"), h("div", { class: "soft" })),
      h("td", { class: "number" }),
      h("td", { class: "number" }),
    );
  }

  function update(element, row) {
    const [, now, then, peak, three, four] = element.children;
    level(now, row.level_now);
    level(then, row.level);
    then.className = !moves(row) ? "" : rank(row.level) > rank(row.level_now) ? "up" : "down";
    setText(peak.firstChild, row.peak_m ? metres(row.peak_m.q50) : t("not known"));
    setText(peak.lastChild, row.peak_m ? t("80 %: {low} to {high}", { low: metres(row.peak_m.q10), high: metres(row.peak_m.q90) }) : "");
    setText(three, minutesWords(row, "3"));
    setText(four, minutesWords(row, "4"));
  }

  changed.addEventListener("input", draw);
  more.addEventListener("click", () => {
    most = Infinity;
    draw();
  });

  return {
    show(told) {
      rows = told;
      draw();
    },
    mark(id) {
      for (const row of body.children) row.classList.toggle("chosen", row.dataset.key === id);
      body.querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
    },
  };
}

function level(cell, value) {
  setSymbol(cell.firstChild, value);
  setText(cell.lastChild, levelWord(value));
}

/** Whether it would come to another level; a point without an answer does not. */
const moves = (row) => row.level !== null && row.level !== row.level_now;

/** Those that change first, then by what they come to, then by depth. */
function gravestFirst(a, b) {
  const moved = (row) => Number(moves(row));
  return (
    moved(b) - moved(a) ||
    rank(b.level) - rank(a.level) ||
    (b.peak_m?.q50 ?? 0) - (a.peak_m?.q50 ?? 0) ||
    (a.low_point < b.low_point ? -1 : 1)
  );
}
