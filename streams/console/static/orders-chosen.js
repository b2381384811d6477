// The right side: the chosen order, brought up to date by the stream, and what is asked for about it.

import { get } from "./api.js";
import { fill, h, say } from "./dom.js";
import { showDanger } from "./orders-danger.js";
import { actsOf, changesOf, costOf, headOf, textsOf, timesOf } from "./orders-detail.js";
import { fingerprint } from "./orders-sign.js";
import { t } from "./words.js";

const NOTHING = { identifier: "", review: null, cost: null };

/** Shows one order in `place`. does(order, review, zone) gives what its buttons do, by their names; shown() is called after each change. */
export class Chosen {
  #order = null;
  #zone = undefined;
  #seen = null; // {incident, print, zone} of what stands there
  #beside = NOTHING;
  #asked = 0;
  #parts = null;

  constructor(place, points, does, shown) {
    Object.assign(this, { place, points, does, shown });
  }

  /** `known`: whether anything is known at all; if not, that nothing is open means nothing. */
  show(order, zone, known) {
    if (!order) return this.#nothing(known);
    const seen = { incident: order.incident, print: fingerprint(order), zone: JSON.stringify(zone) };
    const before = this.#seen;
    if (before && before.print === seen.print && before.zone === seen.zone) return;
    const changed = before !== null && before.incident === seen.incident && before.print !== seen.print;
    if (changed) say(t("The order that is shown has changed."));
    this.#order = order;
    this.#zone = zone;
    this.#seen = seen;
    if (this.#beside.identifier !== order.identifier) this.#beside = { ...NOTHING, identifier: order.identifier };
    this.#prepare();
    // it stays until the reader goes elsewhere: who looks up a minute later must see it too
    if (changed || before?.incident !== seen.incident) {
      this.#parts.changed.hidden = !changed;
      fill(this.#parts.changed, changed ? t("This order has changed while it was shown: read it again.") : "");
    }
    fill(this.#parts.head, headOf(order));
    this.#showAsked();
    this.ask();
  }

  /** Ask for what stands beside the order: versions, danger, cost. */
  async ask() {
    const order = this.#order;
    if (!order) return;
    const mine = (this.#asked += 1);
    const name = encodeURIComponent(order.identifier);
    const asked = ["review", "cost"].map((what) => get(`/api/orders/${name}/${what}`).catch(() => null));
    const [review, cost] = await Promise.all(asked);
    if (mine !== this.#asked || this.#beside.identifier !== order.identifier) return;
    this.#beside = { identifier: order.identifier, review: review ?? this.#beside.review, cost: cost ?? this.#beside.cost };
    this.#showAsked();
  }

  /** Ask anew after an act: who has signed what is no longer as it was. */
  askAgain() {
    this.#beside = { ...this.#beside, review: null };
    this.ask();
  }

  #nothing(known) {
    this.#order = this.#seen = this.#parts = null;
    this.#beside = NOTHING;
    fill(
      this.place,
      h("h2", { id: "chosen-title" }, known ? t("Nothing is open") : t("Nothing is known")),
      h("p", { class: "quiet" }, t("Drafts appear here by themselves when a level is reached.")),
    );
  }

  #prepare() {
    if (this.#parts) return;
    const part = (name, title) => h("section", { class: `part part-${name}` }, h("h3", {}, title), h("div", {}));
    this.#parts = {
      changed: h("p", { class: "note changed", role: "status", hidden: true }),
      head: h("div", { class: "part-head" }),
      acts: h("div", { class: "part-acts" }),
      texts: h("section", { class: "part part-texts" }),
      changes: part("changes", t("What is different")),
      danger: part("danger", t("Danger area")),
      cost: part("cost", t("Cost")),
      times: part("times", t("Times and versions")),
    };
    fill(this.place, Object.values(this.#parts));
  }

  /** What was asked for, as far as it has come. */
  #showAsked() {
    const { review, cost } = this.#beside;
    const [order, zone, parts] = [this.#order, this.#zone, this.#parts];
    refill(parts.acts, actsOf(order, review, zone, this.does(order, review, zone)));
    fill(parts.texts, textsOf(order, review));
    fill(parts.changes.lastChild, changesOf(order, review));
    fill(parts.cost.lastChild, costOf(order, cost));
    const open = parts.times.querySelector("details")?.open;
    fill(parts.times.lastChild, timesOf(order, review, open));
    showDanger(parts.danger.lastChild, order, review?.danger, this.points);
    this.shown();
  }
}

/** Put children into an element, and the focus back where it was. */
function refill(element, ...children) {
  const act = element.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  fill(element, ...children);
  if (act) element.querySelector(`[data-act="${act}"]`)?.focus();
}
