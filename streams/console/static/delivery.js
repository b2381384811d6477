// Delivery: where every text is, zone by zone, and who was not reached.

import { get } from "./api.js";
import { cityData, context, nameOf } from "./context.js";
import { Unreached } from "./delivery-list.js";
import { OPEN, STATES, stateWord, whyWords } from "./delivery-words.js";
import { $, fill, h, reconcile, setText } from "./dom.js";
import { live } from "./live.js";
import { t } from "./words.js";

const AGAIN_MS = 3000;

const grouped = new Intl.NumberFormat(context.language === "zh" ? "zh-CN" : "en");
const count = (n) => grouped.format(n ?? 0);
const city = await cityData().catch(() => ({ zones: [] }));
const zones = new Map(city.zones.map((zone) => [zone.id, zone]));
const unreached = new Unreached($("#unreached"), zones);

let account = null; // GET /api/account: reasons, delays, doubles
let timer = 0;

const sum = (states, names) => names.reduce((total, name) => total + (states[name] ?? 0), 0);
const name = (zone) => nameOf(zones.get(zone)) || zone;
const rows = () => [...(live.state.get("account")?.entries() ?? [])].map(([id, tally]) => ({ id, ...tally }));

function show() {
  const all = rows();
  const worst = (row) => sum(row.texts.states, OPEN) + (row.texts.states.failed ?? 0);
  all.sort((one, other) => worst(other) - worst(one) || one.id.localeCompare(other.id));
  $("#zones").hidden = all.length === 0;
  $("#no-zones").hidden = all.length > 0 || live.status !== "live" || !live.beat?.data_at;
  reconcile($("#zones tbody"), all, (row) => row.id, makeRow, updateRow);
  showAll(all);
  clearTimeout(timer);
  timer = setTimeout(askAccount, account ? AGAIN_MS : 0);
}

function makeRow(row) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name(row.id), " ", h("span", { class: "id quiet" }, row.id)),
    h("td", { class: "number targeted" }),
    h("td", { class: "bar-cell" }),
    h("td", { class: "number" }),
    h("td", { class: "number" }),
    h("td", { class: "number" }),
    h("td", { class: "number" }),
    h("td", {}),
    h(
      "td",
      {},
      h(
        "button",
        { type: "button", onclick: () => unreached.open(row.id) },
        t("Not reached"),
        h("span", { class: "visually-hidden" }, ` ${name(row.id)}`),
      ),
    ),
  );
}

function updateRow(element, row) {
  const { targeted, states } = row.texts;
  const cells = element.children;
  setText(cells[1], count(targeted));
  renewBar(cells[2], targeted, states);
  [states.delivered, sum(states, OPEN), states.failed, states.suppressed].forEach((n, at) => setText(cells[at + 3], count(n)));
  cells[5].classList.toggle("fault", (states.failed ?? 0) > 0);
  const calls = row.calls;
  const answered = t("{done} of {n} answered", { done: count(calls.states.delivered), n: count(calls.targeted) });
  setText(cells[7], calls.targeted ? answered : "–");
}

/** A bar of states: the same figures stand beside it and in its words. */
function renewBar(cell, targeted, states) {
  const there = STATES.filter((state) => states[state]);
  const words = there.map((state) => `${stateWord(state)}: ${count(states[state])}`).join(", ");
  if (cell.dataset.words === words) return;
  cell.dataset.words = words;
  fill(
    cell,
    h(
      "div",
      { class: "state-bar", role: "img", "aria-label": words, title: words },
      there.map((state) => {
        const part = h("span", { class: `part-of ${state}` });
        part.style.flexGrow = String(states[state] / targeted);
        return part;
      }),
    ),
  );
}

