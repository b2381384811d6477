// The course of a storm as a chart: how many points stood at each level, and the rain; a line marks the moment that is shown.

import { axis, colour, hatch, levelColour, makeChart, rule, timeAxis } from "./chart.js";
import { t } from "./words.js";

const LEVELS = [1, 2, 3, 4];

/** Answers `{load(storm), mark(at)}`, null where charts cannot be drawn; `go(at)` is called with the frame that is pressed. */
export async function makeCourse(element, go) {
  let times = [];
  let unknown = [];
  let shown = 0;
  const made = await makeChart(element, {
    height: 180,
    label: t("Course of the storm"),
    options: (UPlot) => options(UPlot, () => ({ times, unknown, shown }), go),
  });
  if (!made) return null;

  function load(storm) {
    times = storm.frames.map((frame) => Date.parse(frame.at) / 1000);
    // nobody knows anything where more than half of the points are unknown
    unknown = storm.frames.map((frame) => [...frame.levels].filter((one) => one === "?").length > frame.levels.length / 2);
    const above = LEVELS.map((least) => storm.frames.map((frame, n) => (unknown[n] ? null : count(frame.levels, least))));
    const rain = storm.frames.map((_, n) => most(Object.values(storm.rain).map((district) => district[n])));
    made.relabel(words(storm, rain));
    made.show([times, ...above, rain]);
  }

  function mark(at) {
    shown = at;
    made.redraw();
  }

  return { load, mark };
}

const count = (levels, least) => [...levels].filter((one) => one !== "?" && Number(one) >= least).length;

function most(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length ? Math.max(...known) : null;
}

function words(storm, rain) {
  const worst = LEVELS.map((level) => Math.max(0, ...storm.frames.map((frame) => count(frame.levels, level))));
  const values = { blue: worst[0], orange: worst[2], red: worst[3], mm: (most(rain) ?? 0).toFixed(1) };
  return t("At most {blue} points under water, {orange} at orange or above, {red} at red; rain up to {mm} mm in 30 min.", values);
}

function options(UPlot, state, go) {
  const area = (level) => ({
    scale: "n",
    paths: UPlot.paths.stepped({ align: 1 }),
    fill: () => levelColour(level),
    stroke: () => colour("--outline"),
    width: 1,
    points: { show: false },
  });
  return {
    scales: {
      n: { range: (_, low, high) => [0, Math.max(5, Math.ceil(1.1 * (high ?? 0)))] },
      mm: { range: (_, low, high) => [0, Math.max(20, 1.1 * (high ?? 0))] },
    },
    axes: [
      timeAxis(),
      axis({ scale: "n", label: t("Points"), size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] }),
      axis({ scale: "mm", side: 1, label: t("Rain, mm in 30 min"), grid: { show: false }, size: 44 }),
    ],
    series: [{}, ...LEVELS.map(area), { scale: "mm", stroke: () => colour("--link"), width: 2, dash: [6, 3], points: { show: false } }],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    hooks: {
      drawClear: [(drawn) => drawUnknown(drawn, state())],
      draw: [(drawn) => drawShown(drawn, state())],
      ready: [(drawn) => drawn.over.addEventListener("click", () => drawn.cursor.idx !== null && go(drawn.cursor.idx))],
    },
  };
}

function drawUnknown(drawn, { times, unknown }) {
  const step = times.length > 1 ? times[1] - times[0] : 300;
  unknown.forEach((is, n) => is && hatch(drawn, times[n], times[n] + step));
}

function drawShown(drawn, { times, shown }) {
  if (!times.length) return;
  const { ctx, bbox } = drawn;
  const x = drawn.valToPos(times[shown], "x", true);
  rule(ctx, [x, bbox.top], [x, bbox.top + bbox.height], { ink: colour("--ink"), width: 3, edge: "--card" });
}
