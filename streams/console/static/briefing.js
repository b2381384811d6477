// The briefing sheet: the situation on paper for who comes in, or for a room where no screen is. Taken once, and it says when.

import { get } from "./api.js";
import { cityData, nameOf } from "./context.js";
import { $, fill, h, levelWord, setText, symbol } from "./dom.js";
import { live } from "./live.js";
import { dataState } from "./shell.js";
import { ageWords, basisWord, depthWords, orderAddress, peopleIn, sentence, signalWord, stateWord, zoneName } from "./situation-words.js";
import { hour, metres, minutes, percent, stamp } from "./time.js";
import { t } from "./words.js";

const MOST_COMING = 10;
const MOST_NOTES = 8;
const MOST_POINTS = 80;
const COMES_FROM = 0.05;

let city;
let names;

/** Take the sheet anew, of this moment. */
async function take() {
  const told = await get("/api/duty/briefing").catch((problem) => ({ fault: problem.detail }));
  const state = (kind) => [...(live.state.get(kind) ?? new Map())];
  const lastKnown = !["live", "part"].includes(dataState());
  const orders = told.orders ?? state("order").map(([, order]) => order);
  setText($("#as-of"), t("As of {time}", { time: stamp(live.now() ?? told.as_of) }));
  setText($("#briefing-sentence"), sentence(state("point").map(([, point]) => point), orders, lastKnown));
  setText($("#briefing-fault"), told.fault ? t("Duty, silences and people not reached are missing here: {why}", { why: told.fault }) : "");
  showDuty(told.duty);
  part("#points", t("Points at yellow or above, and unknown ones"), pointsTable(state("point")));
  part("#orders", t("Orders"), ordersTable(orders));
  part("#coming", t("What is forecast for the next 2 h"), comingTable(state("point")));
  part("#rain", t("Rain"), rainTable(state("district"), state("point")));
  part("#stations", t("Stations that are not well"), stationsWords(told.stations));
  part("#hands", t("Held by hand: levels, silences, stations set aside"), handsTable(told.hands));
  part("#not-reached", t("People not reached"), notReachedTable(told.not_reached));
  part("#notes", t("Notes of the duty log"), notesList(told.notes));
  document.documentElement.dataset.briefing = "ready";
}

function part(place, title, content) {
  fill($(place), h("h2", {}, title), content);
}

function showDuty(duty) {
  if (!duty) return setText($("#duty"), t("Who has duty is not known."));
  const since = duty.since ? t("since {time}", { time: stamp(duty.since) }) : "";
  setText($("#duty"), duty.officer ? t("Duty: {name} {since}", { name: duty.display_name || duty.officer, since }) : t("Nobody has duty."));
  setText($("#hand-over"), duty.hand_over ? t("Hand-over: {text}", { text: duty.hand_over.text }) : "");
}

function pointsTable(points) {
  const shown = points
    .filter(([, { level }]) => level === null || level >= 2)
    .sort(([first, a], [second, b]) => weight(b) - weight(a) || (first < second ? -1 : 1));
  const rows = shown.slice(0, MOST_POINTS).map(([id, point]) => [
    sign(point.level, stateWord(point)),
    nameOf(city.points.get(id)) || id,
    districtName(city.points.get(id)?.district),
    depthWords(point),
    ageWords(point, live.now()),
    [basisWord(point.basis), point.unconfirmed ? t("not confirmed") : ""].filter(Boolean).join(", "),
  ]);
  const left = shown.length - rows.length;
  const none = points.length ? t("None: no point is at yellow or above, and all are known.") : t("Nothing is known.");
  return [
    table([t("Level"), t("Low point"), t("District"), t("Depth"), t("Age"), t("Basis")], rows, none),
    left ? h("p", { class: "fault" }, t("More points that are not on this sheet: {n}", { n: left })) : null,
  ];
}

/** The gravest first; what is unknown stands above yellow, below orange. */
function weight({ level, depth_m }) {
  return (level ?? 2.5) * 100 + (depth_m ?? 0);
}

function ordersTable(orders) {
  const rows = orders.map((order) => [
    sign(order.level, levelWord(order.level)),
    h("a", { href: orderAddress(order) }, zoneName(order)),
    districtName(order.district),
    stateOf(order),
    String(order.people),
    stamp(order.issued_at),
  ]);
  const all = orders.length ? t("Orders: {n}, people inside: {people}.", { n: orders.length, people: peopleIn(orders) }) : "";
  const heads = [t("Level"), t("Zone"), t("District"), t("State"), t("People inside"), t("Issued")];
  return [table(heads, rows, t("No order is open.")), h("p", { class: "soft" }, all)];
}

function stateOf(order) {
  if (order.state === "draft" && order.missing) return t("waits, signatures missing: {n}", { n: order.missing });
  const words = { draft: t("waits"), released: t("is out"), rejected: t("rejected"), cancelled: t("called off") };
  return words[order.state] ?? order.state;
}

