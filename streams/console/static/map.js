// The map by MapLibre GL JS without a tile server. `makeMap` answers null where it cannot be had (no WebGL, no files): then the page's
// table carries everything. Points, zones and colours follow what they are told; nothing here knows what is live.

import { cityData, context } from "./context.js";
import { fill, h } from "./dom.js";
import { boxOf, cornersOf, zonesLayer } from "./map-places.js";
import { PointsOverlay } from "./map-points.js";
import { addLate, palette, restyle, styleOf } from "./map-style.js";
import { t } from "./words.js";

const REDRAW_MS = 500; // the points are drawn anew at most so often
const PATIENCE_MS = 20_000;
const REACH_PX = 40; // Enter takes the point that is so near to the middle
const FONT = 'system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const LIBRARY = "maplibre-gl/dist/maplibre-gl";
const EMPTY = { type: "FeatureCollection", features: [] };

let able;

/** Resolved with whether a map can be drawn here at all. */
export function canMap() {
  able ??= context.has_map ? hasWebgl() : Promise.resolve(false);
  return able;
}

/** The first graphics context takes the browser long, for which a page would stand still: so a worker asks for it before the page does. */
async function hasWebgl() {
  if ("OffscreenCanvas" in window) await wakeGraphics();
  const drawing = document.createElement("canvas").getContext("webgl2");
  drawing?.getExtension("WEBGL_lose_context")?.loseContext(); // a browser has only so many
  return Boolean(drawing);
}

function wakeGraphics() {
  const worker = new Worker(new URL("./map-wake.js", import.meta.url), { type: "module" });
  return new Promise((awake) => {
    for (const kind of ["message", "error"]) worker.addEventListener(kind, awake);
  }).finally(() => worker.terminate());
}

/**
 * A map of the city in `element`, or null. `options`: `label` (what it shows, for screen readers), `describe(id)` (an element for the
 * window beside a point that was chosen; null for none).
 */
export async function makeMap(element, options = {}) {
  if (!(await canMap())) return null;
  try {
    addSheet(`${context.vendor}${LIBRARY}.css`);
    addSheet(new URL("./map.css", import.meta.url).href);
    const asked = [import(`${context.vendor}${LIBRARY}.mjs`), cityData(), outlinesOf("zones"), outlinesOf("districts")];
    const [library, places, zones, districts] = await Promise.all(asked);
    library.setWorkerUrl(new URL(`${context.vendor}${LIBRARY}-worker.mjs`, location.href).href);
    library.prewarm(); // its worker comes while the map waits for its graphics context
    const map = new CityMap(library, element, places, { zones, districts }, options);
    await map.loaded;
    return map;
  } catch {
    element.replaceChildren();
    return null;
  }
}

function addSheet(href) {
  if (!document.head.querySelector(`link[href="${href}"]`)) document.head.append(h("link", { rel: "stylesheet", href }));
}

class CityMap {
  /** Resolved when it can be told something; refused where it cannot be drawn. */
  loaded;

  #map;
  #library;
  #element;
  #options;
  #places;
  #outlines;
  #shown = { levels: new Map(), lastKnown: false, only: null };
  #listeners = new Set();
  #selected = null;
  #popup = null;
  #points;
  #ring;
  #timer = null;
  #drawn = 0;
  #theme;
  #tiles = context.city.map?.tiles ? context.city.map : null;

