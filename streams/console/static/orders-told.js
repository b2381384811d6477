// What came of an act, in words, above the list: the focus goes there, so that nobody misses it.

import { $, fill, h } from "./dom.js";
import { actWord, answerWords, outcomeWord } from "./orders-words.js";
import { t } from "./words.js";

/** Say something above the list. */
export function tell(...what) {
  const place = $("#outcome");
  fill(place, h("button", { type: "button", class: "close", "aria-label": t("Close"), onclick: () => fill(place) }, "×"), what);
  place.focus();
}

/** What came of an act, subject by subject; `name(subject)` is what people call it. */
export function tellOutcomes(told, name) {
  const line = (subject, outcome, tag, bad, words) =>
    h(
      "li",
      { dataset: { outcome } },
      h("b", {}, `${actWord(told.act)}: ${name(subject)}`),
      " ",
      h("span", { class: bad ? "tag bad" : "tag" }, tag),
      " ",
      words,
    );
  const late = t("The act is in the log; its district has not answered. It is done once, whatever you press.");
  tell(
    h(
      "ul",
      { class: "list outcomes" },
      told.outcomes.map((one) =>
        line(one.subject, one.outcome, outcomeWord(one.outcome), one.outcome === "refused", answerWords(one.words)),
      ),
      told.pending.map((subject) => line(subject, "pending", t("no answer yet"), true, late)),
    ),
  );
}
