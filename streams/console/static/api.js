// Asks the desk, and carries what an officer decides. What is wrong comes back as a Problem with a line that can be shown.

import { context } from "./context.js";
import { t } from "./words.js";

/** What went wrong, in words. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
    this.detail = detail;
  }
}

export const get = (path) => ask("GET", path);
/** `signal` gives up on an answer that nobody waits for any more. */
export const post = (path, body, signal) => ask("POST", path, body, signal);

// What nobody has pressed anything for is marked: a page that is left open must not keep its session alive.
const ACTED_MS = 10_000;
const KEEP_MS = 5 * 60_000;
let acted = -Infinity;
let kept = 0;

for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, attend, { capture: true, passive: true });

/** Somebody is there: who only reads and scrolls is not signed out for it. */
function attend() {
  acted = performance.now();
  if (acted - kept < KEEP_MS) return;
  kept = acted;
  get("/api/me").catch(() => {});
}

async function ask(method, path, body, signal) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = context.csrf;
  if (performance.now() - acted > ACTED_MS) headers["X-By-Itself"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
  } catch {
    throw new Problem(0, t("The server cannot be reached: nothing is known of what was asked. Look before you try again."));
  }
  if (answer.status === 401) {
    location.assign(`/console/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new Problem(401, t("The session is over: sign in again."));
  }
  const text = await answer.text();
  let told = null;
  try {
    told = text ? JSON.parse(text) : null;
  } catch {
    // told below
  }
  if (!answer.ok) throw new Problem(answer.status, told?.detail ?? t("The server answered {status}.", { status: answer.status }));
  return told;
}