function comingTable(points) {
  const worst = ([, { forecast }]) => [(forecast.chance["4"] ?? 0), (forecast.chance["3"] ?? 0), forecast.peak_m];
  const shown = points
    .filter(([, { forecast }]) => forecast && (forecast.peak_m > 0.1 || (forecast.chance["3"] ?? 0) >= COMES_FROM))
    .sort((first, second) => {
      const [a, b] = [worst(first), worst(second)];
      return b[0] - a[0] || b[1] - a[1] || b[2] - a[2];
    })
    .slice(0, MOST_COMING);
  const rows = shown.map(([id, { forecast, level }]) => [
    sign(level, levelWord(level)),
    nameOf(city.points.get(id)) || id,
    t("up to {depth}", { depth: metres(forecast.peak_m) }),
    chanceOf(forecast, "3"),
    chanceOf(forecast, "4"),
    hour(forecast.issued_at),
  ]);
  const heads = [t("Now"), t("Low point"), t("Peak within 2 h"), t("Orange in 30 min"), t("Red in 30 min"), t("Forecast of")];
  return table(heads, rows, t("No forecast tells of water; that is no promise."));
}

/** The chance within half an hour, and when the median forecast gets there. */
function chanceOf({ chance, minutes_to }, level) {
  const after = minutes_to[level];
  const what = percent(chance[level]);
  return after === null || after === undefined ? what : t("{what} in about {minutes}", { what, minutes: minutes(after) });
}

function rainTable(districts, points) {
  const worst = worstByDistrict(points);
  const rows = districts.map(([id, district]) => [
    districtName(id),
    district.silent ? t("silent") : sign(worst.get(id), levelWord(worst.get(id))),
    district.rain_mm_30min === null ? t("not known") : t("{n} mm", { n: district.rain_mm_30min.toFixed(1) }),
    signalWord(district.signal) || "–",
    String(district.unknown_points),
    district.as_of ? stamp(district.as_of) : t("never heard"),
  ]);
  const heads = [t("District"), t("Level"), t("Rain in 30 min"), t("Signal"), t("Unknown points"), t("Last word")];
  return table(heads, rows, t("Nothing is known."));
}

/** The highest level that is known in each district; none where nothing is known. */
function worstByDistrict(points) {
  const worst = new Map();
  for (const [id, { level }] of points) {
    const district = city.points.get(id)?.district;
    if (level !== null) worst.set(district, Math.max(level, worst.get(district) ?? 0));
  }
  return worst;
}

function stationsWords(stations) {
  if (!stations) return missing();
  const words = { silent: t("silent"), suspect: t("suspect"), aside: t("station set aside"), never: t("never heard") };
  const counts = Object.entries(words).map(([state, word]) => [word, stations.filter((station) => station.state === state).length]);
  const told = counts.filter(([, count]) => count).map(([word, count]) => `${word}: ${count}`);
  return h("p", {}, told.length ? told.join(" · ") : t("All stations are well."));
}

function handsTable(hands) {
  if (!hands) return missing();
  const what = { level: t("level held"), close: t("closed"), silence: t("silenced"), set_aside: t("station set aside") };
  const rows = hands.map((hand) => [
    [what[hand.what] ?? hand.what, hand.level ? levelWord(hand.level) : ""].filter(Boolean).join(", "),
    nameOf(names.get(hand.subject)) || hand.subject,
    hand.officer,
    hand.until ? stamp(hand.until) : "–",
    hand.reason,
  ]);
  return table([t("What"), t("Where"), t("By"), t("Until"), t("Reason")], rows, t("Nothing is held, silenced or set aside."));
}

function notReachedTable(told) {
  if (!told) return missing();
  const rows = told.zones.map(({ zone, people }) => [nameOf(names.get(zone)) || zone, String(people)]);
  const sum = h("p", {}, t("People without a receipt: {n}", { n: told.people }));
  return rows.length ? [sum, table([t("Zone"), t("People")], rows, "")] : sum;
}

function notesList(notes) {
  if (!notes) return missing();
  if (!notes.length) return h("p", {}, t("No notes in the last 12 h."));
  const item = (note) => h("li", { class: "kept" }, h("b", {}, `${stamp(note.at)} ${note.officer}`), ` ${note.text}`);
  return h("ul", { class: "list" }, notes.slice(0, MOST_NOTES).map(item));
}

function missing() {
  return h("p", { class: "fault" }, t("Not known: the desk did not answer."));
}

function table(heads, rows, none) {
  if (!rows.length) return h("p", {}, none);
  const head = h("thead", {}, h("tr", {}, heads.map((text) => h("th", { scope: "col" }, text))));
  const line = (cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)));
  return h("div", { class: "scroll" }, h("table", {}, head, h("tbody", {}, rows.map(line))));
}

function sign(level, words) {
  return h("span", { class: "sign" }, symbol(level), words);
}

function districtName(id) {
  return nameOf(names.get(id)) || id || "";
}

async function begin() {
  const data = await cityData();
  names = new Map([...data.zones, ...data.districts, ...data.low_points].map((thing) => [thing.id, thing]));
  city = { points: new Map(data.low_points.map((point) => [point.id, point])) };
  $("#print").addEventListener("click", () => print());
  $("#again").addEventListener("click", take);
  let taken = false;
  const once = () => {
    if (!taken) take();
    taken = true;
  };
  live.on("point", once);
  // with no stream it is better to have what the desk knows than nothing
  live.addEventListener("status", () => live.status === "lost" && once());
}

begin();
