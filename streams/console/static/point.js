// The page of one low point: what its water does, what comes, what its sensors say, and what an officer may do about it by hand.

import { get } from "./api.js";
import { cityData, context, nameOf } from "./context.js";
import { $, setText } from "./dom.js";
import { live } from "./live.js";
import { makeActs } from "./point-acts.js";
import { makeWaterChart } from "./point-chart.js";
import { showForecast } from "./point-forecast.js";
import { makeHead } from "./point-head.js";
import { showVerdicts, showWarnings } from "./point-lists.js";
import { showPictures } from "./point-pictures.js";
import { showSkill } from "./point-skill.js";
import { showStations } from "./point-stations.js";
import { makeZones } from "./point-zones.js";
import { t } from "./words.js";

const id = context.low_point;
const REFRESH_MS = 60_000;

const city = await cityData();
const at = city.low_points.findIndex((point) => point.id === id);
const place = city.low_points[at];
let view = null;
let asking = null;

const zones = makeZones($("#zones"), city);
const acts = makeActs({ place, zones: () => zones.reached(view), stations, now, entity, done: refresh });
const head = makeHead($("#head"), { place, city, acts: acts.element });
const chart = await makeWaterChart({ place, ask: refresh, now });

function entity() {
  return live.state.get("point")?.get(id) ?? view?.now ?? null;
}

/** The moment of the log in milliseconds: all ages and ends are told by it. */
function now() {
  return live.now() ?? Date.now();
}

function stations() {
  const told = view?.stations ?? [];
  const mine = city.stations.filter((station) => station.low_point === id);
  return mine.map((station) => {
    const seen = told.find((one) => (one.station ?? one.id) === station.id);
    return { ...station, ...seen, id: station.id, ...live.state.get("station")?.get(station.id) };
  });
}

function neighbour(element, other, words) {
  element.hidden = !other;
  if (!other) return;
  element.href = `/console/point/${encodeURIComponent(other.id)}`;
  setText(element, words(nameOf(other)));
}

async function refresh() {
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const told = await get(`/api/points/${encodeURIComponent(id)}?hours=${chart.hours()}`);
    if (mine.signal.aborted) return;
    view = told;
    tellTrouble(null);
  } catch (problem) {
    if (mine.signal.aborted) return;
    tellTrouble(problem);
  }
  showAll();
}

function tellTrouble(problem) {
  const told = $("#trouble");
  told.hidden = !problem;
  setText(told, problem ? t("The history of this point could not be had: {why}", { why: problem.detail ?? String(problem) }) : "");
}

function showHead() {
  head.show(entity(), now());
  zones.show(view);
}

function showStationsNow() {
  showStations($("#stations"), stations(), now());
  acts.update();
}

function showAll() {
  showHead();
  showStationsNow();
  chart.show(view, now());
  showForecast($("#forecast"), view, entity(), place, now());
  showSkill($("#skill"), view?.skill ?? null);
  showWarnings($("#warnings"), view, now());
  showVerdicts($("#verdicts"), view, now());
  showPictures($("#pictures"), view, now());
}

let issued;

function onPoint(ids) {
  if (!ids.includes(id)) return;
  showHead();
  acts.update();
  const newest = entity()?.forecast?.issued_at ?? null;
  if (issued !== undefined && newest !== issued) refresh();
  issued = newest;
}

document.title = `${nameOf(place)} · ${document.title}`;
neighbour($("#previous"), city.low_points[at - 1], (name) => t("Previous: {name}", { name }));
neighbour($("#next"), city.low_points[at + 1], (name) => t("Next: {name}", { name }));
live.on("point", onPoint);
live.on("order", () => zones.show(view));
live.on("zone", () => zones.show(view));
live.on("station", showStationsNow);
setInterval(() => head.age(now()), 1000);
setInterval(() => document.visibilityState === "visible" && refresh(), REFRESH_MS);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
showAll();
await refresh();
$("#main").dataset.ready = "yes";
