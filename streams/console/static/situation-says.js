// Tells screen readers what has changed, politely: the gravest change, one sentence in ten seconds, and nothing for nothing.

import { nameOf } from "./context.js";
import { levelWord, say } from "./dom.js";
import { t } from "./words.js";

const PAUSE_MS = 10_000;

const levels = new Map();
const waiting = new Map();
let told = -Infinity;
let timer = null;
let known = false;

/** Hear of points that changed; `city` has their names. */
export function hear(ids, points, city) {
  for (const id of ids) {
    const level = points.get(id)?.level ?? null;
    if (known && levels.has(id) && levels.get(id) !== level) waiting.set(id, level);
    levels.set(id, level);
  }
  known ||= levels.size > 0;
  if (waiting.size && timer === null) timer = setTimeout(() => speak(city), Math.max(0, told + PAUSE_MS - performance.now()));
}

function speak(city) {
  timer = null;
  told = performance.now();
  const changes = [...waiting].sort(([, first], [, second]) => (second ?? 2.5) - (first ?? 2.5));
  waiting.clear();
  const [id, level] = changes[0];
  const words = t("{point}: now {level}.", { point: nameOf(city.points.get(id)) || id, level: levelWord(level) });
  const others = changes.length > 1 ? t("Other points that changed: {n}.", { n: changes.length - 1 }) : "";
  say(`${words} ${others}`);
}
