// How good the forecasts of a point were, in plain words: how far off, against water that stays as it is, and how often the band held.

import { fill, h } from "./dom.js";
import { minutes, percent } from "./time.js";
import { t } from "./words.js";

const LEADS_MIN = ["15", "30", "60"];
const FEW = 20;
const BETTER = 0.9;

export function showSkill(element, skill) {
  const leads = LEADS_MIN.filter((lead) => known(skill?.mae_cm?.[lead]));
  if (!skill?.cases || !leads.length) {
    fill(element, h("p", { class: "quiet" }, t("Not enough forecasts yet: nobody can say how good they are here.")));
    return;
  }
  const few = skill.cases < FEW ? h("p", { class: "note" }, t("Few cases: this says little.")) : null;
  fill(
    element,
    h("p", {}, t("Forecasts compared with what came: {n}.", { n: skill.cases })),
    few,
    h(
      "ul",
      {},
      leads.map((lead) => h("li", {}, sentence(skill, lead))),
    ),
  );
}

const known = (value) => value !== null && value !== undefined;

function sentence(skill, lead) {
  const off = skill.mae_cm[lead];
  const stays = skill.persistence_mae_cm?.[lead];
  const parts = [t("{time} ahead the median was off by {cm} cm", { time: minutes(Number(lead)), cm: off.toFixed(1) })];
  if (known(stays)) parts.push(against(off, stays));
  const held = share(skill.coverage_80?.[lead]);
  if (known(held)) parts.push(t("the 80 % band held {share} of what came", { share: percent(held) }));
  return `${parts.join("; ")}.`;
}

function against(off, stays) {
  const values = { cm: stays.toFixed(1) };
  if (off < BETTER * stays) return t("better than taking the water as it is ({cm} cm)", values);
  if (off * BETTER > stays) return t("worse than taking the water as it is ({cm} cm)", values);
  return t("no better than taking the water as it is ({cm} cm)", values);
}

/** A share may come as a number, or with what it is a share of. */
const share = (told) => (told !== null && typeof told === "object" ? told.value : told);
