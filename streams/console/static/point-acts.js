// What an officer may do about a point by hand: what it does, whom it touches, until when and why; and what came of it.

import { may, nameOf } from "./context.js";
import { fill, h, levelWord, say, setText } from "./dom.js";
import { ask } from "./orders-dialog.js";
import { count } from "./orders-words.js";
import { kindWord, outcomeWord, stateWord } from "./point-words.js";
import { stamp } from "./time.js";
import { t } from "./words.js";

const UNTIL_MIN = [15, 30, 60, 120, 240, 480, 720, 1440];
const FIRST_MIN = 60;
const SLACK_MS = 60_000; // the whole day is meant from the desk's now, which moves on while one reads

const ACTS = () => [
  {
    act: "raise",
    right: "raise",
    on: "point",
    title: t("Raise the point"),
    does: [
      t("The point stands at this level at least, until the end you choose."),
      t("Measured water may raise it further; nothing takes it lower."),
    ],
  },
  {
    act: "hold",
    right: "hold",
    on: "point",
    title: t("Hold the point"),
    does: [t("The point keeps its present level at least, until the end you choose, even if its sensors say less.")],
  },
  {
    act: "close",
    right: "close",
    on: "point",
    title: t("Close the point"),
    does: [
      t("Until the end you choose nothing but measured water counts: forecasts and reports raise no level."),
      t("Where an order is out, a second officer must do the same within an hour."),
    ],
  },
  {
    act: "set_aside",
    right: "set_aside",
    on: "station",
    title: t("Set a station aside"),
    does: [t("Its readings are not heard until the end you choose."), t("Where all stations are set aside, the level rests on officers.")],
  },
  {
    act: "end",
    right: "raise",
    on: "point",
    title: t("End what was done by hand"),
    does: [
      t("What an officer raised, held or closed here ends now."),
      t("Where an order is out, a second officer must do the same within an hour."),
    ],
  },
  {
    act: "end",
    right: "set_aside",
    on: "aside",
    title: t("Hear a station again"),
    does: [t("Its readings are heard again from now on.")],
  },
];

/** Answers `{element, update()}`; `done` is called when something was decided. */
export function makeActs({ place, zones, stations, now, entity, done }) {
  const choices = ACTS().filter((one) => may(one.right));
  const buttons = choices.map((one) => h("button", { type: "button", onclick: () => open(one) }, `${one.title}…`));
  const told = h("div", { class: "told", role: "status" });
  const element = h("div", { class: "point-acts" }, h("div", { class: "row" }, buttons), told);

  const subjects = (one) =>
    one.on === "point" ? [] : stations().filter((station) => (station.state === "aside") === (one.on === "aside"));

  function update() {
    choices.forEach((one, at) => {
      const empty = one.on !== "point" && !subjects(one).length;
      const nothing = one.act === "hold" && !(entity()?.level > 0);
      buttons[at].disabled = empty || nothing;
      buttons[at].title = empty ? t("No station for this here.") : nothing ? t("It is at no level to hold: raise it.") : "";
    });
  }

  function open(one) {
    const fields = fieldsOf(one, place, subjects(one), now);
    const name = nameOf(place);
    ask({
      title: `${one.title}: ${name}`,
      body: [h("p", {}, one.does.join(" ")), touched(zones(), place), fields.rows],
      button: `${one.title}: ${name}`,
      ready: fields.ready,
      asked: fields.asked,
      done: (answer) => {
        fill(told, h("ul", { class: "list" }, answer.outcomes.map(outcome), answer.pending.map(pending)));
        say(told.textContent);
        done();
      },
    });
  }

  update();
  return { element, update };
}

function fieldsOf(one, place, stations, now) {
  const level = levelField(place);
  const until = untilField(now);
  const reason = h("textarea", { id: "act-reason", rows: "2", maxlength: "500" });
  const boxes = stations.map((station) => h("input", { type: "checkbox", value: station.id, checked: stations.length === 1 }));
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const words = (station) => ` ${station.id}: ${kindWord(station.kind)}, ${stateWord(station.state)}`;
  const choice = h(
    "fieldset",
    {},
    h("legend", {}, t("Stations")),
    boxes.map((box, n) => h("p", {}, h("label", {}, box, words(stations[n])))),
  );
  const rows = [
    one.act === "raise" ? level.row : null,
    boxes.length ? choice : null,
    one.act === "end" ? null : until.row,
    h("p", {}, h("label", { for: "act-reason" }, t("Why (it stays in the log)")), reason),
  ];
  const why = () => reason.value.replace(/\s+/g, " ").trim();

  function ready() {
    if (boxes.length && !chosen().length) return t("Choose a station.");
    return why() ? null : t("Say why.");
  }

  function asked() {
    const asked = { act: one.act, reason: why() };
    if (one.on === "point") asked.points = [place.id];
    else asked.stations = chosen();
    if (one.act === "raise") asked.level = Number(level.select.value);
    if (one.act !== "end") asked.until = until.ends().toISOString();
    return asked;
  }

  return { rows, ready, asked };
}

function levelField(place) {
  const option = (depth, n) => h("option", { value: n + 1, selected: n === 2 }, `${levelWord(n + 1)}, ${depth.toFixed(2)} m`);
  const select = h("select", { id: "act-level" }, place.levels.map(option));
  return { select, row: h("p", {}, h("label", { for: "act-level" }, t("At least at level")), " ", select) };
}

function untilField(now) {
  const lasting = (n) => (n < 60 ? t("{n} min", { n }) : t("{n} h", { n: n / 60 }));
  const options = UNTIL_MIN.map((n) => h("option", { value: n, selected: n === FIRST_MIN }, lasting(n)));
  const select = h("select", { id: "act-until" }, options);
  const words = h("span", { class: "soft", id: "act-ends" });
  const ends = () => new Date(now() + Number(select.value) * 60_000 - (Number(select.value) === UNTIL_MIN.at(-1) ? SLACK_MS : 0));
  const renew = () => setText(words, t("until {time}", { time: stamp(ends()) }));
  select.addEventListener("input", renew);
  select.setAttribute("aria-describedby", "act-ends");
  renew();
  return { ends, row: h("p", {}, h("label", { for: "act-until" }, t("For how long")), " ", select, " ", words) };
}

/** Nothing is decided without its area and its people being named. */
function touched(zones, place) {
  if (zones === null) return h("p", { class: "note" }, t("Which zones its water reaches is not known now: look at the orders afterwards."));
  if (!zones.length) return h("p", { class: "note" }, t("Its water reaches no zone: no order follows from it."));
  const known = zones.every((zone) => zone.people !== null);
  const people = known ? count(zones.reduce((sum, zone) => sum + zone.people, 0)) : t("not known");
  const names = zones.map((zone) => t("{name} (from {level} on)", { name: zone.name, level: levelWord(zone.from_level) })).join(", ");
  const told = { zones: zones.length, people, id: place.id, names };
  return h("p", { class: "note touched" }, t("Touches zones: {zones}; people living there: {people}; low point {id}: {names}", told));
}

function outcome(one) {
  const words = one.words ? [": ", h("span", { lang: "en" }, one.words)] : null;
  return h("li", { class: one.outcome === "refused" ? "fault" : null }, h("b", {}, `${one.subject} ${outcomeWord(one.outcome)}`), words);
}

function pending(subject) {
  return h("li", {}, h("b", {}, subject), ` ${t("not known yet: its district has not answered")}`);
}
