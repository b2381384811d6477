// The system itself: districts that are silent, stations that are not well and why, what could not be read, senders and the model.

import { get } from "./api.js";
import { cityData, nameOf } from "./context.js";
import { $, fill, h, reconcile, setText } from "./dom.js";
import { live } from "./live.js";
import { showLag } from "./system-lag.js";
import { setAge, StationTable } from "./system-stations.js";
import { letterReason, swapWord } from "./system-words.js";
import { ago, stamp } from "./time.js";
import { t } from "./words.js";

const AGAIN_MS = 10000;

const data = await cityData().catch(() => ({ districts: [], stations: [], low_points: [] }));
const by = (list) => new Map(list.map((one) => [one.id, one]));
const [districts, stations, points] = [by(data.districts), by(data.stations), by(data.low_points)];
const name = (map, id) => nameOf(map.get(id)) || id;

let told = null; // GET /api/system, where it can be had

const table = new StationTable({ stations, points, districts }, showTimes);
const entities = (kind) => live.state.get(kind) ?? new Map();

function show() {
  showSentence();
  showDistricts();
  showSenders();
  showModel();
  showLetters();
  table.show([...entities("station").entries()]);
}

/** The worst first, in one sentence. */
function showSentence() {
  const all = [...entities("district").values()];
  const silent = all.filter((one) => one.silent).length;
  const unwell = [...entities("station").values()].filter((one) => one.state !== "ok" && one.state !== "aside").length;
  const senders = entities("system").get("senders");
  const parts = [];
  if (!live.beat?.data_at) parts.push(t("No data has come yet: nothing is known of the water."));
  if (all.length && silent) parts.push(t("{n} of {m} districts silent.", { n: silent, m: all.length }));
  if (unwell) parts.push(t("{n} of {m} stations not well.", { n: unwell, m: stations.size }));
  if (senders && senders.alive === 0) parts.push(t("No sender is alive: no text goes out."));
  if (live.status !== "live") parts.unshift(t("This page is not live: what it shows is the last that is known."));
  const bad = parts.length > 0;
  setText(
    $("#sentence"),
    bad ? parts.join(" ") : t("All {m} districts speak, all {n} stations are well.", { m: all.length, n: stations.size }),
  );
  $("#sentence").classList.toggle("bad", bad);
}

function showDistricts() {
  const beside = new Map((told?.districts ?? []).map((one) => [one.district, one]));
  const rows = [...entities("district").entries()].map(([id, one]) => ({ id, ...one, more: beside.get(id) }));
  rows.sort((one, other) => Number(other.silent) - Number(one.silent) || one.id.localeCompare(other.id));
  reconcile($("#districts tbody"), rows, (row) => row.id, makeDistrict, updateDistrict);
}

const makeDistrict = (row) =>
  h(
    "tr",
    {},
    h("th", { scope: "row" }, name(districts, row.id), " ", h("span", { class: "id quiet" }, row.id)),
    h("td", {}, h("span", { class: "tag" })),
    h("td", { class: "number" }),
    h("td", { class: "number" }),
    h("td", { class: "number" }),
  );

function updateDistrict(element, row) {
  const [, state, word, forecast, unwell] = element.children;
  const tag = state.firstElementChild;
  setText(tag, row.silent ? (row.as_of ? t("silent") : t("never heard")) : t("speaks"));
  tag.classList.toggle("bad", row.silent);
  element.classList.toggle("loud", row.silent);
  // of a silent district how far it has come, of another when its minute was told
  setAge(word, row.more?.up_to ?? row.as_of);
  setAge(forecast, row.more?.last_forecast ?? null);
  setText(unwell, row.more ? `${row.more.stations_not_ok} / ${row.more.stations}` : "–");
}

function showSenders() {
  const senders = entities("system").get("senders");
  if (!senders) return fill($("#senders"), h("p", { class: "quiet" }, t("Nothing is known of senders.")));
  fill(
    $("#senders"),
    senders.alive === 0
      ? h(
          "p",
          { class: "note" },
          h("strong", {}, t("No sender is alive: no text goes out.")),
          " ",
          t("Texts wait in the outbox until one starts (lowpoint sender)."),
        )
      : h("p", {}, t("Senders alive: {n}", { n: senders.alive })),
    senders.lines.length ? h("p", {}, t("Lines: {lines}", { lines: senders.lines.join(", ") })) : null,
    told?.senders.length
      ? h(
          "ul",
          { class: "list" },
          told.senders.map((one) =>
            h(
              "li",
              {},
              `${one.line} · ${one.owner} `,
              h("span", { class: one.alive ? "tag" : "tag bad" }, one.alive ? t("alive") : t("not heard")),
              h("span", { class: "quiet" }, ` ${stamp(one.seen_at)}`),
            ),
          ),
        )
      : null,
  );
}

function showModel() {
  const model = entities("system").get("model");
  const change = told?.model_change ?? model?.last_change;
  fill(
    $("#model"),
    h(
      "p",
      {},
      model?.models.length ? t("Forecasts are made by: {models}", { models: model.models.join(", ") }) : t("No forecast was made yet."),
    ),
    change
      ? h(
          "p",
          {},
          t("Last change: {time}", { time: stamp(change.at) }),
          ` · ${change.model} ${swapWord(change.what)} · ${name(districts, change.district)} `,
          h("span", { class: "quiet" }, change.reason),
        )
      : h("p", { class: "quiet" }, t("No model was changed.")),
  );
}

function showLetters() {
  const letters = entities("system").get("letters");
  if (!letters) return fill($("#letters"), h("p", { class: "quiet" }, t("Nothing is known of dead letters.")));
  const reasons = Object.entries(letters.by_reason).sort((one, other) => other[1] - one[1]);
  const open = $("#letters details")?.open;
  fill(
    $("#letters"),
    letters.count === 0 ? h("p", {}, t("None: everything that came could be read.")) : null,
    reasons.length
      ? h(
          "table",
          {},
          h(
            "tbody",
            {},
            reasons.map(([reason, n]) =>
              h("tr", {}, h("th", { scope: "row" }, letterReason(reason)), h("td", { class: "number" }, String(n))),
            ),
          ),
        )
      : null,
    told?.dead_letters.newest.length
      ? h(
          "details",
          { open },
          h("summary", {}, t("The newest: {n}", { n: told.dead_letters.newest.length })),
          h("ul", { class: "list letters" }, told.dead_letters.newest.map(letterLine)),
        )
      : null,
  );
}

const letterLine = (one) =>
  h(
    "li",
    {},
    one.at ? h("time", {}, stamp(one.at)) : null,
    ` ${letterReason(one.reason)} `,
    h("span", { class: "quiet" }, `${one.file}:${one.line} ${one.detail}`),
    h("code", { class: "first-bytes" }, one.bytes),
  );

function showTimes() {
  const now = live.now();
  if (now === null) return;
  for (const place of document.querySelectorAll("#main [data-since]")) setText(place, ago((now - Date.parse(place.dataset.since)) / 1000));
}

async function look() {
  try {
    told = await get("/api/system");
    fill($("#wrong"));
    showLag(told.kafka);
  } catch (problem) {
    fill($("#wrong"), problem.detail ?? String(problem));
    showLag(null);
  }
  show();
  showTimes();
}

for (const kind of ["district", "station", "system"]) live.on(kind, show);
live.addEventListener("status", show);
setInterval(showTimes, 1000);
setInterval(() => document.visibilityState === "visible" && look(), AGAIN_MS);
await look();
