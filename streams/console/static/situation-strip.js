// The strip above: the situation in a sentence, points by level, districts with their rain. Its buttons choose what is looked at.

import { nameOf } from "./context.js";
import { $, h, levelWord, reconcile, setSymbol, setText, symbol } from "./dom.js";
import { filter } from "./situation-filter.js";
import { countLevels, sentence, signalWord } from "./situation-words.js";
import { ago } from "./time.js";
import { t } from "./words.js";

const LEVELS = ["4", "3", "2", "1", "unknown", "0"];
const SIGNALS = ["", "blue", "yellow", "orange", "red"];

/** Bring the strip up to date. */
export function showStrip(state, city, lastKnown, now) {
  const points = [...(state.get("point")?.values() ?? [])];
  const orders = [...(state.get("order")?.values() ?? [])];
  setText($("#sentence"), sentence(points, orders, lastKnown));
  $("#sentence").classList.toggle("last", lastKnown);
  showLevels(countLevels(points), points.length > 0, lastKnown);
  showDistricts(state, city, lastKnown, now);
  setText($("#rain"), rainWords(state.get("district"), city));
}

function showLevels(counts, known, lastKnown) {
  reconcile($("#levels"), LEVELS, String, makeLevel, (button, level) => {
    const number = known ? String(counts[level]) : "?";
    setText(button.querySelector("b"), number);
    const level_ = level === "unknown" ? null : Number(level);
    setSymbol(button.querySelector("svg"), lastKnown && level === "0" ? null : level_);
    button.classList.toggle("none", number === "0");
    button.classList.toggle("last", lastKnown);
    press(button, filter.level === level);
  });
}

function makeLevel(level) {
  const number = level === "unknown" ? null : Number(level);
  const choose = () => filter.toggle("level", level);
  return h("button", { type: "button", class: "level", onclick: choose }, symbol(number), h("b"), " ", h("span", {}, levelWord(number)));
}

function showDistricts(state, city, lastKnown, now) {
  const points = new Map(city.districts.map(({ id }) => [id, []]));
  for (const [id, point] of state.get("point") ?? []) points.get(city.points.get(id)?.district)?.push(point);
  reconcile($("#districts"), city.districts, ({ id }) => id, makeDistrict, (item, { id }) => {
    const district = state.get("district")?.get(id);
    const counts = countLevels(points.get(id));
    const silent = lastKnown || !district || district.silent;
    item.firstElementChild.classList.toggle("last", silent);
    press(item.firstElementChild, filter.district === id);
    const count = (part, level) => setText(part.querySelector("b"), String(counts[level]));
    reconcile(item.querySelector(".counts"), shown(counts), String, makeCount, count);
    setText(item.querySelector(".rain"), districtWords(district, now));
  });
}

/** Levels of a district that are worth a sign; where there is none, that all is without warning. */
function shown(counts) {
  const found = ["4", "3", "2", "1", "unknown"].filter((level) => counts[level]);
  return found.length ? found : ["0"];
}

function makeDistrict(district) {
  const choose = () => filter.toggle("district", district.id);
  const parts = [h("span", { class: "name" }, nameOf(district)), h("span", { class: "counts" }), h("span", { class: "rain" })];
  return h("li", {}, h("button", { type: "button", class: "district", onclick: choose }, parts));
}

function makeCount(level) {
  const number = level === "unknown" ? null : Number(level);
  return h("span", { class: "count" }, symbol(number), h("span", { class: "visually-hidden" }, `${levelWord(number)}: `), h("b"), " ");
}

function districtWords(district, now) {
  if (!district || (district.silent && !district.as_of)) return t("never heard");
  if (district.silent) {
    const age = now === null ? "" : ago((now - Date.parse(district.as_of)) / 1000);
    return t("silent, last word {ago}", { ago: age });
  }
  const rain = district.rain_mm_30min === null ? t("rain not known") : t("{n} mm/30 min", { n: district.rain_mm_30min.toFixed(1) });
  return district.signal ? `${rain} · ${signalWord(district.signal)}` : rain;
}

function rainWords(districts, city) {
  const told = [...(districts ?? [])].filter(([, district]) => district.rain_mm_30min !== null);
  if (!told.length) return t("Rain: not known");
  const [most, district] = told.reduce((first, second) => (second[1].rain_mm_30min > first[1].rain_mm_30min ? second : first));
  const mean = told.reduce((sum, [, { rain_mm_30min }]) => sum + rain_mm_30min, 0) / told.length;
  const signal = [...districts.values()].reduce((high, { signal }) => Math.max(high, SIGNALS.indexOf(signal ?? "")), 0);
  const words = t("Rain in 30 min: mean {mean} mm, most {most} mm ({name})", {
    mean: mean.toFixed(1),
    most: district.rain_mm_30min.toFixed(1),
    name: nameOf(city.districts.find(({ id }) => id === most)),
  });
  const all = city.districts.length;
  const part = told.length < all ? t("districts heard: {n} of {all}", { n: told.length, all }) : "";
  return [words, part, signalWord(SIGNALS[signal])].filter(Boolean).join(" · ");
}

function press(button, pressed) {
  const value = String(pressed);
  if (button.getAttribute("aria-pressed") !== value) button.setAttribute("aria-pressed", value);
}
