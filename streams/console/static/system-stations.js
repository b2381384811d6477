// The table of stations: those that are not well first, with why and since when.

import { nameOf } from "./context.js";
import { $, h, reconcile, setText } from "./dom.js";
import { kindWord, stationState, stationWhy, WORST_FIRST } from "./system-words.js";
import { t } from "./words.js";

const MOST_SHOWN = 300;

const name = (map, id) => nameOf(map.get(id)) || id;

/** A moment whose age is shown, and goes on with the clock. */
export function setAge(element, time) {
  if (time) element.dataset.since = time;
  else {
    delete element.dataset.since;
    setText(element, "–");
  }
}

/** `city` holds stations, points and districts by id; shown() is called after the reader chose other ones. */
export class StationTable {
  entries = [];
  wanted = "unwell";

  constructor(city, shown) {
    Object.assign(this, { city, shown });
  }

  show(entries) {
    this.entries = entries;
    const all = entries.map(([id, one]) => ({ id, ...one, place: this.city.stations.get(id) }));
    const count = (state) => all.filter((one) => one.state === state).length;
    const options = [
      ["unwell", t("Not well"), all.length - count("ok")],
      ...WORST_FIRST.map((state) => [state, stationState(state), count(state)]),
    ];
    const place = $("#filters");
    reconcile(
      place,
      options,
      ([id]) => id,
      ([id]) => h("button", { type: "button", onclick: () => this.filter(id) }),
      (button, [id, words, n]) => {
        setText(button, `${words}: ${n}`);
        button.setAttribute("aria-pressed", String(id === this.wanted));
      },
    );
    const rows = all.filter((one) => (this.wanted === "unwell" ? one.state !== "ok" : one.state === this.wanted));
    rows.sort((one, other) => WORST_FIRST.indexOf(one.state) - WORST_FIRST.indexOf(other.state) || one.id.localeCompare(other.id));
    reconcile(
      $("#stations tbody"),
      rows.slice(0, MOST_SHOWN),
      (row) => row.id,
      (row) => this.#make(row),
      (element, row) => this.#update(element, row),
    );
    const empty = $("#no-stations");
    empty.hidden = rows.length > 0 && rows.length <= MOST_SHOWN;
    setText(
      empty,
      rows.length > MOST_SHOWN
        ? t("{n} more are not shown: choose a state above.", { n: rows.length - MOST_SHOWN })
        : all.length
          ? t("None of these.")
          : t("Nothing is known of stations yet."),
    );
  }

  filter(id) {
    this.wanted = id;
    this.show(this.entries);
    this.shown();
  }

  #make(row) {
    const { points, districts } = this.city;
    const at = row.place;
    const watches = at?.low_point
      ? h("a", { href: `/console/point/${encodeURIComponent(at.low_point)}` }, name(points, at.low_point))
      : (at?.districts ?? []).map((id) => name(districts, id)).join(", ");
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, row.id, h("div", { class: "quiet" }, at ? kindWord(at.kind) : "")),
      h("td", {}, h("span", { class: "tag" })),
      h("td", { class: "why" }),
      h("td", {}, watches),
      h("td", { class: "number" }),
      h("td", { class: "number" }),
      h("td", {}, at?.owner ?? ""),
    );
  }

  #update(element, row) {
    const [, state, why, , seen, value] = element.children;
    setText(state.firstElementChild, stationState(row.state));
    state.firstElementChild.classList.toggle("bad", row.state !== "ok");
    setText(why, stationWhy(row.why) || (row.state === "never" ? t("nothing has come from it yet") : "–"));
    setAge(seen, row.observed_at);
    setText(value, row.value === null ? "–" : String(Math.round(row.value * 1000) / 1000));
  }
}
