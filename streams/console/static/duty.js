// The duty log: who has duty, what was written and what happened, and handing over so that nothing is forgotten.

import { get, post } from "./api.js";
import { cityData, context, may } from "./context.js";
import { $, fill, h, reconcile, say, setText } from "./dom.js";
import { openHandOver, openTakeOver } from "./duty-hand.js";
import { byPeople, entryLine, placesOf } from "./duty-words.js";
import { live } from "./live.js";
import { ago, stamp } from "./time.js";
import { t } from "./words.js";

const PAGE = 50;
const AGAIN_MS = 1500;
const SLOWLY_MS = 20000;

const data = await cityData().catch(() => ({}));
const city = placesOf(data);
const mayWrite = may("write_log");

let duty = null; // who has it
let entries = [];
let more = false;
let timer = 0;
let asking = false;

async function look() {
  clearTimeout(timer);
  timer = setTimeout(look, SLOWLY_MS);
  if (asking) return;
  asking = true;
  try {
    const told = await get(`/api/duty?limit=${PAGE}`);
    duty = told.duty;
    const known = new Map([...entries, ...told.entries].map((entry) => [entry.entry, entry]));
    if (!entries.length) more = told.more;
    entries = [...known.values()].sort((one, other) => (one.entry < other.entry ? 1 : -1));
    fill($("#log-wrong"));
    show();
  } catch (problem) {
    fill($("#log-wrong"), problem.detail ?? String(problem));
  } finally {
    asking = false;
  }
}

async function older() {
  const last = entries.at(-1);
  if (!last) return;
  try {
    const told = await get(`/api/duty?limit=${PAGE}&before=${encodeURIComponent(last.entry)}`);
    more = told.more;
    entries = [...entries, ...told.entries];
    show();
  } catch (problem) {
    fill($("#log-wrong"), problem.detail ?? String(problem));
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(look, AGAIN_MS);
}

function show() {
  showHolder();
  const shown = $("#only-people").checked ? entries.filter(byPeople) : entries;
  reconcile(
    $("#log"),
    shown,
    (entry) => entry.entry,
    (entry) => entryLine(entry, city),
  );
  $("#older").hidden = !more;
  $("#log-empty").hidden = shown.length > 0;
}

/** Who has duty stands on top, and loudly if nobody has it. */
function showHolder() {
  const place = $("#holder");
  const key = JSON.stringify(duty);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  const mine = duty.officer === context.me.name;
  place.classList.toggle("nobody", duty.officer === null);
  const since = duty.since
    ? [t("since {time}", { time: stamp(duty.since) }), " (", h("span", { dataset: { since: duty.since } }), ")"]
    : "";
  const who = mine ? t("You have duty") : t("{name} has duty", { name: duty.display_name || duty.officer });
  fill(
    place,
    duty.officer === null
      ? h("p", { class: "who-has" }, h("strong", {}, t("NOBODY HAS DUTY.")), " ", t("Whoever is there takes it over."))
      : h("p", { class: "who-has" }, h("strong", {}, who), " ", since),
    duty.hand_over
      ? h(
          "div",
          { class: "note" },
          h("p", {}, t("Hands over since {time} and waits for somebody to take over:", { time: stamp(duty.hand_over.at) })),
          h("blockquote", {}, duty.hand_over.text),
        )
      : null,
    h(
      "p",
      { class: "row" },
      mayWrite && mine
        ? h("button", { type: "button", class: "main", dataset: { act: "hand-over" }, onclick: () => openHandOver(page()) }, t("Hand over"))
        : null,
      mayWrite && !mine
        ? h(
            "button",
            {
              type: "button",
              class: duty.officer === null || duty.hand_over ? "main" : "",
              dataset: { act: "take-over" },
              onclick: () => openTakeOver(page()),
            },
            t("Take over"),
          )
        : null,
      mayWrite ? null : h("span", { class: "quiet" }, t("A viewer reads the log; forecasters and officers write it and take duty.")),
      h("a", { href: "/console/briefing" }, t("Briefing to print")),
    ),
  );
  showTimes();
}

/** What the dialogs of handing over need. */
const page = () => ({
  duty,
  city,
  done: async (words) => {
    tell(words);
    await look();
  },
});

function tell(words) {
  fill($("#told"), h("p", { class: "note" }, words));
  say(words);
}

async function save() {
  const [text, refers, button] = [$("#note-text"), $("#note-refers"), $("#note-save")];
  if (!text.value.trim()) {
    fill($("#note-wrong"), t("Write what is to be known."));
    return text.focus();
  }
  button.disabled = true;
  try {
    await post("/api/duty", { text: text.value.trim(), refers: refers.value.trim() || null });
    text.value = refers.value = "";
    fill($("#note-wrong"));
    tell(t("Written into the log."));
    await look();
  } catch (problem) {
    fill($("#note-wrong"), problem.detail ?? String(problem));
  } finally {
    button.disabled = false;
  }
}

/** What a note can be about. */
function showPlaces() {
  const orders = [...(live.state.get("order")?.values() ?? [])].map((order) => [order.identifier, city.name(order.identifier)]);
  const places = ["points", "zones", "stations"].flatMap((kind) => [...city[kind].keys()].map((id) => [id, city.name(id)]));
  fill(
    $("#note-places"),
    [...orders, ...places].map(([id, name]) => h("option", { value: id }, name === id ? "" : name)),
  );
}

function showTimes() {
  const now = live.now();
  if (now === null) return;
  for (const place of document.querySelectorAll("#main [data-since]")) setText(place, ago((now - Date.parse(place.dataset.since)) / 1000));
}

$("#note").hidden = !mayWrite;
$("#note-save").addEventListener("click", save);
$("#only-people").addEventListener("change", show);
$("#older").addEventListener("click", older);
const wanted = new URLSearchParams(location.search).get("about");
if (wanted) $("#note-refers").value = wanted;
live.on("duty", soon);
live.on("warning", soon);
live.on("order", () => {
  showPlaces();
  soon();
});
setInterval(showTimes, 1000);
showPlaces();
await look();
