// Sends a report over a bad line: makes the picture smaller, keeps both in this browser until the office has them, sends the picture in
// pieces from where the last line broke, and tells each step. All of it is a help: the form works without.

import { Picture } from "./report-picture.js";
import { choose, offerNearest, offerPosition } from "./report-place.js";
import { Later, send } from "./report-sending.js";
import { forget, keep, refused, waiting } from "./report-waiting.js";
import { filled, say, tell, words } from "./report-words.js";

const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 30;
const OLDEST_MS = 24 * 3600 * 1000;
const STEP = 20; // per cent between two words of the progress, which are read out
const LARGEST_BYTES = 12 * 1024 * 1024; // of a picture that is sent as it is
const CODE = /^[0-9A-Z]{5}-[0-9A-Z]{5}$/;

const of = (id) => document.getElementById(id);
const form = of("report");
const state = of("state");
const progress = of("progress");
const stop = of("stop");
const button = of("send");
const opening = new URLSearchParams(location.hash.slice(1)); // what the page before this one has handed on

let mine = ""; // the card of the report that was sent from this page
let touched = Boolean(form.elements.point.value || form.elements.words.value); // somebody fills in the form, or it has a place already
let restored = ""; // the card of an earlier report that the form shows, to be mended
const picture = new Picture();
let timer = 0;
let busy = false;
let again = false; // something was added while others are sent
let wait_s = FIRST_WAIT_S;
let told_percent = -STEP;
const received = (opening.get("received") ?? "").split(",").filter((code) => CODE.test(code)); // codes told on this page

// ---- the picture

function chosen(event) {
  const [file] = event.target.files;
  if (!file) return;
  touched = true;
  for (const other of form.querySelectorAll("input[type=file]")) if (other !== event.target) other.value = "";
  picture.choose(file, (name, values) => {
    if (name === "unread") event.target.value = ""; // or the same one could not be chosen again
    say(name, values);
  });
}

// ---- sending

const steps = {
  sending(offset, size) {
    const percent = Math.floor((100 * offset) / size);
    progress.hidden = false;
    progress.value = percent;
    if (percent < told_percent + STEP) return;
    told_percent = percent;
    say("sending", { n: percent, kb: Math.ceil(size / 1000) });
  },
  there() {
    wait_s = FIRST_WAIT_S;
  },
  telling() {
    say("telling");
  },
  without() {
    progress.hidden = true;
    say("without");
  },
};

async function ended(report, said) {
  progress.hidden = true;
  if (said === null) return;
  switch (said.ended) {
    case "sent":
      await forget(report.card);
      await taken(report, said);
      return;
    case "over":
    case "unknown":
      await keep({ ...report, card: said.card, anew: false });
      await forget(report.card);
      if (report.card === mine) mine = form.elements.card.value = said.card;
      throw new Later(0, true);
    default:
      await untaken(report, said.says);
  }
}

async function taken(report, said) {
  const here_still = report.card !== mine && (mine || touched);
  if (here_still) {
    // whoever has begun another report meanwhile is told, and not taken away from it
    received.push(said.code);
    showReceived(said.lost ? "sent_without" : "sent", said.code);
    tell("");
    return;
  }
  mine = "";
  if ((await waiting()).length) {
    // an earlier one is not sent yet: a new form, which goes on with it
    location.assign(`${report.path}&again=${Date.now()}#received=${[...received, said.code]}`);
  } else location.assign(said.address + (received.length ? `&earlier=${received}` : ""));
}

function showReceived(name, code) {
  const line = document.createElement("p");
  const link = document.createElement("a");
  link.href = `/report/follow?${new URLSearchParams({ code, lang: document.documentElement.lang })}`;
  link.textContent = words.follow;
  line.append(filled(name, { code }), " ", link);
  of("received").append(line);
  of("received").hidden = false;
}

async function untaken(report, why) {
  if (report.card === mine) {
    // the form has it still, with whatever was typed since
    mine = "";
    await forget(report.card);
    refuse(why);
    return;
  }
  await keep({ ...report, refused: why });
  if (mine || touched) {
    tell("");
    await showRefused();
  } else restore(report, why);
}

// ---- what could not be taken as it is

// A report of another day is no news of today's water, and is not thrown away behind its writer's back either. It does not fill in the form
// by itself: sent as it is, it would say that the water is seen now.
async function aged(report) {
  const when = new Date(report.made_ms).toLocaleString(document.documentElement.lang);
  await keep({ ...report, refused: filled("too_old", { when }) });
  if (report.card === mine) {
    mine = "";
    idle();
  }
  tell("");
  await showRefused();
}

async function showRefused() {
  const [report] = (await refused()).filter((one) => one.card !== restored);
  of("refused").hidden = !report;
  if (!report) return;
  of("why").textContent = report.refused;
  of("mend").href = `${report.path}#${new URLSearchParams({ open: report.card })}`;
  of("mend").dataset.card = of("away").dataset.card = report.card;
}

async function mend(event) {
  // what is being typed is not written over: then the link opens a page of its own
  if (mine || touched) return;
  event.preventDefault();
  await open(event.currentTarget.dataset.card);
}

