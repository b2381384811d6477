// What lies where on the map: points, zones with orders, names of districts.

import { context, nameOf } from "./context.js";
import { pictureOf } from "./map-symbols.js";

const UNKNOWN_ORDER = 2.5; // above yellow, below orange: not to be overlooked

/** Points that have a place, each with the picture of its state; all but `only` are faint where that is given. */
export function pointsShown(places, levels, lastKnown, only) {
  return places.map(({ id, lon, lat }) => {
    const state = levels.get(id);
    const level = state?.level ?? null;
    return {
      id,
      lon,
      lat,
      picture: pictureOf(state, lastKnown),
      order: level ?? UNKNOWN_ORDER,
      calm: level === 0 && !lastKnown && !state.last && !state.held,
      faint: Boolean(only && !only.has(id)),
    };
  });
}

/** Zones of which something is said: `states` is a Map of zone id to {level, draft}. */
export function zonesLayer(outlines, states) {
  const features = outlines.features
    .filter(({ properties }) => states.get(properties.id)?.level)
    .map((zone) => {
      const { level, draft } = states.get(zone.properties.id);
      return { ...zone, properties: { ...zone.properties, level, draft: Boolean(draft), colour: colourOf(level) } };
    })
    .sort((first, second) => first.properties.level - second.properties.level);
  return { type: "FeatureCollection", features };
}

/** The name of each district, and the middle of its outline. */
export function districtNames(outlines, districts) {
  const known = new Map(districts.map((district) => [district.id, district]));
  return outlines.features
    .filter((outline) => known.has(outline.properties.district_id))
    .map((outline) => {
      const [west, south, east, north] = boxOf(cornersOf(outline.geometry));
      return { name: nameOf(known.get(outline.properties.district_id)), lon: (west + east) / 2, lat: (south + north) / 2 };
    });
}

/** West, south, east, north of many positions; null of none. */
export function boxOf(positions) {
  if (!positions.length) return null;
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of positions) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

/** All corners of an outline. */
export function cornersOf(geometry) {
  return geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates.flatMap((polygon) => polygon[0]);
}

/** The colour of a level, from the city's ladder. */
export function colourOf(level) {
  return context.city.levels.find((rung) => rung.level === level)?.colour ?? "#b4bcc2";
}
