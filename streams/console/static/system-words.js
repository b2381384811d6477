// Words for the state of the system: stations, dead letters, models.

import { t } from "./words.js";

/** States of a station in the order of how much they need somebody. */
export const WORST_FIRST = ["never", "silent", "suspect", "aside", "ok"];

const STATES = () => ({ never: t("never heard"), silent: t("silent"), suspect: t("suspect"), aside: t("set aside"), ok: t("well") });

export const stationState = (state) => STATES()[state] ?? state;

const KINDS = () => ({
  level: t("level sensor"),
  camera: t("camera"),
  rain: t("rain gauge"),
  bureau: t("weather bureau"),
  stage: t("river stage"),
  pump: t("pump"),
  reports: t("citizens' reports"),
});

export const kindWord = (kind) => KINDS()[kind] ?? kind;

const REASONS = () => ({
  not_one_json_object: t("not one JSON object in UTF-8"),
  over_1_mib: t("larger than 1 MiB"),
  missing_field: t("a field is missing"),
  wrong_type: t("a field is of the wrong type"),
  unknown_station: t("unknown station"),
  unknown_kind: t("unknown kind"),
  kind_not_given_by_station: t("a kind that its station does not give"),
  station_of_another_owner: t("a station of another owner"),
  not_finite: t("a value that is no number"),
  time_not_rfc3339_with_zone: t("a time without a zone, or none"),
  time_over_10_min_after_received_at: t("a time more than 10 min ahead"),
  period_s_missing_or_not_positive: t("a period that is missing or not positive"),
  pump_other_than_0_or_1: t("a pump that is neither 0 nor 1"),
  decision_not_usable: t("a decision that cannot be used"),
  failed_in_processing: t("failed while it was worked on"),
});

export const letterReason = (reason) => REASONS()[reason] ?? reason;

const SWAPS = () => ({
  used: t("is in use"),
  refused: t("was refused"),
  returned: t("was taken back"),
  kept: t("was kept"),
  lost: t("is lost"),
});

export const swapWord = (what) => SWAPS()[what] ?? what;

const WHYS = [
  [/^nothing has come from it yet$/, () => t("nothing has come from it yet")],
  [/^nothing for over (\d+) min$/, (n) => t("nothing for over {n} min", { n })],
  [/^nothing trusted from it for (\d+) min$/, (n) => t("nothing that can be trusted for {n} min", { n })],
  [/^its district says nothing$/, () => t("its district says nothing")],
  [/^its district has said nothing of it$/, () => t("its district has said nothing of it")],
  [/^its newest reading is not believed$/, () => t("its newest reading is not believed")],
  [
    /^a sudden rise to ([\d.]+) m waits until/,
    (m) => t("a sudden rise to {m} m waits for a second reading, rain or a wet neighbour", { m }),
  ],
  [/^a sudden rise to ([\d.]+) m at \S+ that nothing has confirmed$/, (m) => t("a sudden rise to {m} m that nothing has confirmed", { m })],
  [/^([-\d.]+) m is outside/, (m) => t("{m} m is outside what it can measure", { m })],
  [/^([\d.]+) m without moving for (\d+) min: stuck$/, (m, n) => t("{m} m without moving for {n} min: stuck", { m, n })],
  [
    /^([\d.]+) m stands flat since a rise/,
    (m) => t("{m} m stands flat since a rise that nothing confirmed: a thing under the sensor, not water", { m }),
  ],
  [/^set aside by (\S+) until \S+: (.*)$/, (name, reason) => t("set aside by {name}: {reason}", { name, reason })],
];

/** Why a station is not well, in the reader's language. */
export function stationWhy(why) {
  for (const [pattern, told] of WHYS) {
    const found = pattern.exec(why);
    if (found) return told(...found.slice(1));
  }
  return why;
}
