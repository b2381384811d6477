// What is said of citizens' reports: their reasons by code, their depth, their place and state.

import { h, levelWord } from "./dom.js";
import { metres } from "./time.js";
import { t } from "./words.js";

/** Why a group is believed or doubted. */
export function reasonWord({ code, figures }) {
  const words = {
    sources: t("{sources} sources that have nothing to do with each other", figures),
    one_source: t("{reports} reports of one device or address: one source", figures),
    photos: t("{photos} different pictures", figures),
    photo: t("a picture"),
    no_photo: t("no picture"),
    copied: t("the same picture was sent of other places too"),
    photo_fresh: t("the picture was taken at the time of the report"),
    photo_old: t("the picture was taken {minutes} min before or after", figures),
    photo_here: t("the picture was taken there"),
    photo_elsewhere: t("the picture was taken {metres} m away", figures),
    rain: t("{mm} mm of rain in 30 min", figures),
    no_rain: t("no rain: {mm} mm in 30 min", figures),
    neighbour_wet: t("a low point within 2 km stands under {depth_m} m", figures),
    neighbours_dry: t("{points} low points within 2 km are dry", figures),
    sensor_agrees: t("its own stations agree: {depth_m} m", figures),
    sensor_dry: t("its own stations say that it is dry"),
    sensor_differs: t("its own stations say {depth_m} m", figures),
    forecast_likely: t("water was forecast: {percent}%", figures),
    forecast_unlikely: t("no water was forecast: {percent}%", figures),
    low_point: t("a known low point"),
    hollow: t("the ground is a hollow there"),
    high_ground: t("the ground is no hollow there"),
    old: t("seen {minutes} min ago", figures),
    place_sure: t("the plate at the place was scanned"),
    place_vague: t("the place is known to {metres} m only", figures),
    place_unknown: t("the place is not known"),
    depths_agree: t("the sources agree on the depth"),
    depths_differ: t("the sources differ by {metres} m", figures),
    source_differs: t("the reports of one source differ by {metres} m: its deeper ones count", figures),
    depth_of_one: t("one source alone says that it is so deep now"),
    depth_before: t("up to half an hour before it was {depth_m} m", figures),
    elsewhere: t("the same device reports from far away at the same time: {reports}", figures),
    accepted_here: t("reports of the same water by others were accepted: {reports}", figures),
    hidden_before: t("reports of the same devices were hidden before: {reports}", figures),
    accepted_before: t("reports of the same devices were accepted before: {reports}", figures),
  };
  return words[code] ?? code;
}

/** What a score stands for. */
export function scoreWord(score) {
  if (score >= 0.7) return t("believable");
  return score >= 0.4 ? t("uncertain") : t("doubtful");
}

export function stateWord(state) {
  const words = {
    new: t("waits"),
    asked: t("asked back"),
    merged: t("merged, waits"),
    accepted: t("accepted"),
    hidden: t("hidden"),
  };
  return words[state] ?? state;
}

/** The word that somebody chose for the depth. */
export function depthWord(word) {
  const words = {
    dry: t("dry"),
    ankle: t("ankle"),
    hub: t("wheel hub"),
    knee: t("knee"),
    thigh: t("thigh"),
    bonnet: t("bonnet of a car"),
  };
  return words[word] ?? "";
}

/** How the place is known. */
export function placeWord(by) {
  const words = {
    map: t("chosen on the map"),
    position: t("position of the phone"),
    plate: t("plate at the place"),
    point: t("chosen low point"),
    photo: t("place of the picture"),
  };
  return words[by] ?? t("place not known");
}

/** In what a report repeats another one. */
export function duplicateWord(why, number) {
  const words = {
    picture: t("the same picture as report {n}", { n: number }),
    source: t("the same source as report {n}", { n: number }),
    words: t("the same words as report {n}", { n: number }),
  };
  return words[why] ?? "";
}

/** Why a report stands apart from the others of its group. */
export function apartWord(why) {
  const words = {
    copied: t("its picture is of another place too"),
    elsewhere: t("its device was elsewhere at the time"),
    depth: t("another depth than the others"),
  };
  return words[why] ?? "";
}

const APART_M = 0.3; // as the desk has it: who named another depth than the accepted one is no witness of it

/** What accepting these reports of a group with this depth would do: for as long as the water that they saw still counts. */
export function effectOf(group, meant, depth_m) {
  const { effect } = group;
  if (["no_low_point", "no_station", "training"].includes(effect.why_none)) return effect;
  const saw = meant.filter((one) => one.depth_m === null || Math.abs(one.depth_m - depth_m) <= APART_M);
  const there = (saw.length ? saw : meant).filter((one) => one.observes); // the others say nothing of the point
  const minutes = Math.max(0, ...there.map((one) => one.minutes));
  return { ...effect, minutes, why_none: !meant.length ? "all_apart" : !there.length ? "too_far" : minutes ? "" : "too_old" };
}

/** What accepting does, before it is done: never more than is known. */
export function effectWord(effect, level) {
  const why = {
    no_low_point: t("Accepting raises no level: these reports are about no low point. They stay as ground truth."),
    no_station: t("Accepting raises no level: the city has no station of kind reports at this low point. They stay as ground truth."),
    training: t("Accepting raises no level: these reports are of an exercise."),
    too_old: t("Accepting raises no level: the water was seen over 30 min ago. They stay as ground truth."),
    too_far: t("Accepting raises no level: the places of these reports are over 150 m from the low point. They stay as ground truth."),
    all_apart: t("All that wait stand apart from each other: tick those that you mean."),
  };
  if (why[effect.why_none]) return why[effect.why_none];
  if (level === null) return t("Say how deep the water is.");
  if (level === 0) return t("Accepting raises no level: this depth is below all of them.");
  if (effect.level_now !== null && effect.level_now >= level) {
    return t("The point stands at {now} already: accepting keeps it at {level} at least for {minutes} min.", {
      now: levelWord(effect.level_now),
      level: levelWord(level),
      minutes: effect.minutes,
    });
  }
  return t("Accepting raises the level to {level}, basis: report, for {minutes} min.", { level: levelWord(level), minutes: effect.minutes });
}

/** What became of the observation of an accepted report. */
export function observationWord(state) {
  return { waits: t("observation on its way"), sent: t("observation sent") }[state] ?? "";
}

/** A group's depth with its error. */
export function depthWords(depth) {
  return depth ? t("{depth} ± {error}", { depth: metres(depth.depth_m), error: metres(depth.error_sd_m) }) : t("no depth named");
}

/** A button that copies a text; where that is not allowed the text itself is there to be marked. */
export function copyButton(text, words, told) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      told(t("Copied."));
    } catch {
      told(t("This browser does not let a page copy: mark the text and copy it."));
    }
  };
  return h("button", { type: "button", onclick: copy }, words);
}
