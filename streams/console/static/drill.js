// How an exercise goes: what was drafted and signed, and how long people took, out of the log.

import { get } from "./api.js";
import { context } from "./context.js";
import { $, fill, h, levelWord, setText, symbol } from "./dom.js";
import { live } from "./live.js";
import { stateWord, zoneName } from "./orders-words.js";
import { clock, stamp } from "./time.js";
import { t } from "./words.js";

const PAGE = 200;
const MOST_PAGES = 5;
const AGAIN_MS = 10000;

const views = new Map(); // orders that were released or rejected, by identifier: what is over does not change
let timer = 0;

/** Orders that somebody has decided about, out of the duty log. */
async function decided() {
  const found = [];
  let before = "";
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const told = await get(`/api/duty?limit=${PAGE}${before}`);
    found.push(...told.entries.filter((entry) => entry.kind === "order" && ["released", "rejected"].includes(entry.what)));
    if (!told.more) break;
    before = `&before=${encodeURIComponent(told.entries.at(-1).entry)}`;
  }
  return found;
}

async function look() {
  clearTimeout(timer);
  timer = setTimeout(look, 6 * AGAIN_MS);
  try {
    const entries = await decided();
    for (const { refers } of entries) {
      if (!views.has(refers)) views.set(refers, await get(`/api/orders/${encodeURIComponent(refers)}`));
    }
    show(entries.map((entry) => views.get(entry.refers)));
  } catch (problem) {
    fill($("#goes"), h("p", { class: "fault" }, problem.detail ?? String(problem)));
  }
}

const tookS = (order) => (Date.parse(order.decided) - Date.parse(order.issued_at)) / 1000;

/** Seconds in minutes and seconds. */
const span = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;

function middle(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const at = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[at] : (sorted[at - 1] + sorted[at]) / 2;
}

function show(orders) {
  const all = orders.filter((order, at) => orders.findIndex((other) => other.identifier === order.identifier) === at);
  const byPeople = all.filter((order) => order.decided && order.signed_by.length && order.state === "released");
  const byRule = all.filter((order) => order.state === "released" && !order.signed_by.length);
  const rejected = all.filter((order) => order.state === "rejected");
  const waiting = [...(live.state.get("order")?.values() ?? [])].filter((order) => order.state === "draft").length;
  const times = byPeople.map(tookS);
  fill(
    $("#goes"),
    h(
      "dl",
      {},
      h("dt", {}, t("Signed by officers")),
      h("dd", { id: "drill-signed" }, String(byPeople.length)),
      h("dt", {}, t("From draft to the last signature, min:s")),
      h(
        "dd",
        { id: "drill-took" },
        times.length
          ? t("half within {median}, the longest {longest}", { median: span(middle(times)), longest: span(Math.max(...times)) })
          : t("none yet"),
      ),
      h("dt", {}, t("Went out without a signature (rule, policy)")),
      h("dd", {}, String(byRule.length)),
      h("dt", {}, t("Rejected")),
      h("dd", {}, String(rejected.length)),
      h("dt", {}, t("Wait for a signature")),
      h("dd", {}, String(waiting)),
    ),
    all.length ? table(all) : null,
  );
}

function table(all) {
  const head = [t("Order"), t("Drafted"), t("Decided"), t("Took, min:s"), t("By")];
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "goes-title" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((one) => h("th", { scope: "col" }, one)),
        ),
      ),
      h(
        "tbody",
        {},
        all.map((order) =>
          h(
            "tr",
            {},
            h(
              "td",
              {},
              symbol(order.msg_type === "Cancel" ? 0 : order.level),
              `${zoneName(order)} · `,
              order.msg_type === "Cancel" ? t("all-clear") : levelWord(order.level),
            ),
            h("td", { class: "number" }, clock(order.issued_at)),
            h("td", { class: "number" }, order.decided ? clock(order.decided) : "–"),
            h("td", { class: "number" }, order.decided ? span(tookS(order)) : "–"),
            h("td", {}, order.signed_by.join(", ") || order.decision || stateWord(order.state)),
          ),
        ),
      ),
    ),
  );
}

if (context.city.drill) {
  setInterval(() => {
    const now = live.now();
    if (now !== null) setText($("#storm-time"), stamp(now));
  }, 1000);
  live.on("order", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 1000);
  });
  await look();
}
