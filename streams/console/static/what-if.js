// What if so much more rain fell: a question, asked again whenever it changes and each minute, and its answer as map, counts and table.

import { post } from "./api.js";
import { cityData, context } from "./context.js";
import { $, say, setText } from "./dom.js";
import { live } from "./live.js";
import { makeMap } from "./map.js";
import { ago, clock } from "./time.js";
import { countsOf, showCounts } from "./what-if-counts.js";
import { makeForm } from "./what-if-form.js";
import { makeTable } from "./what-if-table.js";
import { describe, questionWords, rarityWords } from "./what-if-words.js";
import { t } from "./words.js";

const PATIENCE_MS = 250;
const AGAIN_MS = 60_000;

const city = await cityData();
const form = makeForm($("#asked"), () => askSoon());
const table = makeTable({ table: $("#then"), more: $("#more"), shown: $("#shown"), changed: $("#changed"), city });
let map = null;
let answer = null;
let asked = null; // of the answer that is shown
let asking = null;
let timer = 0;

function askSoon() {
  clearTimeout(timer);
  $(".supposed").dataset.state = "asking";
  timer = setTimeout(ask, PATIENCE_MS);
}

async function ask() {
  clearTimeout(timer);
  const question = form.question();
  if (!question) return;
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const told = await post("/api/what-if", question, mine.signal);
    if (mine.signal.aborted) return;
    const another = JSON.stringify(question) !== JSON.stringify(asked);
    [answer, asked] = [told, question];
    tellFault(null);
    show();
    if (another) say(spoken());
  } catch (problem) {
    if (mine.signal.aborted) return;
    tellFault(problem);
  }
  $(".supposed").dataset.state = "there";
}

/** An answer that is older than its question must not be taken for the new one. */
function tellFault(problem) {
  const fault = $("#fault");
  fault.hidden = !problem;
  if (!problem) return setText(fault, "");
  const why = problem.detail ?? String(problem);
  return setText(
    fault,
    answer ? t("Not answered: {why} What is shown answers the question before.", { why }) : t("Not answered: {why}", { why }),
  );
}

function show() {
  const words = questionWords(asked);
  setText($("#counts-title"), words);
  setText($("#over"), t("What if: {question}", { question: words }));
  setText($("#rare"), rarityWords(answer.rarity));
  showMissing();
  showCounts($("#counts"), countsOf(answer.rows));
  table.show(answer.rows);
  showMap();
  showAge();
}

function showMissing() {
  const names = answer.districts_missing.map((id) => city.districts.find((one) => one.id === id)).filter(Boolean);
  const told = $("#missing");
  told.hidden = !answer.districts_missing.length;
  if (told.hidden) return;
  const list = names.map((one) => (context.language === "zh" ? one.name || one.name_en : one.name_en || one.name) || one.id).join(", ");
  setText(told, t("Not answered for the districts {names}: their water is not known now, and their points are hatched.", { names: list }));
}

function showAge() {
  const at = answer?.at;
  const now = live.now();
  if (!answer) return;
  if (!at) return setText($("#from"), t("Computed from no water at all: no district has told its own."));
  const age = now === null ? "" : ` (${ago((now - Date.parse(at)) / 1000)})`;
  return setText($("#from"), t("Computed from the water at {time}{age}; asked again each minute.", { time: clock(at), age }));
}

function spoken() {
  const counts = countsOf(answer.rows);
  const worst = [4, 3].map((level) => t("level {level}: {now} now, {then} then", { level, ...counts[level] })).join("; ");
  return `${questionWords(asked)}: ${worst}`;
}

/** The map takes its time: the answer does not wait for it. */
async function openMap() {
  const options = { label: t("Map of what would be, not of what is"), describe: (id) => describe(city, answer, id) };
  map = await makeMap($("#map"), options);
  $("#map-card").hidden = !map;
  map?.onSelect((id) => table.mark(id));
  showMap();
}

function showMap() {
  const levels = (answer?.rows ?? []).map((row) => [row.low_point, { level: row.level, last: false, held: false }]);
  map?.show(new Map(levels));
}

$("#asked").addEventListener("submit", (event) => event.preventDefault());
$("#then").addEventListener("focusin", (event) => map?.mark(event.target.closest("tr")?.dataset.key ?? null));
setInterval(showAge, 1000);
setInterval(() => document.visibilityState === "visible" && ask(), AGAIN_MS);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
setText($("#counts-title"), questionWords(form.question()));
openMap();
await ask();
$("#main").dataset.ready = "yes";
