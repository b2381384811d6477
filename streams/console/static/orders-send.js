// Sends an act under an id of its own, so that a repeat is done once, and waits until every district has answered.

import { get, post } from "./api.js";

const WAIT_S = 5;
const LOOK_MS = 700;
const LOOKS = 40;

/** An id that nobody else has. */
export function newActId() {
  // not randomUUID: that is missing where the page came by plain http from another machine
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send it, and give what came of it: {outcomes, pending}. Pending subjects are left where a district has not answered for long. */
export async function sendAct(id, asked) {
  return settled(id, await post(`/api/acts?wait_s=${WAIT_S}`, { id, ...asked }));
}

/** What came of an act whose answer was lost; a Problem with status 404 where it never came there. */
export async function findAct(id) {
  return settled(id, await get(`/api/acts/${id}`));
}

async function settled(id, first) {
  let told = first;
  for (let look = 0; told.pending.length && look < LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    // a look that fails is none: the act itself has been taken
    told = await get(`/api/acts/${id}`).catch(() => told);
  }
  return told;
}
