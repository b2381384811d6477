// The list of open orders: drafts that wait first, then what is out, then what was rejected; the most dangerous first in each.

import { may, context } from "./context.js";
import { fill, h, levelWord, reconcile, setSymbol, setText, symbol } from "./dom.js";
import { count, signatures, stateWord, zoneName } from "./orders-words.js";
import { t } from "./words.js";

const GROUPS = [
  ["draft", () => t("Waits for a signature")],
  ["released", () => t("Out")],
  ["rejected", () => t("Rejected")],
];

const worst = (one, other) => other.level - one.level || other.people - one.people || one.issued_at.localeCompare(other.issued_at);

/** Orders in the order of the list. */
export const sorted = (orders) => GROUPS.flatMap(([state]) => orders.filter((order) => order.state === state).sort(worst));

/** Whether who looks can sign it: their own signature counts once. */
export const signable = (order) => order.state === "draft" && may("sign") && !order.signed_by.includes(context.me.name);

/**
 * The list in `parent`. `chosen()` is the incident that is shown, `ticked` a set of incidents; `choose(order)` and `tick()` are called
 * when the reader does so.
 */
export class OrderList {
  constructor(parent, { chosen, ticked, choose, tick }) {
    Object.assign(this, { chosen, ticked, choose, tick });
    this.groups = GROUPS.map(([state, title]) => {
      const head = h("h3", { class: "group" });
      const list = h("ul", { class: "list pick-list" });
      parent.append(head, list);
      return { state, title, head, list };
    });
    parent.addEventListener("keydown", (event) => this.#move(event, parent));
  }

  /** Show these. */
  show(orders) {
    for (const { state, title, head, list } of this.groups) {
      const own = sorted(orders.filter((order) => order.state === state));
      head.hidden = list.hidden = own.length === 0;
      setText(head, `${title()}: ${own.length}`);
      reconcile(
        list,
        own,
        (order) => order.incident,
        (order) => this.#make(order),
        (row, order) => this.#update(row, order),
      );
    }
  }

  #make(order) {
    const box = h("input", {
      type: "checkbox",
      class: "tick",
      onchange: () => {
        if (box.checked) this.ticked.add(order.incident);
        else this.ticked.delete(order.incident);
        this.tick();
      },
    });
    const pick = h(
      "button",
      { type: "button", class: "pick", onclick: () => this.choose(row.order, true) },
      symbol(order.level),
      h("span", { class: "pick-main" }, h("b", { class: "pick-zone" }), h("span", { class: "pick-people" })),
      h(
        "span",
        { class: "pick-more" },
        h("span", { class: "pick-level" }),
        h("span", { class: "tag bad pick-unconfirmed" }),
        h("span", { class: "pick-signed" }),
        h("span", { class: "pick-due" }),
        h("span", { class: "pick-age quiet" }),
      ),
    );
    const label = h("label", { class: "tick-label" }, box, h("span", { class: "visually-hidden" }));
    const row = h("li", { class: "pick-row" }, label, pick);
    return row;
  }

  #update(row, order) {
    row.order = order;
    const find = (name) => row.querySelector(name);
    const box = find(".tick");
    box.parentElement.hidden = !may("sign");
    box.parentElement.classList.toggle("off", !signable(order)); // out of sight, so that the names stay in a line
    box.checked = this.ticked.has(order.incident);
    setText(box.nextElementSibling, t("Sign {zone} with others", { zone: zoneName(order) }));
    setSymbol(find(".s"), order.level);
    setText(find(".pick-zone"), zoneName(order));
    setText(find(".pick-level"), levelWord(order.level));
    setText(find(".pick-people"), t("{people} people", { people: count(order.people) }));
    find(".pick-unconfirmed").hidden = !order.unconfirmed;
    setText(find(".pick-unconfirmed"), t("unconfirmed"));
    setText(find(".pick-signed"), order.state === "draft" ? signatures(order) : stateWord(order.state));
    this.#due(find(".pick-due"), order);
    find(".pick-age").dataset.since = order.decided ?? order.issued_at;
    const pick = find(".pick");
    const current = this.chosen() === order.incident ? "true" : null;
    if (pick.getAttribute("aria-current") !== current) {
      if (current) pick.setAttribute("aria-current", current);
      else pick.removeAttribute("aria-current");
    }
  }

  #due(place, order) {
    if (order.release_rule) place.dataset.due = order.release_rule.due_at;
    else {
      delete place.dataset.due;
      fill(place);
    }
  }

  /** Arrow keys go through all rows, whatever group they are in. */
  #move(event, parent) {
    const picks = [...parent.querySelectorAll(".pick")];
    const at = picks.indexOf(event.target.closest(".pick"));
    const goes = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: picks.length - 1 }[event.key];
    if (at < 0 || goes === undefined) return;
    event.preventDefault();
    const next = picks[Math.min(Math.max(goes, 0), picks.length - 1)];
    next.focus();
    this.choose(next.closest(".pick-row").order);
  }
}
