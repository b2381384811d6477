// What whoever takes over must know, beside the words of who hands over: nothing may be forgotten.

import { nameOf } from "./context.js";
import { h, levelWord, symbol } from "./dom.js";
import { linkTo } from "./duty-words.js";
import { signatures, stateWord, zoneName } from "./orders-words.js";
import { hour, metres } from "./time.js";
import { t } from "./words.js";

const MOST = 12;

const HANDS = () => ({ level: t("held at least at"), close: t("closed"), silence: t("silenced up to"), set_aside: t("set aside") });
const STATES = () => ({ silent: t("silent"), suspect: t("suspect"), aside: t("set aside"), never: t("never heard") });

function part(title, items, line, loud = false) {
  return h(
    "section",
    { class: loud && items.length ? "loud-part" : "" },
    h("h3", {}, `${title}: ${items.length}`),
    items.length
      ? h(
          "ul",
          { class: "list" },
          items.slice(0, MOST).map((item) => h("li", {}, line(item))),
        )
      : h("p", { class: "quiet" }, t("none")),
    items.length > MOST
      ? h("p", {}, h("a", { href: "/console/briefing" }, t("{n} more in the briefing", { n: items.length - MOST })))
      : null,
  );
}

/** The briefing in a column. */
export function briefingView(told, city) {
  const drafts = told.orders.filter((order) => order.state === "draft");
  const others = told.orders.filter((order) => order.state !== "draft");
  const order = (one) => [
    symbol(one.level),
    h("a", { href: `/console/orders#${encodeURIComponent(one.identifier)}` }, zoneName(one)),
    ` ${levelWord(one.level)} · ${one.state === "draft" ? signatures(one) : stateWord(one.state)}`,
  ];
  const name = (id) => city.name(id);
  return [
    h("h3", {}, t("What whoever takes over must know")),
    told.silent_districts.length
      ? h("p", { class: "note" }, t("Silent districts: {names}", { names: told.silent_districts.map(name).join(", ") }))
      : null,
    part(t("Orders that wait for a signature"), drafts, order, true),
    part(t("Orders that are out or rejected"), others, order),
    part(t("Points from yellow on, or unknown"), told.points, (one) => [
      symbol(one.level),
      h("a", { href: `/console/point/${encodeURIComponent(one.low_point)}` }, nameOf({ ...one, id: one.low_point })),
      " ",
      one.level === null ? t("unknown, last {level}", { level: levelWord(one.last) }) : levelWord(one.level),
      ` · ${metres(one.depth_m)}`,
      one.unconfirmed ? h("span", { class: "tag bad" }, t("unconfirmed")) : null,
    ]),
    part(t("By hand, in force"), told.hands, (one) => [
      linkTo(one.subject, city, name(one.subject)),
      ` ${HANDS()[one.what]} ${one.level === null ? "" : levelWord(one.level)} · `,
      t("{who} until {time}", { who: one.officer, time: hour(one.until) }),
      one.reason ? h("span", { class: "quiet" }, ` · ${one.reason}`) : null,
    ]),
    part(t("Stations that are not well"), told.stations, (one) => `${one.station} · ${STATES()[one.state] ?? one.state}`),
    h(
      "section",
      {},
      h("h3", {}, t("Not reached: {n} people", { n: told.not_reached.people })),
      told.not_reached.people
        ? h(
            "p",
            {},
            told.not_reached.zones
              .slice(0, MOST)
              .map((one, at) => [
                at ? ", " : "",
                h("a", { href: `/console/delivery?zone=${encodeURIComponent(one.zone)}` }, `${name(one.zone)} ${one.people}`),
              ]),
          )
        : h("p", { class: "quiet" }, t("none")),
    ),
  ];
}