  constructor(library, element, places, outlines, options) {
    this.#library = library;
    this.#element = element;
    this.#options = options;
    this.#outlines = outlines;
    this.#places = new Map(places.low_points.filter((point) => point.lon !== null).map((point) => [point.id, point]));
    element.classList.add("map");
    this.#map = new library.Map({
      container: element,
      style: styleOf(this.#tiles, outlines),
      validateStyle: false, // it is ours
      bounds: this.#bounds(),
      fitBoundsOptions: { padding: 30 },
      attributionControl: this.#tiles ? { compact: false } : false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      // a map on a small screen must not catch the finger that wants to go on reading
      cooperativeGestures: matchMedia("(max-width: 62rem)").matches,
      localIdeographFontFamily: FONT,
      locale: words(options.label),
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
    this.#map.addControl(new library.ScaleControl({}), "bottom-left");
    this.#points = new PointsOverlay(this.#map, [...this.#places.values()], outlines.districts, places.districts, palette());
    this.#ring = new library.Marker({ element: h("span", { class: "map-ring", "aria-hidden": "true" }) });
    this.loaded = this.#load();
  }

  /** The states of all points by id, as the live stream tells them ({level, last, held}); `lastKnown`: none of it is fresh. */
  show(levels, lastKnown = false) {
    this.#shown = { ...this.#shown, levels, lastKnown };
    this.#later();
  }

  /** Draw all points but these faint; null: none. */
  only(ids) {
    this.#shown = { ...this.#shown, only: ids };
    this.#later();
  }

  /** The zones of which something is said: Map of zone id to {level, draft}. */
  zones(states) {
    const data = zonesLayer(this.#outlines.zones, states);
    const source = this.#map.getSource("zones-now");
    if (source) source.setData(data);
    else if (data.features.length) addLate(this.#map, Boolean(this.#tiles), "zones-now", data);
  }

  /** Choose a point: its window opens, the map goes there; null: none is chosen. `quiet`: nobody is told. */
  select(id, quiet = false) {
    const place = this.#places.get(id);
    this.#popup?.remove();
    this.#popup = null;
    this.#selected = place ? id : null;
    this.mark(this.#selected);
    if (place) {
      this.#open(place);
      this.#map.easeTo({ center: [place.lon, place.lat], zoom: Math.max(this.#map.getZoom(), 13.5), duration: glide() });
    }
    if (!quiet) for (const listener of this.#listeners) listener(this.#selected);
  }

  /** Ring a point, such as one whose row somebody is at; null: the chosen one again. */
  mark(id) {
    const place = this.#places.get(id ?? this.#selected);
    if (place) this.#ring.setLngLat([place.lon, place.lat]).addTo(this.#map);
    else this.#ring.remove();
  }

  /** Have a function called with the id of a point that was chosen, or null; it answers how to end that. */
  onSelect(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Go to where a district is; null: to the whole city. */
  goTo(district) {
    const outline = this.#outlines.districts.features.find(({ properties }) => properties.district_id === district);
    const points = [...this.#places.values()].filter((point) => point.district === district).map(({ lon, lat }) => [lon, lat]);
    const box = district === null ? this.#bounds() : boxOf(outline ? cornersOf(outline.geometry) : points);
    if (box) this.#map.fitBounds(box, { padding: 30, maxZoom: 15, duration: glide() });
  }

  /** Take it off the page. */
  remove() {
    clearTimeout(this.#timer);
    this.#theme?.();
    this.#map.remove();
  }

  /** It can be told of points as soon as its style is read: what is drawn first is whole. */
  async #load() {
    const read = new Promise((resolve, reject) => {
      this.#map.once("style.load", resolve);
      // only a style or a graphics card that will not do ends it; a missing layer does not
      this.#map.on("error", (event) => (event.sourceId || event.error?.url ? null : reject(event.error)));
    });
    await withinTime(read).catch((error) => {
      this.#map.remove();
      throw error;
    });
    this.#listen();
  }

  #listen() {
    const map = this.#map;
    map.on("click", (event) => this.#chooseNear(event.point, 12));
    map.on("mousemove", ({ point }) => (map.getCanvas().style.cursor = this.#points.at(point, 0) ? "pointer" : ""));
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#chooseNear(map.project(map.getCenter()), REACH_PX);
      if (event.key === "Escape" && this.#selected) this.select(null);
    });
    // an empty map must not look like a dry city
    map.on("webglcontextlost", () => this.#say(t("The map cannot be drawn any more: use the table.")));
    map.on("webglcontextrestored", () => this.#say(""));
    this.#theme = onTheme(() => {
      restyle(map, Boolean(this.#tiles));
      this.#points.restyle(palette());
    });
  }

  #say(text) {
    this.#element.dataset.fault = text;
    this.#element.classList.toggle("map-lost", Boolean(text));
  }

  #chooseNear(point, reach) {
    const nearest = this.#points.at(point, reach);
    if (nearest || this.#selected) this.select(nearest);
  }

  #open(place) {
    const content = this.#options.describe?.(place.id);
    if (!content) return;
    const body = h("div", { class: "map-window" }, content);
    this.#popup = new this.#library.Popup({ offset: 16, maxWidth: "20rem", closeOnClick: false, focusAfterOpen: false })
      .setLngLat([place.lon, place.lat])
      .setDOMContent(body)
      .addTo(this.#map);
    this.#popup.on("close", () => {
      if (this.#selected !== place.id) return;
      this.#popup = null;
      this.#selected = null;
      this.mark(null);
    });
  }

  /** Not at every word of the stream: thousands of points are drawn at most twice a second. */
  #later() {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => this.#draw(), Math.max(0, this.#drawn + REDRAW_MS - performance.now()));
  }

  #draw() {
    this.#timer = null;
    this.#drawn = performance.now();
    if (!this.#element.dataset.state) {
      this.#map.once("idle", () => (this.#element.dataset.state = "ready"));
      this.#map.triggerRepaint(); // it may be idle already, and would not say so again
    }
    const { levels, lastKnown, only } = this.#shown;
    this.#points.show([...this.#places.values()], levels, lastKnown, only);
    this.#renew();
  }

  /** What an open window says is brought up to date, but not under the hands of somebody who is in it. */
  #renew() {
    const body = this.#popup?.getElement()?.querySelector(".map-window");
    if (!body || body.contains(document.activeElement)) return;
    const content = this.#options.describe(this.#selected);
    if (content && content.textContent !== body.textContent) fill(body, content);
  }

  #bounds() {
    return boxOf([...this.#places.values()].map(({ lon, lat }) => [lon, lat])) ?? [-180, -60, 180, 70];
  }
}

/** Outlines of a layer; without them the map stands all the same. */
async function outlinesOf(name) {
  if (!context.drawn.includes(name)) return EMPTY;
  return fetch(`${context.layers}${name}.geojson`).then((answer) => (answer.ok ? answer.json() : EMPTY)).catch(() => EMPTY);
}

/** The library's words in the reader's language. */
function words(label) {
  return {
    "Map.Title": label ?? t("Map: the arrow keys move it, Enter takes the point in the middle"),
    "NavigationControl.ZoomIn": t("Zoom in"),
    "NavigationControl.ZoomOut": t("Zoom out"),
    "Popup.Close": t("Close"),
    "AttributionControl.ToggleAttribution": t("Show the source of the map"),
    "AttributionControl.MapFeedback": t("Source of the map"),
    "CooperativeGesturesHandler.WindowsHelpText": t("Hold Ctrl and scroll to zoom the map"),
    "CooperativeGesturesHandler.MacHelpText": t("Hold ⌘ and scroll to zoom the map"),
    "CooperativeGesturesHandler.MobileHelpText": t("Move the map with two fingers"),
  };
}

function glide() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 500;
}

function withinTime(promise) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error("the map took too long")), PATIENCE_MS))]);
}

/** Call a function whenever light turns to dark or back; answers how to end that. */
function onTheme(changed) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const watcher = new MutationObserver(changed);
  dark.addEventListener("change", changed);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", changed);
    watcher.disconnect();
  };
}
