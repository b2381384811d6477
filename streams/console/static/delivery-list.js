// Who was not reached: for those who knock on doors. Names of the state first; where somebody lives only when it is asked for on purpose.

import { get } from "./api.js";
import { may, nameOf } from "./context.js";
import { fill, h, levelWord, say, symbol } from "./dom.js";
import { whyWords } from "./delivery-words.js";
import { stamp } from "./time.js";
import { t } from "./words.js";

const MOST = 5000;
const PAGE = 500;

const floorWord = (floor) => {
  if (floor === null) return t("floor unknown");
  if (floor < 0) return t("BASEMENT ({n})", { n: floor });
  return floor === 0 ? t("ground floor") : t("floor {n}", { n: floor });
};

const mobilityWord = (mobility) => ({ needs_help: t("NEEDS HELP"), slow: t("walks slowly"), "": "" })[mobility] ?? mobility;

/** The list of one zone, or of all ("") in `place`; `zones` gives places by id. */
export class Unreached {
  constructor(place, zones) {
    Object.assign(this, { place, zones, zone: "", told: null, asked: 0 });
  }

  name(zone) {
    return nameOf(this.zones.get(zone)) || zone;
  }

  get title() {
    return this.zone ? t("Not reached in {zone}", { zone: this.name(this.zone) }) : t("Not reached in all zones");
  }

  /** Ask and show; nothing that tells where somebody lives. */
  async open(zone) {
    this.zone = zone;
    this.place.hidden = false;
    fill(this.place, h("h2", { id: "unreached-title" }, this.title), h("p", { class: "quiet" }, t("Asking.")));
    this.place.scrollIntoView({ block: "start" });
    this.place.focus({ preventScroll: true });
    await this.ask(false, PAGE);
  }

  async ask(addresses, limit) {
    const mine = (this.asked += 1);
    const query = new URLSearchParams({ limit: String(limit), addresses: String(addresses) });
    if (this.zone) query.set("zone", this.zone);
    try {
      const told = await get(`/api/not-reached?${query}`);
      if (mine === this.asked) this.show(told, addresses);
    } catch (problem) {
      if (mine !== this.asked) return;
      const wrong = h("p", { class: "fault", role: "alert" }, problem.detail ?? String(problem));
      if (this.told) this.place.querySelector(".wrong").replaceChildren(wrong);
      else fill(this.place, h("h2", { id: "unreached-title" }, this.title), wrong);
    }
  }

  show(told, addresses) {
    this.told = told;
    say(t("People not reached: {n}", { n: told.total }));
    fill(
      this.place,
      h("h2", { id: "unreached-title" }, this.title, ": ", t("{n} people", { n: told.total })),
      h(
        "p",
        {},
        t("As of {time}. The most endangered first: by level, basements, who needs help, who walks slowly.", { time: stamp(told.as_of) }),
      ),
      told.left_off ? h("p", { class: "note" }, t("{n} more are not on this page.", { n: told.left_off }), " ", this.more(told)) : null,
      h("div", { class: "wrong" }),
      this.buttons(told, addresses),
      told.people.length
        ? h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "unreached-title" }, this.table(told, addresses))
        : h("p", {}, t("Everybody who is warned has a receipt.")),
    );
  }

  more(told) {
    if (told.people.length >= MOST || told.people.some((one) => one.addresses !== null)) return null;
    return h("button", { type: "button", class: "no-print", onclick: () => this.ask(false, MOST) }, t("Show up to {n}", { n: MOST }));
  }

  buttons(told, addresses) {
    const people = told.people.length;
    return h(
      "p",
      { class: "row no-print" },
      people ? h("button", { type: "button", class: "main", onclick: () => print() }, t("Print this list")) : null,
      people && !addresses && may("read_addresses")
        ? h(
            "button",
            { type: "button", dataset: { act: "addresses" }, onclick: () => this.warn(people) },
            t("Show where these {n} people live", { n: people }),
          )
        : null,
      people && !addresses && !may("read_addresses") ? h("span", { class: "quiet" }, t("Addresses and numbers are for officers.")) : null,
      addresses
        ? h("span", { class: "note" }, t("Shows where people live: what is printed must be destroyed when it has done its work."))
        : null,
      h("button", { type: "button", onclick: () => (this.place.hidden = true) }, t("Close")),
    );
  }

  /** Nothing personal is read by accident: that it is read stands in the audit. */
  warn(people) {
    const where = this.zone ? this.name(this.zone) : t("all zones");
    const go = h(
      "button",
      { type: "button", class: "main", dataset: { confirm: "" } },
      t("Read {n} addresses: {where}", { n: people, where }),
    );
    const dialog = h(
      "dialog",
      { "aria-labelledby": "warn-title", onclose: () => dialog.remove() },
      h("h2", { id: "warn-title", tabindex: "-1" }, t("Show addresses, contacts and telephone numbers?")),
      h("p", {}, t("That you have read them is written into the audit, with your name, the zone and how many people it was.")),
      h(
        "p",
        { class: "row decide-buttons" },
        h("button", { type: "button", onclick: () => dialog.close() }, t("Back, without doing anything")),
        go,
      ),
    );
    go.addEventListener("click", () => {
      dialog.close();
      this.ask(true, people > PAGE ? MOST : PAGE);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("h2").focus();
  }

  table(told, addresses) {
    const head = [
      t("Level"),
      this.zone ? null : t("Zone"),
      t("Floor"),
      t("Mobility"),
      ...(addresses ? [t("Address"), t("Ask for"), t("Telephone")] : []),
      t("Why"),
      t("Seen to"),
    ];
    return h(
      "table",
      { class: "people" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.filter(Boolean).map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        {},
        told.people.map((one) => this.row(one, addresses)),
      ),
    );
  }

  row(one, addresses) {
    const lines = (values) =>
      one.unreadable ? t("cannot be opened: look them up where the list came from") : (values ?? []).map((value) => h("div", {}, value));
    const urgent = one.floor !== null && one.floor < 0;
    return h(
      "tr",
      {},
      h("td", {}, symbol(one.level), levelWord(one.level)),
      this.zone ? null : h("td", {}, this.name(one.zone)),
      h("td", {}, urgent ? h("strong", {}, floorWord(one.floor)) : floorWord(one.floor)),
      h("td", {}, one.mobility === "needs_help" ? h("strong", {}, mobilityWord(one.mobility)) : mobilityWord(one.mobility)),
      addresses
        ? [h("td", {}, lines(one.addresses)), h("td", {}, lines(one.contacts)), h("td", { class: "number" }, one.phone ?? "")]
        : null,
      h("td", {}, whyWords(one.why)),
      h("td", {}, h("span", { class: "box", "aria-hidden": "true" })),
    );
  }
}
