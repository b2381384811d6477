// After the storm: which there were, and of one that is chosen its playback, what happened, and what warnings and forecasts were worth.

import { get } from "./api.js";
import { cityData } from "./context.js";
import { $, fill, h, setText } from "./dom.js";
import { makeCourse } from "./storms-course.js";
import { makeFrame } from "./storms-frame.js";
import { makeHappenings } from "./storms-happenings.js";
import { hours, showStorms, spanWords } from "./storms-list.js";
import { makePlayer } from "./storms-player.js";
import { showSkill, showWarned } from "./storms-worth.js";
import { t } from "./words.js";

const city = await cityData();
const frame = makeFrame(city);
const happenings = makeHappenings($("#happenings"), $("#kinds"), city, (time) => player.goToTime(time));
const player = makePlayer({ play: $("#play"), speed: $("#speed"), slider: $("#slider"), moment: $("#moment"), shown: onFrame });
const course = await makeCourse($("#course"), (at) => player.goTo(at));
let storm = null;
let storms = [];
let asking = 0;

function onFrame(at, playing) {
  if (!storm) return;
  const counts = frame.show(storm, at);
  player.say(counts.words);
  course?.mark(at);
  happenings.show(storm.frames[at].at, playing);
}

async function list() {
  try {
    storms = (await get("/api/storms")).storms;
    showStorms($("#storms"), storms, chosen());
    $("#list-fault").hidden = true;
  } catch (problem) {
    tell(t("The storms could not be had: {why}", { why: problem.detail ?? String(problem) }));
  }
}

function tell(words) {
  $("#list-fault").hidden = false;
  setText($("#list-fault"), words);
}

/** What the address asks for: START/END, as in the list; else nothing. */
function chosen() {
  const [start, end] = decodeURIComponent(location.hash.slice(1)).split("/");
  return start && end ? { start, end } : null;
}

async function choose() {
  const wanted = chosen();
  showStorms($("#storms"), storms, wanted);
  player.pause();
  $("#storm").hidden = !wanted;
  if (!wanted) return;
  const mine = (asking += 1);
  const address = `/api/storms/${encodeURIComponent(wanted.start)}/${encodeURIComponent(wanted.end)}`;
  try {
    const told = await get(address);
    if (mine !== asking) return;
    $("#list-fault").hidden = true;
    show(told, address);
  } catch (problem) {
    if (mine !== asking) return;
    $("#storm").hidden = true;
    tell(t("This storm could not be had: {why}", { why: problem.detail ?? String(problem) }));
  }
}

function show(told, address) {
  storm = told;
  setText($("#play-title"), `${spanWords(told)} · ${hours(told)}`);
  $("#csv").href = `${address}?format=csv`;
  $("#json").href = `${address}?format=json`;
  happenings.load(told.timeline);
  course?.load(told);
  showWarned($("#warned"), told.verification, city, (time) => player.goToTime(time));
  showSkill($("#skill"), told.skill);
  player.load(told.frames);
}

addEventListener("hashchange", choose);
frame.open();
if (!course) fill($("#course"), h("p", { class: "quiet" }, t("Charts cannot be drawn here: the tables have the same.")));
await list();
if (!chosen() && storms.length) {
  history.replaceState(null, "", `#${storms[0].start}/${storms[0].end}`);
}
await choose();
$("#main").dataset.ready = "yes";
