// The situation: where the water is, what comes, and what waits for whoever has duty. Follows the live stream; the list stands first,
// the map comes when it can.

import { cityData, context, nameOf } from "./context.js";
import { $, fill, h, setText } from "./dom.js";
import { live } from "./live.js";
import { canMap, makeMap } from "./map.js";
import { dataState } from "./shell.js";
import { filter } from "./situation-filter.js";
import { forget, showList, tickList } from "./situation-list.js";
import { rank } from "./situation-ranking.js";
import { hear } from "./situation-says.js";
import { showStrip } from "./situation-strip.js";
import { makeTable, showTable } from "./situation-table.js";
import { ageWords, comingWords, depthWords, pointAddress, stateWord } from "./situation-words.js";
import { t } from "./words.js";

const RENEW_MS = 250; // so often at most all is looked at anew
const MOST_ROWS = 100;
const FEW_ROWS = 8; // where the map is below the list, it is not to be far below
const KINDS = ["point", "order", "district", "station", "warning", "zone", "system"];

let city;
let map = null;
let view = "map";
let wished = null; // a point that somebody wants to see on the map while it is still coming
let rows = [];
const shown = { list: matchMedia("(min-width: 62rem)").matches ? MOST_ROWS : FEW_ROWS, table: MOST_ROWS };
let first = true;
let renewed = 0;
let timer = null;

const tools = () => ({ city, now: live.now(), lastKnown: lastKnown(), first, onPlace: toMap, onMark: (id) => map?.mark(id) });

/** Whether nothing that is shown is what is now. */
function lastKnown() {
  return !["live", "part"].includes(dataState());
}

function renew() {
  timer = null;
  renewed = performance.now();
  // before the first word the page says that nothing is known, and goes on saying so
  if (!live.state.has("point")) return;
  const now = tools();
  showStrip(live.state, city, now.lastKnown, now.now);
  const all = rank(live.state, city, now.now);
  rows = all.filter((row) => filter.takes(row.level, districtOf(row)));
  forget(new Set(all.map(({ key }) => key)));
  showRows(all, now);
  showView(now);
  first = false;
}

function showRows(all, now) {
  showList(rows.slice(0, shown.list), now);
  setText($("#needs-count"), String(rows.length));
  const hidden = all.length - rows.length;
  const more = rows.length - shown.list;
  $("#needs-more").hidden = more <= 0;
  setText($("#needs-more"), more > 0 ? t("Show all: {n} more", { n: more }) : "");
  setText($("#needs-none"), rows.length ? "" : nothingWords(hidden, now));
  $("#filter").hidden = !filter.on;
  setText($("#filter-words"), filter.on ? filterWords(hidden) : "");
}

/** An empty list is calm only where everything is known and fresh. */
function nothingWords(hidden, now) {
  if (hidden) return t("Nothing here, but the filter hides {n}.", { n: hidden });
  if (now.lastKnown) return t("Nothing was waiting when data was last heard: this does not mean that all is well.");
  return t("Nothing waits: every point is known and without warning.");
}

function filterWords(hidden) {
  const parts = [
    filter.district === null ? "" : nameOf(city.district(filter.district)) || filter.district,
    filter.level === null ? "" : stateWord({ level: filter.level === "unknown" ? null : Number(filter.level) }),
  ].filter(Boolean);
  return t("Only {what} is shown; hidden in the list: {n}.", { what: parts.join(" · "), n: hidden });
}

function showView(now) {
  const points = live.state.get("point");
  const ids = city.low_points.map(({ id }) => id).filter((id) => filter.takes(points.get(id)?.level, city.points.get(id).district));
  if (view === "table") {
    showTable(ids, live.state, now, shown.table);
    const more = ids.length - shown.table;
    $("#table-more").hidden = more <= 0;
    setText($("#table-more"), more > 0 ? t("Show all: {n} more", { n: more }) : "");
  }
  if (!map) return;
  map.show(points, now.lastKnown);
  map.only(filter.on ? new Set(ids) : null);
}

