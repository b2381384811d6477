// Sends one report: its picture in pieces from where the last line broke, then the form. Where the picture is not taken, the words go alone.

import { isKept, keep } from "./report-waiting.js";

const FIRST_PIECE = 32 * 1024;
const SMALLEST_PIECE = 8 * 1024;
const LARGEST_PIECE = 512 * 1024;
const PIECE_MS = 4000; // a piece is as large as the line takes in so long: what a break costs
const ANSWER_MS = 90_000;
const MOST_REFUSALS = 3; // then the office has no room for a picture, and what it can take is not kept waiting

// It is to be tried again: `answered` says that the line is there, and the office did not take it.
export class Later extends Error {
  constructor(after_s = 0, answered = false) {
    super("later");
    this.after_s = after_s;
    this.answered = answered;
  }
}

const laterBy = (answer) => new Later(Number(answer.headers.get("Retry-After")) || 0, true);

async function asked(address, options) {
  try {
    return await fetch(address, { ...options, cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    throw new Later();
  }
}

// Whether there is anything to take of a report without its picture, and a place.
function saysMore({ fields }) {
  const words = (fields.words ?? "").trim();
  return Boolean(words || (fields.depth && fields.point !== "+"));
}

// Why a picture is not sent any more: its card is over, or the office does not take it; else it is to be sent later.
function refusal(report, answer) {
  if (answer.status === 404 || answer.status === 410) return "over";
  if (answer.status === 413) return "too_large";
  report.refusals = (report.refusals ?? 0) + 1;
  const none = answer.status === 507 || report.refusals >= MOST_REFUSALS;
  if (none && saysMore(report)) return "no_room";
  throw laterBy(answer);
}

// Sends the picture; "" when it has come whole, else why not.
async function upload(report, told) {
  const address = `/report/upload/${report.card}`;
  const size = report.picture.byteLength;
  if (report.anew) {
    const gone = await asked(address, { method: "DELETE" });
    // two pictures in one are none: nothing is sent before what was there is gone
    if (gone.status !== 204) return refusal(report, gone);
    report.anew = false;
    await keep(report);
  }
  const head = await asked(address, { method: "HEAD" });
  if (!head.ok) return refusal(report, head);
  let offset = Number(head.headers.get("Upload-Offset"));
  let piece = FIRST_PIECE;
  while (offset < size) {
    if (!isKept(report.card)) return ""; // its writer does not want it sent any more
    told.sending(offset, size);
    const begun = performance.now();
    const body = report.picture.slice(offset, offset + piece);
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    const answer = await asked(address, { method: "PATCH", headers, body });
    if (answer.status !== 204 && answer.status !== 409) return refusal(report, answer);
    offset = Number(answer.headers.get("Upload-Offset"));
    report.refusals = 0;
    told.there();
    const factor = PIECE_MS / Math.max(1, performance.now() - begun);
    piece = Math.round(Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, piece * Math.min(4, factor))));
  }
  return "";
}

// How the office answers a report; null where its writer does not want it sent any more.
export async function send(report, told) {
  const fields = new URLSearchParams(report.fields);
  fields.set("card", report.card);
  if (report.picture) {
    const lost = await upload(report, told);
    if (lost === "too_large" || lost === "no_room") {
      fields.set("picture_lost", lost);
    } else fields.set("picture_bytes", String(report.picture.byteLength));
  }
  if (!isKept(report.card)) return null;
  if (fields.has("picture_lost")) told.without();
  else told.telling();
  // all the time until now, that of the picture too: the water was seen before it
  fields.set("waited_s", String(Math.max(0, Math.round((Date.now() - report.made_ms) / 1000))));
  const answer = await asked(report.path, { method: "POST", headers: { Accept: "application/json" }, body: fields });
  const said = await answer.json().catch(() => {
    throw laterBy(answer);
  });
  if (said.ended === "incomplete") {
    report.refusals = (report.refusals ?? 0) + 1;
    throw new Later(0, true);
  }
  if (said.ended === "too_many" || said.ended === "away") throw new Later(said.after_s, true);
  return said;
}
