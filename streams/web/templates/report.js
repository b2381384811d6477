// Sends a report over a bad line: makes the picture smaller, keeps both in this browser until the office has them, sends the picture in
// pieces from where the last line broke, and tells each step. All of it is a help: the form works without.

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;
const FIRST_PIECE = 32 * 1024;
const SMALLEST_PIECE = 8 * 1024;
const LARGEST_PIECE = 512 * 1024;
const PIECE_MS = 4000; // a piece is as large as the line takes in so long: what a break costs
const ANSWER_MS = 90_000;
const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 30;
const OLDEST_MS = 24 * 3600 * 1000;
const STEP = 20; // per cent between two words of the progress, which are read out

const form = document.getElementById("report");
const state = document.getElementById("state");
const progress = document.getElementById("progress");
const stop = document.getElementById("stop");
const button = document.getElementById("send");
const words = Object.fromEntries([...document.getElementById("says").content.children].map((one) => [one.dataset.name, one.textContent]));

let mine = ""; // the card of the report that was sent from this page
let touched = false; // somebody fills in the form
let prepared = null; // the picture as it will be sent
let preparing = Promise.resolve();
let timer = 0;
let busy = false;
let wait_s = FIRST_WAIT_S;

class Later extends Error {
  constructor(after_s = 0) {
    super("later");
    this.after_s = after_s;
  }
}