/** Orders on the map: what went out is filled, what waits is outlined by a broken line. */
function showZones() {
  if (!map) return;
  const states = new Map();
  for (const order of live.state.get("order")?.values() ?? []) {
    if (!["draft", "released"].includes(order.state)) continue;
    const there = states.get(order.zone.zone_id);
    if (!there || order.level > there.level) states.set(order.zone.zone_id, { level: order.level, draft: order.state === "draft" });
  }
  map.zones(states);
}

function districtOf(row) {
  if (row.kind === "point") return city.points.get(row.id)?.district;
  if (row.kind === "district") return row.id;
  if (row.kind === "station") return city.points.get(city.stations.get(row.id)?.low_point)?.district;
  // several districts or stations together belong to none, and are in sight only where nothing is left out
  return row.item?.district;
}

function later() {
  timer ??= setTimeout(renew, Math.max(0, renewed + RENEW_MS - performance.now()));
}

function toMap(id) {
  wished = id;
  choose("map");
  map?.select(id);
  $("#map").scrollIntoView({ block: "nearest" });
}

/** What the map's window says of a point. */
function describe(id) {
  const place = city.points.get(id);
  const point = live.state.get("point")?.get(id);
  const now = tools();
  return h("div", {},
    h("h3", {}, h("a", { href: pointAddress(id) }, nameOf(place))),
    h("p", {}, h("b", {}, stateWord(point, now.lastKnown)), ` · ${nameOf(city.district(place.district))}`),
    h("p", {}, depthWords(point)),
    h("p", { class: "soft" }, point?.observed_at ? ageWords(point, now.now) : t("never heard")),
    h("p", {}, comingWords(point)));
}

function choose(wanted) {
  view = wanted;
  $("#map").hidden = view !== "map";
  $("#table").hidden = view !== "table";
  $("#map-legend").hidden = view !== "map";
  for (const name of ["map", "table"]) $(`#view-${name}`).setAttribute("aria-pressed", String(view === name));
  later();
}

async function addMap() {
  map = await makeMap($("#map"), { describe });
  if (!map) {
    noMap();
    return;
  }
  $("#map-waits").hidden = true;
  const lost = city.low_points.filter(({ lon }) => lon === null).length;
  if (lost) setText($("#map-note"), t("Points without a place, in the table only: {n}", { n: lost }));
  showZones();
  if (wished) map.select(wished);
  else if (filter.district !== null) map.goTo(filter.district);
  renew();
}

/** The table carries everything. */
function noMap() {
  $(".split").classList.add("no-map");
  $("#views").hidden = true;
  $("#map-waits").hidden = true;
  setText($("#map-note"), t("There is no map here (no WebGL, or its files are missing): the table shows everything."));
  choose("table");
}

/** Places by id, for quick looks. */
function indexed(data) {
  const districts = new Map(data.districts.map((district) => [district.id, district]));
  return {
    ...data,
    points: new Map(data.low_points.map((point) => [point.id, point])),
    stations: new Map(data.stations.map((station) => [station.id, station])),
    district: (id) => districts.get(id),
  };
}

async function begin() {
  canMap(); // that takes a while: it is found out beside the rest
  city = indexed(await cityData());
  fill($("#table-place"), makeTable());
  $("#needs-more").addEventListener("click", () => ((shown.list = Infinity), renew()));
  $("#table-more").addEventListener("click", () => ((shown.table = Infinity), renew()));
  $("#filter-clear").addEventListener("click", () => (filter.clear(), $("#levels button").focus()));
  for (const name of ["map", "table"]) $(`#view-${name}`).addEventListener("click", () => choose(name));
  filter.addEventListener("change", () => (renew(), map?.goTo(filter.district)));
  for (const kind of KINDS) live.on(kind, later);
  live.on("order", showZones);
  live.on("point", (ids) => hear(ids, live.state.get("point") ?? new Map(), city));
  live.addEventListener("status", later);
  // ages move on with nothing said; many rows are not touched every second
  setInterval(() => tickList(rows.slice(0, MOST_ROWS), tools()), 1000);
  setInterval(later, 5000);
  canMap().then((can) => (can ? addMap() : noMap()));
  document.documentElement.dataset.situation = context.version;
}

begin();
