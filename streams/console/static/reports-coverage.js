// Where citizens report water and the city has no low point: proposals, and their GeoJSON to copy.

import { get } from "./api.js";
import { nameOf } from "./context.js";
import { fill, h, say } from "./dom.js";
import { copyButton, scoreWord } from "./reports-words.js";
import { metres, percent, stamp } from "./time.js";
import { t } from "./words.js";

/** Ask for proposals and show them. */
export async function showCoverage(element, city) {
  let told;
  try {
    told = await get("/api/reports/coverage");
  } catch (problem) {
    fill(element, h("p", { class: "fault" }, problem.detail ?? String(problem)));
    return;
  }
  if (!told.proposals.length) {
    fill(element, h("p", { class: "quiet" }, t("No place is reported often enough: nothing is proposed.")));
    return;
  }
  const heads = [t("Place"), t("Evidence"), t("Depth"), t("Ground"), t("Believable"), t("Last")].map((text) => h("th", { scope: "col" }, text));
  const rows = told.proposals.map((one) => row(one, city));
  const table = h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
  const text = JSON.stringify(told.geojson, null, 1);
  const words = h("span", { role: "status" });
  const tell = (told) => {
    words.textContent = told;
    say(told);
  };
  fill(
    element,
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "coverage-title" }, table),
    h("p", { class: "row" }, copyButton(() => text, t("Copy as GeoJSON"), tell), words),
    h("details", {}, h("summary", {}, t("GeoJSON for low_points.geojson")), h("textarea", { readonly: true, rows: "10", "aria-label": t("GeoJSON for low_points.geojson") }, text)),
    h("p", { class: "soft" }, t("Give each a name and a class after somebody has been there, and a station of kind reports, so that accepted reports raise its level.")),
  );
}

function row(one, city) {
  const near = one.nearest ? nameOf(city.points.get(one.nearest.low_point) ?? { id: one.nearest.low_point }) : null;
  const hollow = one.hollow === null ? t("not known") : one.hollow ? t("a hollow") : t("no hollow");
  const evidence = { n: one.reports, sources: one.sources, storms: one.storms, accepted: one.accepted };
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      h("span", { class: "number" }, `${one.lat.toFixed(5)}, ${one.lon.toFixed(5)}`),
      near ? h("div", { class: "soft" }, t("{m} m from {name}", { m: Math.round(one.nearest.distance_m), name: near })) : null,
    ),
    h("td", {}, t("{n} reports of {sources} sources in {storms} storms, {accepted} accepted", evidence)),
    h("td", { class: "number" }, one.depth_m === null ? "–" : metres(one.depth_m)),
    h("td", {}, hollow),
    h("td", {}, `${percent(one.score)} ${scoreWord(one.score)}`),
    h("td", {}, h("time", { datetime: one.last_at }, stamp(one.last_at))),
  );
}
