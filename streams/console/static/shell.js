// What every page has: the clock, how old the data is, what waits, and the sound for who wants it. Missing data is never silent.

import { context } from "./context.js";
import { $, say, setText } from "./dom.js";
import { live } from "./live.js";
import { ago, clock, date } from "./time.js";
import { t } from "./words.js";

// ticks come every 10 s: four that are missing are no accident, and a fault must be on every screen within a minute
const STALE_S = 45;

function showAge() {
  const age = $("#age");
  const alarm = $("#alarm");
  const now = live.now();
  setText($("#clock"), now ? `${date(now)} ${clock(now)}` : "");
  const [state, text, loud] = told();
  if (age.dataset.state !== state) age.dataset.state = state;
  setText(age, text);
  if (alarm.hidden === Boolean(loud)) alarm.hidden = !loud;
  if (loud) setText(alarm, loud);
  document.body.classList.toggle("not-live", state !== "live" && state !== "part");
}

/** How fresh what is shown is: "live", "part" (some districts are silent), else it is the last that is known. */
export const dataState = () => told()[0];

/** State, words for the header, and words for the alarm. */
function told() {
  const beat = live.beat;
  const last = t("What is shown is the last that is known, not what is now.");
  if (live.status === "lost") {
    const heard = live.heardS();
    const text = heard === null ? t("Not connected") : t("Connection lost {ago}", { ago: ago(heard) });
    const trying = t("No connection to the server: trying again.");
    return ["lost", text, `${trying} ${last}`];
  }
  if (!beat) return ["wait", t("Connecting"), ""];
  const away = t("The database does not answer.");
  if (beat.store === "away") return ["lost", t("Database away"), `${away} ${last}`];
  if (!beat.data_at) return ["none", t("No data"), t("No data has come yet: this does not mean that all is well.")];
  const age = live.dataAgeS();
  const old = t("No fresh data for {n} s.", { n: Math.floor(age) });
  if (beat.stale || age > STALE_S) return ["stale", t("Data {ago}", { ago: ago(age) }), `${old} ${last}`];
  if (beat.silent_districts.length) {
    const names = beat.silent_districts.join(", ");
    const silent = t("Silent districts: {names}. There, what is shown is the last that is known.", { names });
    return ["part", t("Data {ago}", { ago: ago(age) }), silent];
  }
  return ["live", t("Live, data {ago}", { ago: ago(age) }), ""];
}

let waited = null;

function showWaiting() {
  const orders = [...(live.state.get("order")?.values() ?? [])];
  const drafts = orders.filter((order) => order.state === "draft");
  const red = drafts.filter((order) => order.level === 4).length;
  const link = $("#waits");
  link.hidden = drafts.length === 0;
  link.dataset.level = red ? "4" : "0";
  const text = red
    ? t("Orders that wait: {n}, red ones: {red}", { n: drafts.length, red })
    : t("Orders that wait: {n}", { n: drafts.length });
  setText(link, drafts.length ? text : "");
  const names = new Set(drafts.map((order) => order.identifier));
  if (waited && [...names].some((name) => !waited.has(name))) {
    say(text);
    sound();
  }
  waited = names;
}

/** How many groups of reports wait, beside the page that shows them; nothing where that is not known. */
function showReports() {
  const waiting = live.state.get("system")?.get("reports")?.waiting ?? 0;
  const place = $("#reports-waiting");
  place.hidden = !waiting;
  setText(place, waiting ? String(waiting) : "");
  if (waiting) place.setAttribute("aria-label", t("groups of reports that wait: {n}", { n: waiting }));
}

function sound() {
  if (localStorage.getItem("lowpoint.sound") !== "on") return;
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  loudness.gain.value = 0.2;
  tone.frequency.value = 880;
  tone.connect(loudness).connect(audio.destination);
  tone.start();
  tone.frequency.setValueAtTime(660, audio.currentTime + 0.18);
  tone.stop(audio.currentTime + 0.4);
  tone.onended = () => audio.close();
}

function prepareSound() {
  const box = $("#sound");
  if (!box) return;
  box.checked = localStorage.getItem("lowpoint.sound") === "on";
  box.addEventListener("change", () => {
    localStorage.setItem("lowpoint.sound", box.checked ? "on" : "off");
    if (box.checked) sound();
  });
}

prepareSound();
showAge();
setInterval(showAge, 1000);
live.addEventListener("status", showAge);
live.on("order", showWaiting);
live.on("system", showReports);
document.documentElement.dataset.ready = context.me.role;
