// The chart of a point: rain from above, water seen, what is foreseen as a fan, and the levels it is measured against.

import { axis, colour, faint, hatch, levelColour, library, makeChart, ratio, rule, timeAxis, write } from "./chart.js";
import { $, fill, h, levelWord } from "./dom.js";
import { fan, nearest, observed, tables, thinned, unknownSpans } from "./point-water.js";
import { hour, metres } from "./time.js";
import { t } from "./words.js";

const HOURS = [1, 6, 24];
const AHEAD_S = 2 * 3600;
const STEP_S = { 1: 300, 6: 900, 24: 3600 };
const BANDS = [
  [2, 3, 0.16],
  [4, 5, 0.2],
  [6, 7, 0.28],
];

/** Answers `{show(view, now), hours()}`; `ask` has the view fetched anew, for other hours. */
export async function makeWaterChart({ place, ask, now }) {
  let hours = 6;
  let shown = { view: null, nowS: now() / 1000, rows: [], fan: [] };
  const buttons = HOURS.map((n) =>
    h("button", { type: "button", "aria-pressed": String(n === hours), onclick: () => choose(n) }, t("{n} h", { n })),
  );
  fill($("#hours"), buttons);

  const made = await makeChart($("#chart"), {
    height: 320,
    label: t("Chart of the water"),
    options: (UPlot) => options(UPlot, place, () => ({ ...shown, hours }), tell),
  });
  $("#keys").hidden = !made;
  if (made) fill($("#keys"), keys());
  else {
    fill($("#chart"), h("p", { class: "quiet" }, t("Charts cannot be drawn here: the table has the same numbers.")));
    $("#numbers").open = true;
  }

  function choose(n) {
    hours = n;
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(HOURS[at] === n)));
    draw();
    ask();
  }

  async function draw() {
    showTable(shown.view, place, shown.nowS, hours);
    if (!made) return;
    const join = (await library()).join;
    made.relabel(words(shown, hours));
    made.show(join(tables(shown.view)));
  }

  function tell(atS) {
    $("#readout").textContent = atS === null ? "" : readout(shown, atS);
  }

  function show(view, nowMs) {
    shown = { view, nowS: nowMs / 1000, rows: observed(view), fan: fan(view) };
    draw();
  }

  return { show, hours: () => hours };
}

function options(UPlot, place, shown, tell) {
  const quantile = { scale: "m", stroke: null, width: 0, points: { show: false } };
  return {
    scales: {
      x: { range: () => [shown().nowS - shown().hours * 3600, shown().nowS + AHEAD_S] },
      m: { range: (_, low, high) => [0, Math.max(1.15 * place.levels.at(-1), 1.1 * (high ?? 0))] },
      mm: { dir: -1, range: (_, low, high) => [0, Math.max(60, 3 * (high ?? 0))] },
    },
    axes: [
      timeAxis(),
      axis({ scale: "m", label: t("Depth, m"), values: (_, ticks) => ticks.map((m) => m.toFixed(1)), size: 44 }),
      axis({ scale: "mm", side: 1, label: t("Rain, mm in 30 min"), grid: { show: false }, size: 40 }),
    ],
    series: [
      {},
      {
        scale: "mm",
        paths: UPlot.paths.bars({ size: [0.9, 40] }),
        fill: () => faint("--link", 0.55),
        stroke: null,
        width: 0,
        points: { show: false },
      },
      ...Array.from({ length: 6 }, () => ({ ...quantile })),
      { scale: "m", stroke: () => colour("--link"), width: 2, dash: [6, 4], points: { show: false } },
      { scale: "m", stroke: () => colour("--ink"), width: 2.5, points: { show: false } },
    ],
    bands: BANDS.map(([high, low, share]) => ({ series: [high, low], fill: () => faint("--link", share) })),
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    hooks: {
      drawClear: [(drawn) => drawUnknown(drawn, shown())],
      draw: [(drawn) => drawLevels(drawn, place), (drawn) => drawNow(drawn, shown().nowS)],
      setCursor: [(drawn) => tell(drawn.cursor.left >= 0 ? drawn.posToVal(drawn.cursor.left, "x") : null)],
    },
  };
}

