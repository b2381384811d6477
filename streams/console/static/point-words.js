// Machine words about points and their sensors, as an officer says them.

import { t } from "./words.js";

/** How a station stands. */
export function stateWord(state) {
  const words = { ok: t("well"), silent: t("silent"), suspect: t("suspect"), aside: t("set aside"), never: t("never heard") };
  return words[state] ?? t("not known");
}

/** What a station gives. */
export function kindWord(kind) {
  const words = {
    level: t("depth sensor"),
    camera: t("camera"),
    rain: t("rain gauge"),
    bureau: t("rain forecast"),
    stage: t("river gauge"),
    pump: t("pump"),
    reports: t("reports of citizens"),
  };
  return words[kind] ?? kind;
}

/** A station's value with its unit. */
export function valueWord(kind, value) {
  if (value === null || value === undefined) return "–";
  if (kind === "pump") return value ? t("running") : t("stopped");
  if (kind === "rain" || kind === "bureau") return `${value.toFixed(1)} mm`;
  return `${value.toFixed(2)} m`;
}

/** What quality control noticed about a reading. */
export function flagWord(flag) {
  const words = {
    clock: t("its clock is ahead"),
    late: t("came late"),
    repeat: t("sent twice"),
    conflict: t("sent twice with different values"),
    range: t("outside what can be"),
    spike: t("a spike"),
    suspect: t("a jump that waits for proof"),
    believed: t("a jump that was believed"),
    confirmed: t("confirmed"),
    confirmed_at_once: t("a jump confirmed at once"),
    against_cameras: t("two cameras deny it"),
    flat_line: t("does not move"),
    box: t("a thing under the sensor"),
    low_confidence: t("the camera is not sure"),
    report_not_used: t("report not used"),
    set_aside: t("station set aside"),
    unknown_field: t("has fields nobody knows"),
  };
  return words[flag] ?? (flag.startsWith("bad_") ? t("a field cannot be read: {name}", { name: flag.slice(4) }) : flag);
}

/** What came of an act. */
export function outcomeWord(outcome) {
  return { done: t("done"), counted: t("counted, a second officer is needed"), refused: t("refused") }[outcome] ?? outcome;
}
