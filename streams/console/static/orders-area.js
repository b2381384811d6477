// A small drawing of the zone, the water in it and the roads around: no WebGL, so it is always there.

import { context } from "./context.js";
import { h, svg } from "./dom.js";
import { t } from "./words.js";

const SIZE = 320;
const ROOM = 0.25;
let layers;

/** The city's outlines, asked for once; what a city does not have is left out. */
function asked() {
  layers ??= Promise.all(["zones", "roads", "water"].map((name) => load(`${context.layers}${name}.geojson`)));
  return layers;
}

async function load(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? (await answer.json()).features : [];
  } catch {
    return [];
  }
}

/** Draw a zone with the areas (GeoJSON features) and points ([{lon, lat, name}]) of its danger; null where the zone has no outline. */
export async function areaDrawing(zone, areas, points, told) {
  const [zones, roads, water] = await asked();
  const own = zones.find((one) => one.properties.id === zone);
  if (!own) return null;
  const to = frame([own, ...areas]);
  const inside = points.filter((point) => point.lon !== null && to.shows([point.lon, point.lat]));
  const path = (feature, name) => svg("path", { class: name, d: outline(feature.geometry, to), "fill-rule": "evenodd" });
  const near = (features, name) => features.filter((one) => one.geometry && to.meets(one.geometry)).map((one) => path(one, name));
  const order = { now: 1, "30 min": 0 };
  const sorted = [...areas].sort((one, other) => order[one.properties.when] - order[other.properties.when]);
  return h(
    "figure",
    { class: "area" },
    svg(
      "svg",
      { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": told },
      svg("rect", { class: "area-back", width: SIZE, height: SIZE }),
      near(water, "area-river"),
      near(roads, "area-road"),
      path(own, "area-zone"),
      sorted.map((one) => path(one, one.properties.when === "now" ? "area-now" : "area-soon")),
      path(own, "area-edge"),
      inside.map((point) => mark(point, to)),
      scale(to),
    ),
    h(
      "figcaption",
      { class: "quiet" },
      h("span", { class: "key key-zone" }, t("zone")),
      h("span", { class: "key key-now" }, t("water now")),
      h("span", { class: "key key-soon" }, t("possible within 30 min")),
    ),
  );
}

const coordinates = (value) => (typeof value[0] === "number" ? [value] : value.flatMap(coordinates));

/** How lon and lat come onto the drawing: metres alike in both directions. */
function frame(features) {
  const all = features.flatMap((one) => (one.geometry ? coordinates(one.geometry.coordinates) : []));
  const [lons, lats] = [all.map((one) => one[0]), all.map((one) => one[1])];
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const [lon, lat] = [(west + east) / 2, (south + north) / 2];
  const squeeze = Math.cos((lat * Math.PI) / 180);
  const span = Math.max((east - west) * squeeze, north - south, 1e-5) * (1 + ROOM);
  const to = ([x, y]) => [SIZE / 2 + ((x - lon) * squeeze * SIZE) / span, SIZE / 2 - ((y - lat) * SIZE) / span];
  to.metres = span * 111320;
  to.shows = (place) => to(place).every((value) => value >= 0 && value <= SIZE);
  to.meets = (geometry) => coordinates(geometry.coordinates).some((one) => to(one).every((value) => value > -SIZE && value < 2 * SIZE));
  return to;
}

function outline(geometry, to) {
  const rings = { Polygon: (c) => c, MultiPolygon: (c) => c.flat(), LineString: (c) => [c], MultiLineString: (c) => c }[geometry.type];
  const closed = geometry.type.endsWith("Polygon") ? "Z" : "";
  if (!rings) return "";
  const line = (ring) =>
    ring
      .map((one) =>
        to(one)
          .map((value) => value.toFixed(1))
          .join(" "),
      )
      .join("L");
  return rings(geometry.coordinates)
    .map((ring) => `M${line(ring)}${closed}`)
    .join("");
}

function mark(point, to) {
  const [x, y] = to([point.lon, point.lat]);
  const anchor = x > SIZE * 0.65 ? "end" : x < SIZE * 0.35 ? "start" : "middle";
  const name = { class: "area-name", x, y: Math.max(y - 10, 12), "text-anchor": anchor };
  return [svg("circle", { class: "area-point", cx: x, cy: y, r: 5 }), svg("text", name, point.name)];
}

function scale(to) {
  const wide = [1000, 500, 200, 100, 50, 20, 10].find((metres) => metres < to.metres / 3) ?? 10;
  const long = (wide / to.metres) * SIZE;
  return [
    svg("path", { class: "area-scale", d: `M12 ${SIZE - 12}h${long.toFixed(1)}` }),
    svg("text", { class: "area-name", x: 12, y: SIZE - 18 }, `${wide} m`),
  ];
}
