// The map's style: the city's own layers in the colours of the sheet, without anything from elsewhere unless the city names tiles.

import { context } from "./context.js";
import { DOT } from "./map-symbols.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const NAMES = context.language === "zh" ? ["name", "name_en"] : ["name_en", "name"];
const NAME = ["coalesce", ...NAMES.map((name) => ["get", name]), ""];
const CROWD = 500; // from so many points on those without warning are dots
const FONT = ["sans-serif"]; // of the reader's own machine: no glyphs are fetched

/**
 * The style of a map: `tiles` is {tiles: address, attribution} or nothing, `own` GeoJSON by the name of its source, `count` how many
 * points there are.
 */
export function styleOf(tiles, own, count) {
  const address = (name) => new URL(`${context.layers}${name}.geojson`, location.href).href;
  const source = (data) => ({ type: "geojson", data });
  const fetched = ["water", "roads"].map((name) => [name, source(address(name))]);
  const given = ["zones", "districts", "district-names", "zones-now", "points"].map((name) => [name, source(own[name] ?? EMPTY)]);
  const sources = Object.fromEntries([...fetched, ...given]);
  if (tiles) sources.tiles = { type: "raster", tiles: [tiles.tiles], tileSize: 256, attribution: plain(tiles.attribution) };
  return { version: 8, sources, layers: layersOf(Boolean(tiles), count) };
}

/** The library reads an attribution as HTML; ours is a text. */
function plain(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/** Layers from below to above, in today's colours. */
export function layersOf(withTiles, count = 0) {
  const c = palette();
  return [
    { id: "back", type: "background", paint: { "background-color": c.back } },
    ...(withTiles ? [{ id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.6, "raster-opacity": 0.6 } }] : []),
    area("water", { "fill-color": c.water }, ["==", ["geometry-type"], "Polygon"]),
    line("rivers", "water", { "line-color": c.water, "line-width": wide(1.5, 6) }, ["==", ["geometry-type"], "LineString"]),
    area("zones", { "fill-color": c.zone, "fill-opacity": 0.55 }),
    line("street-edges", "roads", { "line-color": c.edge, "line-width": wide(0.6, 8) }, ["!=", ["get", "class"], "main"]),
    line("road-edges", "roads", { "line-color": c.edge, "line-width": wide(2.2, 14) }, ["==", ["get", "class"], "main"]),
    line("streets", "roads", { "line-color": c.road, "line-width": wide(0.2, 6.5) }, ["!=", ["get", "class"], "main"]),
    line("roads", "roads", { "line-color": c.road, "line-width": wide(1.2, 11.5) }, ["==", ["get", "class"], "main"]),
    line("districts", "districts", { "line-color": c.soft, "line-width": 1.3, "line-dasharray": [4, 3], "line-opacity": 0.7 }),
    area("zones-now", { "fill-color": ["get", "colour"], "fill-opacity": ["case", ["get", "draft"], 0.18, 0.42] }),
    // dark red on a dark ground needs a light edge
    line("zones-edge", "zones-now", { "line-color": c.outline, "line-width": 4, "line-opacity": 0.3 }),
    line("zones-released", "zones-now", { "line-color": ["get", "colour"], "line-width": 2.2 }, ["!", ["get", "draft"]]),
    line("zones-draft", "zones-now", { "line-color": ["get", "colour"], "line-width": 2.6, "line-dasharray": [2, 1.4] }, ["get", "draft"]),
    label("water-names", "water", NAME, { "text-font": FONT, "text-size": 12 }, { "text-color": c.link }, 12.5),
    label("road-names", "roads", NAME, { "symbol-placement": "line", "text-font": FONT, "text-size": 11 }, { "text-color": c.soft }, 13),
    label("district-names", "district-names", ["get", "name"], { "text-font": FONT, "text-size": 13 }, { "text-color": c.ink }, 0),
    points(count > CROWD),
  ].map((layer) => withHalo(layer, c));
}

/** Colours of the sheet as they are now. */
export function palette() {
  const sheet = getComputedStyle(document.documentElement);
  const colour = (name) => sheet.getPropertyValue(name).trim() || "#888";
  return {
    back: colour("--land"),
    water: colour("--water"),
    road: colour("--road"),
    edge: colour("--road-edge"),
    zone: colour("--zone"),
    ink: colour("--ink"),
    soft: colour("--soft"),
    link: colour("--link"),
    outline: colour("--outline"),
  };
}

function area(id, paint, filter) {
  // smooth edges are worth no further program of the graphics card: all areas but the faint ones have a line of their own
  return { id, type: "fill", source: id, ...(filter && { filter }), paint: { ...paint, "fill-antialias": false } };
}

function line(id, from, paint, filter) {
  return { id, type: "line", source: from, ...(filter && { filter }), layout: { "line-cap": "butt", "line-join": "round" }, paint };
}

function label(id, from, text, layout, paint, minzoom) {
  return { id, type: "symbol", source: from, minzoom, layout: { "text-field": text, "text-max-width": 8, ...layout }, paint };
}

function withHalo(layer, colours) {
  if (layer.type !== "symbol" || layer.id === "points") return layer;
  return { ...layer, paint: { ...layer.paint, "text-halo-color": colours.back, "text-halo-width": 1.6 } };
}

/** Calm points are small: where there are thousands, those that matter stay in sight. The gravest lie on top. */
function points(crowded) {
  const size = (calm, other) => ["case", ["get", "calm"], calm, other];
  const picture = ["get", "picture"];
  return {
    id: "points",
    type: "symbol",
    source: "points",
    layout: {
      "icon-image": crowded ? ["step", ["zoom"], ["case", ["get", "calm"], DOT, picture], 14, picture] : picture,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 9, size(0.25, 0.6), 12, size(crowded ? 0.35 : 0.6, 0.95), 16, size(1, 1.3)],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "order"],
    },
    paint: { "icon-opacity": ["case", ["get", "faint"], 0.25, 1] },
  };
}

function wide(far, near) {
  return ["interpolate", ["exponential", 1.4], ["zoom"], 10, far, 17, near];
}

/** Colours have changed: give every layer its new ones. */
export function restyle(map, withTiles) {
  for (const layer of layersOf(withTiles)) {
    if (!map.getLayer(layer.id)) continue;
    for (const [name, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, name, value);
  }
}
