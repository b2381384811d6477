// The zones that a point's water reaches, from which level on, who lives there, and the order that stands.

import { nameOf } from "./context.js";
import { fill, h, levelWord, symbol } from "./dom.js";
import { live } from "./live.js";
import { orderAddress } from "./situation-words.js";
import { t } from "./words.js";

/** Answers `{show(view), reached(view)}`. */
export function makeZones(element, city) {
  const byId = new Map(city.zones.map((zone) => [zone.id, zone]));

  /** Zones with their order; where nobody told which they are, null: that is not none. */
  function reached(view) {
    if (!view?.zones) return null;
    const orders = [...(live.state.get("order")?.values() ?? [])];
    return view.zones.map((told) => {
      const order = orders.find((one) => one.zone.zone_id === told.zone) ?? null;
      return { ...told, name: nameOf(byId.get(told.zone) ?? { id: told.zone }), order, people: told.people ?? order?.people ?? null };
    });
  }

  function show(view) {
    const zones = reached(view);
    if (zones === null) return fill(element, h("p", { class: "quiet" }, t("Not known yet.")));
    if (!zones.length) return fill(element, h("p", { class: "quiet" }, t("Its water reaches no zone.")));
    return fill(element, h("ul", { class: "list" }, zones.map(line)));
  }

  return { show, reached };
}

function line(zone) {
  const people = zone.people === null ? t("people not known") : t("people: {n}", { n: zone.people });
  return h(
    "li",
    {},
    h(
      "div",
      { class: "row" },
      h("b", {}, zone.name),
      h("span", { class: "soft" }, `${zone.zone} · ${people} · ${t("from {level} on", { level: levelWord(zone.from_level) })}`),
    ),
    zone.order
      ? h("a", { href: orderAddress(zone.order) }, symbol(zone.order.level), `${levelWord(zone.order.level)}: ${stateOf(zone.order)}`)
      : h("span", { class: "quiet" }, t("No order stands.")),
  );
}

function stateOf(order) {
  const words = { draft: t("order waits for signature"), released: t("order is out"), rejected: t("order rejected") };
  return words[order.state] ?? order.state;
}
