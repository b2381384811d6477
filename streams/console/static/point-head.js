// The head of a point's page: how bad it is now, since when that is known, and why it stands there.

import { nameOf } from "./context.js";
import { fill, h, levelWord, setSymbol, setText, symbol } from "./dom.js";
import { basisWord, trendWord } from "./situation-words.js";
import { ago, metres, minutes, percent, stamp } from "./time.js";
import { t } from "./words.js";

/** Answers `{show(entity, now), age(now)}`; `acts` is the element of what may be done here. */
export function makeHead(element, { place, city, acts }) {
  const district = city.districts.find((one) => one.id === place.district);
  const sign = symbol(null);
  const level = h("strong", { class: "level" });
  const depth = h("span", { class: "depth number" });
  const trend = h("span", { class: "trend" });
  const seen = h("span", { class: "soft" });
  const tags = h("p", { class: "tags row" });
  const why = h("p", { class: "why" });
  const next = h("p", { class: "coming" });
  const title = element.querySelector("h1");
  setText(title, nameOf(place));
  const where = h("p", { class: "soft" }, h("span", { class: "id" }, place.id), ` · ${nameOf(district)} · ${classWord(place.class)}`);
  const now = h("p", { class: "state" }, h("span", { class: "level-box" }, sign, level), depth, trend, seen);
  fill(element, h("div", { class: "point-what" }, title, where, now, tags, why, next), acts);
  let shown = null;

  function age(nowMs) {
    const at = shown?.observed_at;
    setText(seen, at ? `${t("seen {ago}", { ago: ago((nowMs - Date.parse(at)) / 1000) })} (${stamp(at)})` : t("never seen"));
  }

  function show(entity, nowMs) {
    shown = entity;
    const known = entity?.level ?? null;
    setSymbol(sign, known);
    setText(level, known === null ? t("Unknown: this does not mean dry") : levelWord(known));
    setText(depth, depthWords(entity));
    setText(trend, trendWord(entity?.trend));
    element.className = `card point-head x${known ?? "unknown"}`;
    age(nowMs);
    fill(tags, tagsOf(entity));
    why.hidden = !entity?.why;
    fill(why, entity?.why ? [h("b", {}, t("Why:")), " ", h("span", { lang: "en" }, entity.why)] : []);
    setText(next, coming(entity?.forecast));
    next.hidden = !next.textContent;
  }

  return { show, age };
}

function classWord(name) {
  const words = { underpass: t("underpass"), sag: t("hollow in the road"), riverside: t("by the river") };
  return words[name] ?? name;
}

function tagsOf(entity) {
  const tag = (text, bad = true) => h("span", { class: bad ? "tag bad" : "tag" }, text);
  if (!entity) return [tag(t("nothing was ever said of it"))];
  const found = [];
  if (entity.level) found.push(tag(basisWord(entity.basis), false));
  if (entity.unconfirmed) found.push(tag(t("unconfirmed: one sensor alone says so")));
  if (entity.last) found.push(tag(t("last known, not what is now")));
  if (entity.held) found.push(tag(t("its sensors are silent")));
  if (entity.level === null && entity.was !== null && entity.was !== undefined)
    found.push(tag(t("was {level}", { level: levelWord(entity.was) })));
  return found;
}

/** A depth that is only last known must not look like what is. */
function depthWords(entity) {
  if (entity?.depth_m === null || entity?.depth_m === undefined) return t("no depth");
  const current = entity.level !== null && !entity.last && !entity.held;
  return current ? metres(entity.depth_m) : t("last seen {depth}", { depth: metres(entity.depth_m) });
}

/** What is foreseen, in a sentence. */
function coming(forecast) {
  if (!forecast) return "";
  const soon = Object.entries(forecast.minutes_to ?? {}).filter(([, n]) => n !== null && n >= 1);
  const parts = [t("Foreseen: peak {depth} within 2 h", { depth: metres(forecast.peak_m) })];
  for (const [level, n] of soon) parts.push(t("{level} in {time}", { level: levelWord(Number(level)), time: minutes(n) }));
  for (const [level, p] of Object.entries(forecast.chance ?? {})) {
    parts.push(t("chance of {level} within 30 min {chance}", { level: levelWord(Number(level)), chance: percent(p) }));
  }
  return parts.join(" · ");
}
