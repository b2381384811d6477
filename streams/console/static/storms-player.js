// Plays a storm: play and pause, a slider for the keyboard's arrows, and how fast. It never begins by itself.

import { fill, h, setText } from "./dom.js";
import { stamp } from "./time.js";
import { t } from "./words.js";

const FRAME_MIN = 5;
const PER_SECOND = [1, 2, 4, 8];
const FIRST = 2;

/** Answers `{load(frames), goTo(at), goToTime(iso), pause(), say(words)}`; `shown(at, playing)` is called at every frame. */
export function makePlayer({ play, speed, slider, moment, shown }) {
  let frames = [];
  let timer = null;
  const option = (n) => h("option", { value: n, selected: n === FIRST }, t("{n} min each second", { n: n * FRAME_MIN }));
  fill(speed, PER_SECOND.map(option));

  const at = () => Number(slider.value);

  function show() {
    if (!frames.length) return;
    setText(moment, stamp(frames[at()].at).slice(0, -3));
    shown(at(), timer !== null);
  }

  function goTo(place) {
    slider.value = Math.max(0, Math.min(frames.length - 1, place));
    show();
  }

  function step() {
    if (at() >= frames.length - 1) return pause();
    return goTo(at() + 1);
  }

  function start() {
    if (at() >= frames.length - 1) goTo(0);
    timer = setInterval(step, 1000 / Number(speed.value));
    words();
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    words();
  }

  function words() {
    setText(play, timer === null ? t("▶ Play") : t("❚❚ Pause"));
  }

  play.addEventListener("click", () => (timer === null ? start() : pause()));
  slider.addEventListener("input", show);
  speed.addEventListener("input", () => {
    if (timer === null) return;
    pause();
    start();
  });
  words();

  return {
    load(told) {
      frames = told;
      slider.max = Math.max(0, told.length - 1);
      goTo(worst(told));
    },
    goTo,
    goToTime(iso) {
      const time = Date.parse(iso);
      const next = frames.findIndex((frame) => Date.parse(frame.at) >= time);
      goTo(next === -1 ? frames.length - 1 : next);
    },
    pause,
    /** What a screen reader says of the slider. */
    say: (told) => slider.setAttribute("aria-valuetext", `${moment.textContent}: ${told}`),
  };
}

/** The first frame with the most points at the highest level: that is what one wants to see first. */
function worst(frames) {
  const weight = (levels) => [...levels].reduce((sum, level) => sum + (level === "?" ? 0 : 10 ** Number(level) - 1), 0);
  return frames.reduce((best, frame, at) => (weight(frame.levels) > best.weight ? { at, weight: weight(frame.levels) } : best), {
    at: 0,
    weight: 0,
  }).at;
}
