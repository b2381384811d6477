// Handing over and taking over, each beside the briefing.

import { get, post } from "./api.js";
import { $, fill, h } from "./dom.js";
import { briefingView } from "./duty-briefing.js";
import { t } from "./words.js";

/** Words beside the briefing: who hands over sees what is open while writing. */
export function openHandOver(page) {
  const area = h("textarea", { id: "hand-text", maxlength: "2000", rows: "8" });
  opened(page.city, t("Hand over"), [
    h("p", {}, t("You keep duty until somebody takes over.")),
    h("p", {}, h("label", { for: "hand-text" }, t("What is open, what was promised, what to look at next")), area),
    buttons(
      page.done,
      t("Hand over: announce it"),
      () => area.value.trim() && post("/api/duty/hand-over", { text: area.value.trim() }),
      t("Announced: you have duty until somebody takes over."),
      () => (area.value.trim() ? "" : t("Write what is to be known.")),
    ),
  ]);
}

/** Whoever takes over reads it first; without a hand-over that is said. */
export function openTakeOver({ duty, ...page }) {
  const words =
    duty.officer === null
      ? t("Nobody has duty now.")
      : duty.hand_over
        ? t("{name} hands over to you.", { name: duty.display_name || duty.officer })
        : t("{name} has not handed over: that you take over without it is written into the log.", {
            name: duty.display_name || duty.officer,
          });
  opened(page.city, t("Take over"), [
    h("p", { class: duty.officer !== null && !duty.hand_over ? "note" : "" }, words),
    duty.hand_over ? h("blockquote", {}, duty.hand_over.text) : null,
    h("p", {}, t("Read what stands beside this, then take over. From that moment you have duty.")),
    buttons(page.done, t("Take over: I have duty"), () => post("/api/duty/take-over", {}), t("You have duty now.")),
  ]);
}

function opened(city, title, form) {
  $("#handing").hidden = false;
  fill($("#handing-title"), title);
  fill($("#handing-form"), form);
  const place = $("#handing-briefing");
  fill(place, h("p", { class: "quiet" }, t("Asking what must be known.")));
  get("/api/duty/briefing").then(
    (told) => fill(place, briefingView(told, city)),
    (problem) =>
      fill(
        place,
        h("p", { class: "fault", role: "alert" }, t("The briefing cannot be had: {why}", { why: problem.detail ?? String(problem) })),
      ),
  );
  $("#handing-title").focus();
}

function buttons(done, words, act, said, lacking = () => "") {
  const wrong = h("p", { class: "fault", role: "alert" });
  const go = h("button", { type: "button", class: "main", dataset: { confirm: "" }, onclick: decide }, words);
  async function decide() {
    if (lacking()) return fill(wrong, lacking());
    go.disabled = true;
    try {
      await act();
      $("#handing").hidden = true;
      await done(said);
    } catch (problem) {
      go.disabled = false;
      fill(wrong, problem.detail ?? String(problem));
    }
  }
  return [
    wrong,
    h(
      "p",
      { class: "row" },
      go,
      h("button", { type: "button", onclick: () => ($("#handing").hidden = true) }, t("Back, without doing anything")),
    ),
  ];
}
