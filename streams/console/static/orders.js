// Orders: what waits for a signature, what is out, and all that an officer must see before deciding.

import { cityData, may, nameOf } from "./context.js";
import { $, fill, h, setText } from "./dom.js";
import { live } from "./live.js";
import { askToEdit, askToEnd, askToEndByHand, askToRaise, askToReject, askToSilence } from "./orders-acts.js";
import { Chosen } from "./orders-chosen.js";
import { dismiss } from "./orders-dialog.js";
import { OrderList, signable, sorted } from "./orders-list.js";
import { askToSign, fingerprint, signManyWords } from "./orders-sign.js";
import { tell, tellOutcomes } from "./orders-told.js";
import { count, zoneName } from "./orders-words.js";
import { ago } from "./time.js";
import { t } from "./words.js";

const MOST_AT_ONCE = 200;
const AGAIN_MS = 15000;

const chosen = $("#chosen");
const ticked = new Set();
const city = await cityData().catch(() => ({ low_points: [], zones: [] }));
const points = new Map(city.low_points.map((point) => [point.id, point]));

let incident = ""; // the one that is shown: its versions take each other's place
let signing = []; // fingerprints by identifier of what stands in an open dialog to sign

const view = new Chosen(chosen, points, doers, showTimes);
const list = new OrderList($("#lists"), { chosen: () => incident, ticked, choose, tick: showMany });

const orders = () => [...(live.state.get("order")?.values() ?? [])];
const current = () => orders().find((order) => order.incident === incident);

const narrow = matchMedia("(max-width: 61.99rem)");

function choose(order, pressed = false) {
  // where the list is above what it shows, who presses wants to see it
  if (pressed && narrow.matches) chosen.scrollIntoView();
  if (incident === order.incident) return;
  incident = order.incident;
  history.replaceState(null, "", `#${encodeURIComponent(order.identifier)}`);
  list.show(orders());
  showChosen();
}

/** What the address names after its #: an order in any version, or a zone. */
function named() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

/** The order that the address names, else the most urgent. */
function chooseFirst() {
  const all = sorted(orders());
  const wanted = named();
  const fits = (order) => order.identifier === wanted || order.zone.zone_id === wanted || wanted.includes(`_${order.incident}_`);
  incident = (all.find(fits) ?? all[0])?.incident ?? "";
}

function showAll() {
  const all = orders();
  closeIfChanged(all);
  if (!all.some((order) => order.incident === incident)) {
    if (incident !== "" && !$("#outcome").hasChildNodes()) tell(h("p", {}, t("The order that was shown is over: its incident has ended.")));
    incident = "";
    chooseFirst();
  }
  for (const name of ticked) if (!all.some((order) => order.incident === name && signable(order))) ticked.delete(name);
  $(".orders").classList.toggle("empty", all.length === 0);
  list.show(all);
  showMany();
  showSummary(all);
  showChosen();
  showTimes();
}

/** Who reads one thing must not sign another: a dialog over what has changed closes, and says why. */
function closeIfChanged(all) {
  const changed = signing.filter(({ identifier, print }) => {
    const now = all.find((order) => order.identifier === identifier);
    return !now || fingerprint(now) !== print;
  });
  if (!changed.length) return;
  const names = changed.map((one) => one.zone).join(", ");
  const words = t("{zone}: the order changed while you read it. Nothing was signed: read it again.", { zone: names });
  dismiss(() => {
    signing = [];
    tell(h("p", { class: "fault" }, words));
  });
}

/** Whether what is shown may not be what is now. */
const blind = () => live.status !== "live" || !live.beat?.data_at;

