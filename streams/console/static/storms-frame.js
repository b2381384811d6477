// One moment of a storm: on the map, as counts, and as a table. It is the past, and says so.

import { nameOf } from "./context.js";
import { $, fill, h, levelWord, reconcile, setSymbol, setText, symbol } from "./dom.js";
import { makeMap } from "./map.js";
import { pointAddress } from "./situation-words.js";
import { stamp } from "./time.js";
import { t } from "./words.js";

const LEVELS = [4, 3, 2, 1, 0, null];
const MOST_ROWS = 200;
const levelOf = (character) => (character === "?" || character === undefined ? null : Number(character));

/** Answers `{open(), show(storm, at)}`; what is shown is answered as `{words}`. */
export function makeFrame(city) {
  const places = new Map(city.low_points.map((place) => [place.id, place]));
  const signs = LEVELS.map((level) => ({ level, count: h("b"), element: null }));
  for (const sign of signs) sign.element = h("span", {}, symbol(sign.level), `${levelWord(sign.level)}: `, sign.count);
  fill(
    $("#counts"),
    signs.map((sign) => sign.element),
  );
  const body = h("tbody");
  const heads = [t("Low point"), t("Level then")].map((text) => h("th", { scope: "col" }, text));
  fill($("#frame-table"), h("thead", {}, h("tr", {}, heads)), body);
  let map = null;
  let shown = new Map();

  async function open() {
    const describe = (id) =>
      shown.has(id) &&
      h("div", {}, h("h3", {}, nameOf(places.get(id))), h("p", {}, symbol(shown.get(id).level), levelWord(shown.get(id).level)));
    map = await makeMap($("#map"), { label: t("Map of a moment that is past"), describe });
    $("#map").hidden = !map;
    if (!map) $("#frame").open = true;
    drawRest();
  }

  function show(storm, at) {
    const { levels, at: moment } = storm.frames[at];
    shown = new Map(storm.points.map((id, place) => [id, { level: levelOf(levels[place]), last: false, held: false }]));
    // of a point that the storm does not speak of nothing is known
    for (const id of places.keys()) if (!shown.has(id)) shown.set(id, { level: null, last: false, held: false });
    setText($("#past"), t("Past: {time}", { time: stamp(moment).slice(0, -3) }));
    const counts = signs.map(({ level, count }) => {
      const n = [...shown.values()].filter((one) => one.level === level).length;
      setText(count, String(n));
      return [level, n];
    });
    drawRest();
    return {
      words:
        counts
          .filter(([level, n]) => n && level !== 0)
          .map(([level, n]) => `${levelWord(level)}: ${n}`)
          .join(", ") || t("no point under water"),
    };
  }

  function drawRest() {
    map?.show(shown);
    if ($("#frame").open) drawTable();
  }

  function drawTable() {
    const wet = [...shown].filter(([, one]) => one.level !== 0).sort(([, a], [, b]) => (b.level ?? 2.5) - (a.level ?? 2.5));
    reconcile(body, wet.slice(0, MOST_ROWS), ([id]) => id, make, update);
    $("#frame-table").createCaption().textContent = t("All but those without a warning: {n}", { n: wet.length });
  }

  function make([id]) {
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, h("a", { href: pointAddress(id) }, nameOf(places.get(id) ?? { id }))),
      h("td", {}, symbol(null), h("span")),
    );
  }

  function update(row, [, one]) {
    setSymbol(row.lastChild.firstChild, one.level);
    setText(row.lastChild.lastChild, levelWord(one.level));
  }

  $("#frame").addEventListener("toggle", drawRest);
  return { open, show };
}