async function open(card) {
  const report = (await refused()).find((one) => one.card === card);
  if (report) restore(report, report.refused);
  await showRefused();
}

function restore(report, why) {
  restored = report.card;
  touched = true;
  if (report.picture) picture.put(report.picture, Number(report.fields.taken_ms) || 0);
  for (const [name, value] of Object.entries(report.fields)) {
    const field = form.elements[name];
    if (!field || name === "card") continue;
    if (name === "point") choose(field, value, words.place);
    else if (field.type === "checkbox") field.checked = true;
    else field.value = value;
  }
  refuse(why);
}

function refuse(why) {
  idle();
  tell(why);
  state.tabIndex = -1;
  state.focus();
}

function idle() {
  button.disabled = false;
  button.textContent = words.send;
  stop.hidden = true;
  progress.hidden = true;
}

// ---- one after the other

// Sends all that waits, and what is added meanwhile; the seconds after which the rest is tried again, null where nothing is left.
async function round() {
  const tried = new Set();
  let after_s = null;
  for (;;) {
    const report = (await waiting()).find((one) => !tried.has(one.card));
    if (!report) return after_s;
    tried.add(report.card);
    told_percent = -STEP;
    if (report.card === mine) button.textContent = words.being_sent;
    try {
      if (Date.now() - report.made_ms > OLDEST_MS) await aged(report);
      else await ended(report, await send(report, steps));
    } catch (error) {
      report.failed = (report.failed ?? 0) + 1;
      const own_s = error instanceof Later ? error.after_s : 0;
      after_s = after_s === null ? own_s : Math.min(after_s, own_s);
      if (!error.answered) return after_s; // without a line the others need not be tried
    }
  }
}

async function deliver() {
  again = true;
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  let after_s = null;
  const alone = navigator.locks ? (work) => navigator.locks.request("lowpoint-reports", work) : (work) => work();
  try {
    while (again) {
      again = false;
      after_s = await alone(round);
    }
  } finally {
    busy = false;
  }
  if (after_s !== null) later(after_s);
  else {
    wait_s = FIRST_WAIT_S;
    if (!mine) stop.hidden = true;
  }
}

function later(after_s) {
  const s = Math.ceil(Math.max(after_s, wait_s));
  wait_s = Math.min(LONGEST_WAIT_S, 2 * wait_s);
  stop.hidden = false;
  progress.hidden = true;
  if (mine) button.textContent = words.kept;
  if (navigator.onLine === false) say("offline");
  else say(after_s ? "later" : "waiting", { n: s });
  timer = setTimeout(deliver, s * 1000 * (0.75 + 0.5 * Math.random()));
}

// What is wrong with what was typed, as far as it can be told without a network; "" where nothing is.
function missing(fields) {
  if (fields.point === of("by-photo").value) {
    if (picture.unread) return words.unread;
    if (!picture.ready || fields.consent !== "1") return words.by_photo;
    if (picture.ready.file && picture.ready.file.size > LARGEST_BYTES) return words.original;
  }
  if (fields.depth || fields.words.trim() || picture.ready) return "";
  return picture.unread ? words.unread : words.nothing;
}

async function submitted(event) {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  const fields = {};
  let bytes = null;
  try {
    await picture.settled();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields[name] = value;
    const wrong = missing(fields);
    if (wrong) {
      refuse(wrong);
      return;
    }
    bytes = await picture.bytes(fields.point === of("by-photo").value);
  } catch {
    refuse(words.unread);
    return;
  }
  if (picture.ready?.taken_ms && fields.consent === "1") fields.taken_ms = String(picture.ready.taken_ms);
  if (picture.unread) fields.picture_lost = "broken";
  const made_ms = Date.now();
  mine = fields.card;
  await keep({ card: mine, path: form.getAttribute("action"), fields, picture: bytes, made_ms, anew: Boolean(bytes) });
  if (restored) {
    await forget(restored);
    restored = "";
  }
  await showRefused();
  stop.hidden = false;
  wait_s = FIRST_WAIT_S;
  if (busy) {
    button.textContent = words.kept;
    say("queued");
  }
  await deliver();
}

async function stopped() {
  clearTimeout(timer);
  mine = "";
  for (const report of await waiting()) await forget(report.card);
  idle();
  tell("");
}

async function thrown(event) {
  await forget(event.currentTarget.dataset.card);
  await showRefused();
}

form.addEventListener("submit", submitted);
form.addEventListener("input", () => {
  touched = true;
});
for (const input of form.querySelectorAll("input[type=file]")) input.addEventListener("change", chosen);
stop.addEventListener("click", stopped);
of("mend").addEventListener("click", mend);
of("away").addEventListener("click", thrown);
globalThis.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload(); // its card is used: whoever comes back to the page writes another report
});
globalThis.addEventListener("online", () => {
  wait_s = FIRST_WAIT_S;
  deliver();
});
offerPosition(form, words, (name, values) => {
  touched = true;
  say(name, values);
});
offerNearest(form, words.nearest, say);
for (const code of received) showReceived("sent", code);
if (opening.get("open")) await open(opening.get("open"));
else await showRefused();
if ((await waiting()).length) {
  say("unsent");
  stop.hidden = false;
  await deliver();
}
document.documentElement.dataset.ready = "1";
