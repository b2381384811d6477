// Charts by uPlot where it is there; without it `makeChart` answers null, and the tables beside a chart carry all of it.
// Colours come from the sheet's variables at each drawing, so that a chart follows light and dark.

import { context } from "./context.js";
import { h } from "./dom.js";
import { hour } from "./time.js";

const FONT = '12px system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif';
const BOLD = `700 ${FONT}`;

let wanted;

/** uPlot itself with its sheet; null where it cannot be had. Asked for once. */
export function library() {
  wanted ??= context.has_charts && canDraw() ? load() : Promise.resolve(null);
  return wanted;
}

async function load() {
  const sheet = h("link", { rel: "stylesheet", href: `${context.vendor}uplot/dist/uPlot.min.css` });
  document.head.append(sheet);
  try {
    return (await import(`${context.vendor}uplot/dist/uPlot.esm.js`)).default;
  } catch {
    return null;
  }
}

function canDraw() {
  return Boolean(document.createElement("canvas").getContext?.("2d"));
}

/** A colour of the sheet as it is now. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "gray";
}

/** The same colour, seen through. */
export function faint(name, share) {
  return `color-mix(in srgb, ${colour(name)} ${Math.round(share * 100)}%, transparent)`;
}

/** The colour of a level, from the city's ladder. */
export function levelColour(level) {
  return context.city.levels.find((rung) => rung.level === level)?.colour ?? "#b4bcc2";
}

/** An axis in the sheet's colours; `more` as uPlot has it. */
export function axis(more = {}) {
  return {
    stroke: () => colour("--ink"),
    font: FONT,
    labelFont: FONT,
    labelSize: 18,
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { stroke: () => colour("--edge"), width: 1, size: 4 },
    ...more,
  };
}

/** The axis of time, in the city's time zone. */
export function timeAxis(more = {}) {
  return axis({ values: (_, ticks) => ticks.map((s) => hour(s * 1000)), space: 56, ...more });
}

/**
 * Draw into `element`, as wide as it is: `options(library)` gives uPlot's options, `label` says in words what is to be seen.
 * Answers `{show(data), relabel(text), redraw(), chart, end()}`, or null where there is no library.
 */
export async function makeChart(element, { options, label, height = 260 }) {
  const UPlot = await library();
  if (!UPlot) return null;
  const place = h("div", { class: "chart", role: "img", "aria-label": label });
  element.append(place);
  const given = { legend: { show: false }, ...options(UPlot) };
  const size = () => ({ width: Math.max(240, Math.floor(place.clientWidth)), height });
  const drawn = new UPlot({ ...given, tzDate: (s) => UPlot.tzDate(new Date(s * 1000), context.city.time_zone), ...size() }, null, place);
  const watching = new ResizeObserver(() => drawn.width !== size().width && drawn.setSize(size()));
  watching.observe(place);
  const forget = onLook(() => drawn.redraw(false, true));
  return {
    chart: drawn,
    show: (data) => drawn.setData(data),
    relabel: (text) => place.setAttribute("aria-label", text),
    redraw: () => drawn.redraw(false, false),
    end() {
      watching.disconnect();
      forget();
      drawn.destroy();
      place.remove();
    },
  };
}

/** Call when light turns into dark or back; answers what ends that. */
export function onLook(callback) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", callback);
  const chosen = new MutationObserver(callback);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", callback);
    chosen.disconnect();
  };
}

/** What is measured in screen points, on a canvas that may have more of them. */
export const ratio = () => devicePixelRatio || 1;

/** A text on a canvas with the page behind it, so that it reads over lines; `at` in points of the canvas. */
export function write(ctx, text, x, y, { align = "left", bold = false, ink = colour("--ink") } = {}) {
  const by = ratio();
  ctx.save();
  ctx.font = (bold ? BOLD : FONT).replace("12px", `${12 * by}px`);
  ctx.textAlign = align;
  ctx.textBaseline = "alphabetic";
  ctx.lineWidth = 4 * by;
  ctx.lineJoin = "round";
  ctx.strokeStyle = colour("--card");
  ctx.strokeText(text, x, y);
  ctx.fillStyle = ink;
  ctx.fillText(text, x, y);
  ctx.restore();
}

/** A line over the whole width or height, outlined where `edge` names a colour of the sheet. */
export function rule(ctx, [x1, y1], [x2, y2], { ink, width = 2, dash = [], edge = null }) {
  const by = ratio();
  ctx.save();
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  if (edge) {
    ctx.lineWidth = (width + 1.5) * by;
    ctx.strokeStyle = colour(edge);
    ctx.stroke();
  }
  ctx.setLineDash(dash.map((part) => part * by));
  ctx.lineWidth = width * by;
  ctx.strokeStyle = ink;
  ctx.stroke();
  ctx.restore();
}

/** Hatch a span of time: what is not known never looks like what is. */
export function hatch(drawn, fromS, untilS) {
  const { ctx, bbox } = drawn;
  const left = Math.max(bbox.left, drawn.valToPos(fromS, "x", true));
  const right = Math.min(bbox.left + bbox.width, drawn.valToPos(untilS, "x", true));
  if (right <= left) return;
  const step = 8 * ratio();
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, right - left, bbox.height);
  ctx.fillStyle = faint("--edge", 0.12);
  ctx.fill();
  ctx.clip();
  ctx.beginPath();
  for (let x = left - bbox.height; x < right; x += step) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.lineWidth = ratio();
  ctx.strokeStyle = faint("--edge", 0.6);
  ctx.stroke();
  ctx.restore();
}
