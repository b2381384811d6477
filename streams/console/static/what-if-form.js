// The question: how much rain, in what time, and what the drains and pumps do. It stands in the address, so that it can be sent on.

import { $, h } from "./dom.js";
import { lasting } from "./what-if-words.js";
import { t } from "./words.js";

const DURATIONS_MIN = [5, 10, 15, 30, 60, 90, 120, 180, 240, 360];
const MOST_MM = 300;
const FIRST = { amount_mm: 50, duration_min: 60, drains: "free", pumps: "as-now" };

/** Answers `{question()}`, null while it is none; `changed` is called at every change. */
export function makeForm(form, changed) {
  const [slider, number] = [$("#amount", form), $("#amount-number", form)];
  const begun = fromAddress();
  const duration = choice(
    $("#duration", form),
    "duration",
    begun.duration_min,
    DURATIONS_MIN.map((n) => [n, lasting(n)]),
  );
  const drains = choice($("#drains", form), "drains", begun.drains, [
    ["free", t("free")],
    ["half", t("half blocked")],
  ]);
  const pumps = choice($("#pumps", form), "pumps", begun.pumps, [
    ["as-now", t("as now")],
    ["on", t("all on")],
    ["off", t("all off")],
  ]);
  slider.value = number.value = begun.amount_mm;

  function question() {
    if (!number.value || !number.validity.valid) return null;
    return { amount_mm: Number(number.value), duration_min: Number(duration()), drains: drains(), pumps: pumps() };
  }

  form.addEventListener("input", (event) => {
    if (event.target === slider) number.value = slider.value;
    if (event.target === number && number.validity.valid) slider.value = number.value;
    const asked = question();
    if (!asked) return;
    history.replaceState(null, "", `#${new URLSearchParams(asked)}`);
    changed();
  });
  return { question };
}

function choice(place, name, chosen, options) {
  const boxes = options.map(([value]) => h("input", { type: "radio", name, value, checked: String(value) === String(chosen) }));
  place.append(...options.map(([, words], at) => h("label", {}, boxes[at], h("span", {}, words))));
  return () => boxes.find((box) => box.checked).value;
}

/** What the address asks for; what it does not say, or says wrongly, is as usual. */
function fromAddress() {
  const told = new URLSearchParams(location.hash.slice(1));
  const mm = Number(told.get("amount_mm") ?? FIRST.amount_mm);
  const min = Number(told.get("duration_min"));
  return {
    amount_mm: mm >= 0 && mm <= MOST_MM ? Math.round(mm / 5) * 5 : FIRST.amount_mm,
    duration_min: DURATIONS_MIN.includes(min) ? min : FIRST.duration_min,
    drains: told.get("drains") === "half" ? "half" : FIRST.drains,
    pumps: ["on", "off"].includes(told.get("pumps")) ? told.get("pumps") : FIRST.pumps,
  };
}