function say(name, values = {}) {
  tell((words[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? ""));
}

function tell(text) {
  state.hidden = !text;
  if (state.textContent !== text) state.textContent = text;
}

// ---- what waits in this browser

const memory = new Map(); // where a browser keeps nothing

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("lowpoint-reports", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { keyPath: "card" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function stored(mode, work) {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const turn = base.transaction("waiting", mode, { durability: "strict" });
      const asked = work(turn.objectStore("waiting"));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  } finally {
    base.close();
  }
}

async function keep(report) {
  memory.set(report.card, report);
  await stored("readwrite", (shelf) => shelf.put(report)).catch(() => undefined);
}

async function forget(card) {
  memory.delete(card);
  await stored("readwrite", (shelf) => shelf.delete(card)).catch(() => undefined);
}

async function waiting() {
  const kept = await stored("readonly", (shelf) => shelf.getAll()).catch(() => []);
  for (const report of kept) if (!memory.has(report.card)) memory.set(report.card, report);
  return [...memory.values()].sort((first, second) => first.made_ms - second.made_ms);
}

// ---- the picture

async function smaller(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (blob) return await blob.arrayBuffer();
  } catch {
    // a kind that this browser cannot draw: the office says what is to be done
  }
  return await file.arrayBuffer();
}

function chosen(event) {
  const [file] = event.target.files;
  if (!file) return;
  for (const other of form.querySelectorAll("input[type=file]")) if (other !== event.target) other.value = "";
  say("compress");
  preparing = smaller(file).then((bytes) => {
    prepared = { bytes, taken_ms: file.lastModified };
    say("ready", { kb: Math.ceil(bytes.byteLength / 1000) });
  });
}

// ---- the place

function locate() {
  say("locating");
  navigator.geolocation.getCurrentPosition(located, () => say("unlocated"), { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 });
}

function located({ coords }) {
  const error_m = Math.max(1, Math.round(coords.accuracy));
  form.elements.lon.value = coords.longitude.toFixed(6);
  form.elements.lat.value = coords.latitude.toFixed(6);
  form.elements.error_m.value = error_m;
  form.elements.by.value = "position";
  const here = document.getElementById("here");
  here.hidden = here.disabled = false;
  here.textContent = `${words.here} ± ${error_m} m`;
  form.elements.point.value = here.value;
  say("located", { m: error_m });
}

// ---- sending

async function asked(address, options) {
  try {
    return await fetch(address, { ...options, cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    throw new Later();
  }
}

async function upload(report) {
  const address = `/report/upload/${report.card}`;
  const size = report.picture.byteLength;
  if (report.anew) {
    await asked(address, { method: "DELETE" });
    report.anew = false;
    await keep(report);
  }
  const head = await asked(address, { method: "HEAD" });
  if (!head.ok) return head.status;
  let offset = Number(head.headers.get("Upload-Offset"));
  let piece = FIRST_PIECE;
  let told = -STEP;
  while (offset < size) {
    if (!memory.has(report.card)) return 0; // its writer does not want it sent any more
    const percent = Math.floor((100 * offset) / size);
    progress.hidden = false;
    progress.value = percent;
    if (percent >= told + STEP) {
      told = percent;
      say("sending", { n: percent, kb: Math.ceil(size / 1000) });
    }
    const begun = performance.now();
    const body = report.picture.slice(offset, offset + piece);
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    const answer = await asked(address, { method: "PATCH", headers, body });
    if (answer.status !== 204 && answer.status !== 409) {
      if (answer.status === 410 || answer.status === 404 || answer.status === 413) return answer.status;
      throw new Later(Number(answer.headers.get("Retry-After")) || 0);
    }
    offset = Number(answer.headers.get("Upload-Offset"));
    wait_s = FIRST_WAIT_S; // the line is there
    const factor = PIECE_MS / Math.max(1, performance.now() - begun);
    piece = Math.round(Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, piece * Math.min(4, factor))));
  }
  progress.value = 100;
  return 204;
}

async function send(report) {
  const fields = new URLSearchParams(report.fields);
  fields.set("card", report.card);
  fields.set("waited_s", String(Math.max(0, Math.round((Date.now() - report.made_ms) / 1000))));
  if (report.picture) {
    const status = await upload(report);
    if (status === 413) report.picture = null;
    else fields.set("picture_bytes", String(report.picture.byteLength));
  }
  if (!memory.has(report.card)) return;
  say("telling");
  const answer = await asked(report.path, { method: "POST", headers: { Accept: "application/json" }, body: fields });
  const told = await answer.json().catch(() => {
    throw new Later(Number(answer.headers.get("Retry-After")) || 0);
  });
  await ended(report, told);
}

async function ended(report, told) {
  switch (told.ended) {
    case "sent":
      await forget(report.card);
      progress.hidden = true;
      // whoever has begun another report meanwhile is told, and not taken away from it
      if (report.card === mine || (!mine && !touched)) location.assign(told.address);
      else say("sent", { code: told.code });
      return;
    case "over":
    case "unknown":
      await keep({ ...report, card: told.card, anew: false });
      await forget(report.card);
      if (report.card === mine) mine = told.card;
      throw new Later();
    case "incomplete":
      throw new Later();
    case "too_many":
    case "away":
      throw new Later(told.after_s);
    default:
      await forget(report.card);
      restore(report, told.says);
  }
}

function restore(report, why) {
  if (report.picture) prepared = { bytes: report.picture, taken_ms: Number(report.fields.taken_ms) || 0 };
  for (const [name, value] of Object.entries(report.fields)) {
    const field = form.elements[name];
    if (field && name !== "card") field.value = value;
  }
  mine = "";
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
  stop.hidden = true;
  progress.hidden = true;
}

async function deliver() {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  try {
    const all = navigator.locks ? (work) => navigator.locks.request("lowpoint-reports", work) : (work) => work();
    await all(async () => {
      for (const report of await waiting()) {
        if (Date.now() - report.made_ms > OLDEST_MS) await forget(report.card);
        else await send(report);
      }
    });
    wait_s = FIRST_WAIT_S;
  } catch (error) {
    later(error instanceof Later ? error.after_s : 0);
  } finally {
    busy = false;
  }
}

function later(after_s) {
  const s = Math.ceil(Math.max(after_s, wait_s));
  wait_s = Math.min(LONGEST_WAIT_S, 2 * wait_s);
  stop.hidden = false;
  if (navigator.onLine === false) say("offline");
  else say(after_s ? "later" : "waiting", { n: s });
  timer = setTimeout(deliver, s * 1000 * (0.75 + 0.5 * Math.random()));
}

async function submitted(event) {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  await preparing;
  const fields = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields[name] = value;
  if (!fields.depth && !fields.words.trim() && !prepared) {
    // told at once, for without a network nobody else would
    refuse(words.nothing);
    return;
  }
  if (prepared && fields.consent === "1" && prepared.taken_ms) fields.taken_ms = String(prepared.taken_ms);
  mine = fields.card;
  await keep({ card: mine, path: form.getAttribute("action"), fields, picture: prepared?.bytes ?? null, made_ms: Date.now(), anew: Boolean(prepared) });
  stop.hidden = false;
  wait_s = FIRST_WAIT_S;
  await deliver();
}

async function stopped() {
  clearTimeout(timer);
  for (const report of await waiting()) await forget(report.card);
  idle();
  tell("");
}

form.addEventListener("submit", submitted);
form.addEventListener("input", () => {
  touched = true;
});
for (const input of form.querySelectorAll("input[type=file]")) input.addEventListener("change", chosen);
stop.addEventListener("click", stopped);
globalThis.addEventListener("online", () => {
  wait_s = FIRST_WAIT_S;
  deliver();
});
const position = document.getElementById("position");
if (position && navigator.geolocation) {
  position.hidden = false;
  position.addEventListener("click", locate);
}
if ((await waiting()).length) {
  say("unsent");
  stop.hidden = false;
  await deliver();
}
document.documentElement.dataset.ready = "1";