function drawUnknown(drawn, { rows, nowS, hours }) {
  for (const [from, until] of unknownSpans(rows, nowS - hours * 3600, nowS)) hatch(drawn, from, until);
}

function drawLevels(drawn, place) {
  const { ctx, bbox } = drawn;
  place.levels.forEach((depth, n) => {
    const y = drawn.valToPos(depth, "m", true);
    if (y < bbox.top) return;
    rule(ctx, [bbox.left, y], [bbox.left + bbox.width, y], { ink: levelColour(n + 1), width: 2, edge: "--edge" });
    write(ctx, `${levelWord(n + 1)} ${depth.toFixed(2)} m`, bbox.left + 6 * ratio(), y - 4 * ratio());
  });
}

function drawNow(drawn, nowS) {
  const { ctx, bbox } = drawn;
  const x = drawn.valToPos(nowS, "x", true);
  rule(ctx, [x, bbox.top], [x, bbox.top + bbox.height], { ink: colour("--ink"), width: 1.5, dash: [3, 3] });
  write(ctx, t("now"), x + 4 * ratio(), bbox.top + bbox.height - 5 * ratio(), { bold: true });
}

function keys() {
  const one = (name, text) => h("li", {}, h("span", { class: `key ${name}`, "aria-hidden": "true" }), text);
  return [
    one("seen", t("water seen")),
    one("median", t("foreseen, median")),
    one("fan", t("foreseen: 50, 80 and 90 % bands")),
    one("rain", t("rain, from above")),
    one("unknown", t("nothing known")),
  ];
}

function readout({ rows, view, fan: foreseen, nowS }, atS) {
  const parts = [hour(atS * 1000)];
  if (atS <= nowS) {
    const row = nearest(rows, atS, 660);
    parts.push(row && row.depth !== null ? `${metres(row.depth)}, ${levelWord(row.level)}` : t("Unknown"));
    const rain = nearest(
      (view?.rain ?? []).map((one) => ({ at: Date.parse(one.at) / 1000, mm: one.rain_mm_30min })),
      atS,
      660,
    );
    if (rain) parts.push(t("rain {mm} mm in 30 min", { mm: rain.mm.toFixed(1) }));
  } else {
    const row = nearest(foreseen, atS, 1800);
    if (row) parts.push(t("foreseen {median}, 80 % between {low} and {high}", spread(row)));
  }
  return parts.join(" · ");
}

const spread = (row) => ({ median: metres(row["0.5"]), low: metres(row["0.1"]), high: metres(row["0.9"]) });

/** The whole picture in a sentence, for who does not see it. */
function words({ rows, fan: foreseen }, hours) {
  const known = rows.filter((row) => row.depth !== null);
  const most = Math.max(0, ...known.map((row) => row.depth));
  const past = known.length
    ? t("Water of the last {n} h: at most {most}, last {last}.", { n: hours, most: metres(most), last: metres(known.at(-1).depth) })
    : t("Water of the last {n} h: nothing is known.", { n: hours });
  const last = foreseen.at(-1);
  const next = last ? t("Foreseen in two hours: {median}, 80 % between {low} and {high}.", spread(last)) : t("There is no forecast.");
  return `${past} ${next} ${t("The table below has the numbers.")}`;
}

function showTable(view, place, nowS, hours) {
  const rows = thinned(view, nowS, hours, STEP_S[hours]);
  const past = rows.map((row) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, hour(row.at * 1000)),
      h("td", { class: "number" }, row.depth === null ? "–" : metres(row.depth)),
      h("td", {}, row.depth === null ? t("Unknown") : levelWord(row.level)),
      h("td", { class: "number" }, row.rain === null ? "–" : row.rain.toFixed(1)),
    ),
  );
  const heads = [t("Time"), t("Depth"), t("Level"), t("Rain, mm in 30 min")].map((text) => h("th", { scope: "col" }, text));
  const levels = place.levels.map((depth, n) => `${levelWord(n + 1)} ${depth.toFixed(2)} m`).join(" · ");
  const caption = h("caption", {}, t("Seen in the last {n} h. Levels: {levels}", { n: hours, levels }));
  fill($("#water-table"), h("table", {}, caption, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, past)));
}
