// The danger area of an order: how many stand in the water and where it is, in words and as a drawing.

import { nameOf } from "./context.js";
import { fill, h } from "./dom.js";
import { areaDrawing } from "./orders-area.js";
import { count, zoneName } from "./orders-words.js";
import { metres, percent } from "./time.js";
import { t } from "./words.js";

/** Show it in `place`; `names` are the city's points by id. The drawing stays while the water does. */
export async function showDanger(place, order, danger, names) {
  const words = h("div", { class: "danger-words" }, dangerOf(order, danger, names));
  const drawn = place.querySelector("figure");
  const key = danger ? JSON.stringify([order.zone.zone_id, danger.areas]) : "";
  if (drawn && drawn.dataset.key === key) {
    drawn.nextElementSibling.replaceWith(words);
    return;
  }
  fill(place, words);
  if (!danger) return;
  const near = danger.points.map((one) => names.get(one.low_point)).filter(Boolean);
  const told = t("The zone {zone} and the water near it; the figures stand beside it.", { zone: zoneName(order) });
  const marks = near.map((one) => ({ lon: one.lon, lat: one.lat, name: nameOf(one) }));
  const figure = await areaDrawing(order.zone.zone_id, danger.areas.features, marks, told);
  if (!figure || !words.isConnected || place.querySelector("figure")) return;
  figure.dataset.key = key;
  place.prepend(figure);
}

/** How many stand in the water, and where it is, in words. */
function dangerOf(order, danger, names) {
  if (!danger) return h("p", { class: "quiet" }, t("Asking where the water is."));
  const known = (people) => (people === null ? t("unknown: no address points, or no depth") : count(people));
  return [
    h(
      "dl",
      {},
      h("dt", {}, t("People in the zone")),
      h("dd", {}, h("b", {}, count(danger.people_in_zone))),
      h("dt", {}, t("In the water now")),
      h("dd", { id: "people-now" }, known(danger.people_now)),
      h("dt", {}, t("Ground of the zone under water now")),
      h("dd", {}, share(order, danger, "now", null)),
      h("dt", {}, t("Ground that may be within 30 min")),
      h("dd", {}, share(order, danger, "30 min", 0.9)),
      h("dt", {}, t("Within 30 min, to be reckoned with")),
      h("dd", {}, known(danger.people_soon)),
    ),
    h(
      "ul",
      { class: "list" },
      danger.points.map((point) => pointOf(point, names)),
    ),
  ];
}

/** How much of the zone's ground lies under water: of several points that of the widest. */
function share(order, danger, when, quantile) {
  const asked = danger.areas.features.map((one) => one.properties).filter((one) => one.when === when && one.quantile === quantile);
  const shares = asked.flatMap((one) => one.zones.filter((zone) => zone.zone_id === order.zone.zone_id).map((zone) => zone.share));
  const carrying = danger.points.find((point) => point.carries);
  const known = when === "now" ? carrying?.depth_m : carrying?.soon_m;
  if (!shares.length) return known === null || known === undefined ? t("unknown") : t("none: the water stands beside it");
  return Math.max(...shares) === 0 ? t("only its edge") : percent(Math.max(...shares));
}

function pointOf(point, names) {
  const name = nameOf(names.get(point.low_point)) || point.low_point;
  const soon = point.soon_m === null ? t("no forecast") : t("up to {depth} within 30 min", { depth: metres(point.soon_m) });
  return h(
    "li",
    {},
    h("a", { href: `/console/point/${encodeURIComponent(point.low_point)}` }, name),
    ` ${metres(point.depth_m)}, ${soon} `,
    point.carries ? h("span", { class: "tag" }, t("carries this order")) : null,
    point.current ? null : h("span", { class: "tag bad" }, t("last known, not now")),
  );
}
