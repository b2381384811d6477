// The map's style: the city's own layers in the colours of the sheet, without anything from elsewhere unless the city names tiles.

import { context } from "./context.js";

const NAMES = context.language === "zh" ? ["name", "name_en"] : ["name_en", "name"];
const NAME = ["coalesce", ...NAMES.map((name) => ["get", name]), ""];
const FONT = ["sans-serif"]; // of the reader's own machine: no glyphs are fetched

/** The style of a map: `tiles` is {tiles: address, attribution} or nothing, `own` GeoJSON by the name of its source. */
export function styleOf(tiles, own) {
  const address = (name) => new URL(`${context.layers}${name}.geojson`, location.href).href;
  // what has nothing in it is left out: each source has tiles to be cut, empty ones too
  const fetched = ["water", "roads"].filter((name) => context.drawn.includes(name)).map((name) => [name, sourceOf(address(name))]);
  const given = Object.entries(own).filter(([, data]) => data.features.length).map(([name, data]) => [name, sourceOf(data)]);
  const sources = Object.fromEntries([...fetched, ...given]);
  if (tiles) sources.tiles = { type: "raster", tiles: [tiles.tiles], tileSize: 256, attribution: plain(tiles.attribution) };
  return { version: 8, sources, layers: layersOf(Boolean(tiles)).filter((layer) => layer.source in sources) };
}

/** Data as a source of the map. */
const sourceOf = (data) => ({ type: "geojson", data });

/** Add a source that was left out, and its layers where they belong. */
export function addLate(map, withTiles, name, data) {
  map.addSource(name, sourceOf(data));
  const layers = layersOf(withTiles);
  layers.forEach((layer, at) => {
    if (layer.source === name) map.addLayer(layer, layers.slice(at + 1).find(({ id }) => map.getLayer(id))?.id);
  });
}

/** The library reads an attribution as HTML; ours is a text. */
function plain(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/** Layers from below to above, in today's colours; the ground below them all is the page's own. */
export function layersOf(withTiles) {
  const c = palette();
  return [
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
  if (layer.type !== "symbol") return layer;
  return { ...layer, paint: { ...layer.paint, "text-halo-color": colours.back, "text-halo-width": 1.6 } };
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
