// Where the reports of a group are, seen from their low point: a small drawing, north above, with what it shows in words.

import { svg } from "./dom.js";
import { t } from "./words.js";

const SIZE = 160;
const EDGE = 14;
const M_PER_DEG = 111_195;
const LEAST_M = 150;

/** A drawing of the reports' places around a middle {lon, lat}; null where no place is known. */
export function placesDrawing(reports, middle) {
  const known = reports.filter((report) => report.lon !== null && report.lat !== null);
  if (!known.length || !middle) return null;
  const east = (lon) => (lon - middle.lon) * M_PER_DEG * Math.cos((middle.lat * Math.PI) / 180);
  const north = (lat) => (lat - middle.lat) * M_PER_DEG;
  const places = known.map((report) => ({ report, x: east(report.lon), y: north(report.lat) }));
  const reach = Math.max(LEAST_M, ...places.map(({ x, y }) => Math.hypot(x, y)));
  const scale = (SIZE / 2 - EDGE) / reach;
  const at = (x, y) => [SIZE / 2 + x * scale, SIZE / 2 - y * scale];
  const dot = ({ report, x, y }) => {
    const [cx, cy] = at(x, y);
    return svg("circle", { cx, cy, r: 5, class: `place state-${report.state}` });
  };
  const words = t("Places of {n} reports around the low point; the outer circle is {m} m away", { n: known.length, m: Math.round(reach) });
  return svg(
    "svg",
    { class: "places", viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": words },
    svg("circle", { cx: SIZE / 2, cy: SIZE / 2, r: reach * scale, class: "ring" }),
    svg("circle", { cx: SIZE / 2, cy: SIZE / 2, r: LEAST_M * scale, class: "ring near" }),
    svg("path", { d: `M${SIZE / 2 - 6} ${SIZE / 2}h12m-6 -6v12`, class: "middle" }),
    places.map(dot),
    svg("text", { x: SIZE / 2, y: 11 }, `${Math.round(reach)} m`),
  );
}
