// The stations of a point: what each said last, how old that is, and why one is not believed.

import { fill, h } from "./dom.js";
import { kindWord, stateWord, valueWord } from "./point-words.js";
import { ago } from "./time.js";
import { t } from "./words.js";

const WORST_FIRST = ["aside", "never", "silent", "suspect", undefined, "ok"];

export function showStations(element, stations, nowMs) {
  if (!stations.length) {
    fill(element, h("p", { class: "note" }, t("No station stands here: its level is foreseen or reported, never measured.")));
    return;
  }
  const rank = (station) => WORST_FIRST.indexOf(station.state);
  fill(
    element,
    h(
      "ul",
      { class: "list" },
      [...stations].sort((a, b) => rank(a) - rank(b)).map((station) => line(station, nowMs)),
    ),
  );
}

function line(station, nowMs) {
  const bad = station.state !== "ok";
  const age = station.observed_at ? ago((nowMs - Date.parse(station.observed_at)) / 1000) : t("no reading");
  return h(
    "li",
    { dataset: { state: station.state ?? "" } },
    h(
      "div",
      { class: "row" },
      h("b", { class: "id" }, station.id),
      h("span", { class: "soft" }, kindWord(station.kind)),
      h("span", { class: bad ? "tag bad" : "tag" }, stateWord(station.state)),
    ),
    h("span", { class: "number" }, `${valueWord(station.kind, station.value)} · ${age}`),
    station.why ? h("div", { class: "soft", lang: "en" }, station.why) : null,
  );
}
