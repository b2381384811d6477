// Citizens' reports: what waits for a decision, worth most first, and where a low point is missing.

import { get } from "./api.js";
import { cityData, may } from "./context.js";
import { $, fill, h, reconcile, say, setText } from "./dom.js";
import { live } from "./live.js";
import { showCoverage } from "./reports-coverage.js";
import { makeGroup, placeWords, updateGroup } from "./reports-group.js";
import { ago } from "./time.js";
import { t } from "./words.js";

const AGAIN_MS = 1500;
const SLOWLY_MS = 15000;
const PAGE = 25;
const MOST = 100; // more at once the desk does not weigh: narrow the question

const data = await cityData().catch(() => ({ low_points: [] }));
const city = { points: new Map((data.low_points ?? []).map((point) => [point.id, point])) };
const mayWeigh = may("weigh_reports");

let groups = [];
let pages = 1;
let more = false;
let timer = 0;
let asked = 0; // answers to a question that was changed meanwhile are not shown

async function look() {
  clearTimeout(timer);
  timer = setTimeout(look, SLOWLY_MS);
  const mine = ++asked;
  try {
    const told = await get(address());
    if (mine !== asked) return;
    groups = told.groups;
    more = told.next !== null && PAGE * (pages + 1) <= MOST;
    fill($("#wrong"));
    show(told.waiting);
  } catch (problem) {
    if (mine === asked) fill($("#wrong"), problem.detail ?? String(problem));
  }
}

function older() {
  pages += 1;
  look();
}

function address() {
  const [state, place, order] = ["state", "place", "order"].map((name) => $(`#filter-${name}`).value);
  const query = new URLSearchParams({ state, order, limit: PAGE * pages, training: $("#filter-training").checked });
  if (place !== "any") query.set("low_point", place);
  return `/api/reports?${query}`;
}

function show(waiting) {
  const title = $("#filter-state").value === "waiting" ? t("What waits: {n} groups", { n: groups.length }) : t("{n} groups", { n: groups.length });
  setText($("#groups-title"), title);
  // who is deciding keeps what they see: a card under an open dialog does not go
  reconcile($("#groups"), groups, (group) => group.group, (group) => makeGroup(group, tools), (element, group) => updateGroup(element, group, tools));
  $("#older").hidden = !more;
  if (!groups.length) fill($("#groups"), h("li", { class: "quiet" }, waiting ? t("No reports like that.") : t("Nothing waits.")));
  showTimes();
}

const tools = {
  city,
  mayWeigh,
  others: (own) => groups.filter((one) => one.group !== own.group && one.waiting && one.training === own.training).map((one) => ({ group: one.group, words: otherWords(one) })),
  done: async (words) => {
    fill($("#told"), h("p", { class: "note" }, words));
    say(words);
    await look();
    $("#groups-title").focus();
  },
};

const otherWords = (group) => t("{place}: {n} reports", { place: placeWords(group, city), n: group.reports });

function showTimes() {
  const now = live.now();
  if (now === null) return;
  for (const place of document.querySelectorAll("#groups [data-since]")) setText(place, ago((now - Date.parse(place.dataset.since)) / 1000));
}

function showPlaces() {
  const wanted = new URLSearchParams(location.search).get("point");
  for (const [id, point] of city.points) $("#filter-place").append(h("option", { value: id, selected: id === wanted }, point.name_en && document.documentElement.lang === "en" ? point.name_en : point.name || id));
}

let waited = null;

/** Where the count of what waits has changed there is something to ask for. */
function onSystem() {
  const sign = JSON.stringify(live.state.get("system")?.get("reports") ?? null);
  if (sign === waited) return;
  waited = sign;
  clearTimeout(timer);
  timer = setTimeout(look, AGAIN_MS);
}

showPlaces();
$("#weighs-not").hidden = mayWeigh;
for (const name of ["state", "place", "order", "training"]) $(`#filter-${name}`).addEventListener("change", look);
$("#older").addEventListener("click", older);
$("#coverage-ask").addEventListener("click", () => showCoverage($("#coverage"), city));
live.on("system", onSystem);
setInterval(showTimes, 1000);
await look();
$("#main").dataset.ready = "yes";