function showSummary(all) {
  const drafts = all.filter((order) => order.state === "draft");
  const zones = new Map(drafts.map((order) => [order.zone.zone_id, order.people]));
  const people = [...zones.values()].reduce((sum, n) => sum + n, 0);
  const words = drafts.length
    ? t("{n} orders wait for a signature: {people} people in {zones} zones.", {
        n: drafts.length,
        people: count(people),
        zones: zones.size,
      })
    : t("No order waits for a signature.");
  const silent = live.beat?.silent_districts ?? [];
  const missing = t("Of {names} nothing fresh is known: from there an order may be missing.", { names: silent.join(", ") });
  const unknown = silent.length ? ` ${missing}` : "";
  const nothing = blind() && !all.length;
  setText($("#summary"), nothing ? t("Nothing is known yet: this does not mean that nothing waits.") : words + unknown);
  $("#summary").classList.toggle("waiting", drafts.length > 0 || nothing);
}

function showMany() {
  const many = sorted(orders()).filter((order) => ticked.has(order.incident));
  const place = $("#many");
  place.hidden = many.length === 0;
  if (!many.length) return fill(place);
  const words = signManyWords(many);
  if (place.textContent !== words) {
    fill(
      place,
      h(
        "button",
        {
          type: "button",
          class: "danger",
          dataset: { act: "sign-many" },
          onclick: () => sign(sorted(orders()).filter((order) => ticked.has(order.incident))),
        },
        words,
      ),
    );
  }
}

function sign(some) {
  if (some.length > MOST_AT_ONCE) return tell(h("p", { class: "fault" }, t("{n} at once at most.", { n: MOST_AT_ONCE })));
  signing = some.map((order) => ({ identifier: order.identifier, print: fingerprint(order), zone: zoneName(order) }));
  const dialog = askToSign(some, (told) => {
    signing = [];
    ticked.clear();
    showOutcomes(told);
    showAll();
  });
  dialog.dialog.addEventListener("close", () => (signing = []));
}

function showChosen() {
  const order = current();
  view.show(order, order ? live.state.get("zone")?.get(order.zone.zone_id) : undefined, !blind());
}

function doers(order, review, zone) {
  const end = (act) => () =>
    askToEnd(
      order,
      review.ends.find((one) => one.act === act),
      showOutcomes,
    );
  return {
    sign: () => sign([current() ?? order]),
    reject: () => askToReject(order, showOutcomes),
    edit: () => askToEdit(order, showOutcomes),
    call_off: end("call_off"),
    correct: end("correct"),
    silence: () => askToSilence(order, showOutcomes),
    raise: () => askToRaise([{ id: order.zone.zone_id, name: zoneName(order) }], order.people, showOutcomes),
    end: () => askToEndByHand(order, zone, showOutcomes),
  };
}

/** What came of an act; the order itself comes by the stream. */
function showOutcomes(told) {
  const zones = new Map(orders().map((order) => [order.identifier, zoneName(order)]));
  tellOutcomes(told, (subject) => zones.get(subject) || nameOf(city.zones.find((zone) => zone.id === subject)) || subject);
  view.askAgain();
}

/** What moves with the clock: ages and written rules that run. */
function showTimes() {
  const now = live.now();
  if (now === null) return;
  for (const place of document.querySelectorAll("#main [data-since]")) setText(place, ago((now - Date.parse(place.dataset.since)) / 1000));
  for (const place of document.querySelectorAll("#main [data-due]")) {
    const left = Math.ceil((Date.parse(place.dataset.due) - now) / 1000);
    const minutes = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    setText(place, left > 0 ? t("Goes out by itself in {time}", { time: minutes }) : t("Is going out by the written rule"));
  }
}

const raise = $("#raise-any");
raise.hidden = !may("raise");
raise.addEventListener("click", () =>
  askToRaise(
    city.zones.map((zone) => ({ id: zone.id, name: nameOf(zone) })),
    null,
    showOutcomes,
  ),
);
addEventListener("hashchange", () => {
  chooseFirst();
  showAll();
});
chooseFirst();
live.on("order", showAll);
live.on("zone", showChosen);
live.addEventListener("status", () => {
  showSummary(orders());
  showChosen();
});
setInterval(showTimes, 1000);
setInterval(() => document.visibilityState === "visible" && view.ask(), AGAIN_MS);