function showAll(all) {
  const total = { targeted: 0, states: {} };
  for (const row of all) {
    total.targeted += row.texts.targeted;
    for (const [state, n] of Object.entries(row.texts.states)) total.states[state] = (total.states[state] ?? 0) + n;
  }
  if (!all.length) {
    fill(
      $("#all"),
      h(
        "p",
        { class: "big" },
        live.beat?.data_at ? t("Nobody was texted yet.") : t("Nothing is known yet: this does not mean that everybody was reached."),
      ),
    );
    fill($("#legend"));
    return;
  }
  const [reached, open, failed] = [total.states.delivered ?? 0, sum(total.states, OPEN), total.states.failed ?? 0];
  const there = STATES.filter((state) => total.states[state]);
  fill(
    $("#all"),
    h(
      "p",
      { class: "big" },
      t("{reached} of {n} have a receipt; {open} have none yet, {failed} failed.", {
        reached: count(reached),
        n: count(total.targeted),
        open: count(open),
        failed: count(failed),
      }),
    ),
    h(
      "p",
      { class: "quiet sum" },
      t("Targeted {n} = the sum of all states:", { n: count(total.targeted) }),
      " ",
      there.map((state) => `${stateWord(state)} ${count(total.states[state])}`).join(" + "),
    ),
    h("div", { id: "figures" }, figures()),
    h("p", {}, h("button", { type: "button", class: "main", onclick: () => unreached.open("") }, t("Who was not reached, in all zones"))),
  );
  fill(
    $("#legend"),
    there.map((state) => [h("span", { class: `key-of ${state}`, "aria-hidden": "true" }), `${stateWord(state)} `]),
  );
}

const seconds = (s) => (s === null ? "–" : s < 90 ? t("{n} s", { n: Math.round(s) }) : t("{n} min", { n: Math.round(s / 60) }));

function figures() {
  if (!account) return h("p", { class: "quiet" }, t("Reckoning delays."));
  const { delays, doubles } = account;
  const spread = (one) =>
    // the release is dated by the storm's day, the answers by today
    live.beat?.storm_time
      ? t("not reckoned: the storm is of another day")
      : one.count
      ? t("half within {p50}, 95% within {p95} (texts: {n})", { p50: seconds(one.p50_s), p95: seconds(one.p95_s), n: count(one.count) })
      : t("none yet");
  return h(
    "dl",
    {},
    h("dt", {}, t("From release to the provider's yes")),
    h("dd", {}, spread(delays.accepted)),
    h("dt", {}, t("From release to the receipt")),
    h("dd", {}, spread(delays.delivered)),
    h("dt", {}, t("Perhaps got it twice")),
    h("dd", {}, doubles.perhaps_twice ? count(doubles.perhaps_twice) : t("nobody, as far as is known")),
  );
}

async function askAccount() {
  account = await get("/api/account").catch(() => account);
  if (!account) return;
  const place = $("#figures");
  if (place) fill(place, figures());
  showReasons();
}

function showReasons() {
  const place = $("#reasons");
  const found = ["failed", "suppressed"].flatMap((state) =>
    Object.entries(account.texts.reasons[state] ?? {}).map(([reason, n]) => ({ state, reason, n })),
  );
  place.hidden = found.length === 0;
  found.sort((one, other) => one.state.localeCompare(other.state) || other.n - one.n);
  fill(
    place.lastElementChild,
    h(
      "table",
      { class: "reasons" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, t("State")),
          h("th", { scope: "col" }, t("Why")),
          h("th", { scope: "col", class: "number" }, t("Texts")),
        ),
      ),
      h(
        "tbody",
        {},
        found.map((one) =>
          h(
            "tr",
            {},
            h("td", {}, stateWord(one.state)),
            h("td", {}, whyWords(account.words[one.reason] || one.reason) || "–"),
            h("td", { class: "number" }, count(one.n)),
          ),
        ),
      ),
    ),
  );
}

live.on("account", show);
live.addEventListener("status", show);
const wanted = new URLSearchParams(location.search).get("zone");
if (wanted !== null) unreached.open(zones.has(wanted) ? wanted : "");
