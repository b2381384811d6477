// The points over the map, and the names of districts: on a canvas of their own. The map below needs no further program of the graphics
// card for them, which is what takes longest where there is no such card; and what the stream tells is drawn at once.

import { districtNames, pointsShown } from "./map-places.js";
import { DOT, drawPictures, SIDE } from "./map-symbols.js";

const TILE = 512; // pixels of the whole world at zoom 0
const CROWD = 500; // from so many points on those without warning are dots
const NEAR_ZOOM = 14; // but not from here on
const MARGIN = 40; // what lies so far outside may still be seen
const NAME_PX = 13;
const HALO_PX = 3.2;
const FAINT = 0.25;
// factors of a picture's size by zoom, of calm points and others: where there are thousands, those that matter stay in sight
const SIZES = [[9, 0.25, 0.6], [12, 0.6, 0.95], [16, 1, 1.3]];
const CROWDED_CALM = 0.35; // at zoom 12

/** Points and names over a map that is neither turned nor tilted. */
export class PointsOverlay {
  #map;
  #canvas = document.createElement("canvas");
  #pen;
  #points = [];
  #names;
  #pictures = null;
  #colours;
  #crowded;
  #drawn = ""; // the view of the last drawing

  /** `places`: all that will ever be shown; `outlines` and `districts`: whose names stand in the middle. */
  constructor(map, places, outlines, districts, colours) {
    this.#map = map;
    this.#colours = colours;
    this.#crowded = places.length > CROWD;
    this.#names = districtNames(outlines, districts).map((name) => ({ ...name, ...worldOf(name) }));
    this.#canvas.className = "map-points";
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#pen = this.#canvas.getContext("2d", { willReadFrequently: true });
    map.getCanvas().after(this.#canvas);
    map.on("render", () => this.#draw());
  }

  /** Show points as they are now. */
  show(places, levels, lastKnown, only) {
    this.#points = pointsShown(places, levels, lastKnown, only)
      .sort((first, second) => first.order - second.order)
      .map((point) => ({ ...point, ...worldOf(point) }));
    this.#draw(true);
  }

  /** Colours have changed. */
  restyle(colours) {
    this.#colours = colours;
    this.#pictures = null;
    this.#draw(true);
  }

  /** The id of the point nearest to a place on the map, in pixels, that is no farther than `reach` from it; null of none. */
  at({ x, y }, reach) {
    const view = this.#view();
    let nearest = null;
    let least = Infinity;
    for (const point of this.#points) {
      const [px, py] = view.place(point);
      const away = Math.hypot(px - x, py - y);
      const within = reach + (SIDE / 2) * this.#size(point, view.zoom);
      if (away > within || away > least) continue; // of two at one place the one on top
      nearest = point.id;
      least = away;
    }
    return nearest;
  }

  #view() {
    const zoom = this.#map.getZoom();
    const { lng, lat } = this.#map.getCenter();
    const middle = worldOf({ lon: lng, lat });
    const { clientWidth: width, clientHeight: height } = this.#map.getCanvas();
    const scale = TILE * 2 ** zoom;
    const place = (point) => {
      const across = point.worldX - middle.worldX;
      return [width / 2 + (across - Math.round(across)) * scale, height / 2 + (point.worldY - middle.worldY) * scale];
    };
    return { zoom, width, height, place, key: [zoom, lng, lat, width, height, devicePixelRatio].join() };
  }

  /** At every frame of the map, but only where it moved or something is new. */
  #draw(anew = false) {
    const view = this.#view();
    if (!anew && view.key === this.#drawn) return;
    this.#drawn = view.key;
    const pen = this.#pen;
    this.#fit(view);
    for (const name of this.#names) this.#write(name, view);
    this.#pictures ??= drawPictures();
    for (const point of this.#points) {
      const [x, y] = view.place(point);
      if (x < -MARGIN || y < -MARGIN || x > view.width + MARGIN || y > view.height + MARGIN) continue;
      const side = SIDE * this.#size(point, view.zoom);
      const dot = this.#crowded && point.calm && view.zoom < NEAR_ZOOM;
      pen.globalAlpha = point.faint ? FAINT : 1;
      pen.drawImage(this.#pictures.get(dot ? DOT : point.picture), x - side / 2, y - side / 2, side, side);
    }
    pen.globalAlpha = 1;
  }

  /** As many pixels as the screen has; cleared. */
  #fit({ width, height }) {
    const [across, down] = [width, height].map((length) => Math.round(length * devicePixelRatio));
    if (this.#canvas.width !== across || this.#canvas.height !== down) Object.assign(this.#canvas, { width: across, height: down });
    this.#pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.#pen.clearRect(0, 0, width, height);
  }

  #write(name, view) {
    const pen = this.#pen;
    const [x, y] = view.place(name);
    pen.font = `${NAME_PX}px ${getComputedStyle(this.#canvas).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = HALO_PX;
    pen.strokeStyle = this.#colours.back;
    pen.strokeText(name.name, x, y);
    pen.fillStyle = this.#colours.ink;
    pen.fillText(name.name, x, y);
  }

  #size({ calm }, zoom) {
    const factor = ([at, ofCalm, ofOther]) => (!calm ? ofOther : this.#crowded && at === 12 ? CROWDED_CALM : ofCalm);
    const above = SIZES.findIndex(([at]) => zoom < at);
    if (above === 0) return factor(SIZES[0]);
    if (above < 0) return factor(SIZES.at(-1));
    const [low, high] = [SIZES[above - 1], SIZES[above]];
    return factor(low) + ((factor(high) - factor(low)) * (zoom - low[0])) / (high[0] - low[0]);
  }
}

/** Where a place lies in a square world of side 1 (Mercator), as the map draws it. */
function worldOf({ lon, lat }) {
  const y = Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  return { worldX: lon / 360 + 0.5, worldY: 0.5 - y / (2 * Math.PI) };
}
