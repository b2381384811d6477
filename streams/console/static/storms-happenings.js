// What happened, beside the playback: what is past at the moment shown, what comes, and a way to each.

import { fill, h, reconcile } from "./dom.js";
import { entryLine, placesOf } from "./duty-words.js";
import { clock } from "./time.js";
import { t } from "./words.js";

const AROUND = 150; // so many before and after are in the page: of thousands nobody reads all

/** Answers `{load(entries), show(moment, playing)}`; `go(time)` is called with the time of one that is pressed. */
export function makeHappenings(element, kinds, data, go) {
  const city = placesOf(data);
  let entries = [];
  let moment = null;
  const choices = [
    ["level", t("levels")],
    ["order", t("orders")],
    ["decision", t("decisions")],
    ["signal", t("rain signals")],
    ["model", t("models")],
    ["people", t("notes and hand-overs")],
  ];
  const boxes = new Map(choices.map(([kind]) => [kind, h("input", { type: "checkbox", value: kind, checked: true })]));
  kinds.append(...choices.map(([kind, words]) => h("label", {}, boxes.get(kind), ` ${words}`)));
  kinds.addEventListener("input", () => draw(false));

  const wanted = (entry) => (boxes.get(entry.kind) ?? boxes.get("people")).checked;

  function draw(playing) {
    const shown = entries.filter(wanted);
    const now = shown.findLastIndex((entry) => Date.parse(entry.at) <= moment);
    const from = Math.max(0, now - AROUND);
    const part = shown.slice(from, Math.max(now, 0) + AROUND);
    if (!part.length) return fill(element, h("li", { class: "quiet", dataset: { key: "none" } }, t("Nothing of this kind happened.")));
    reconcile(
      element,
      part,
      (entry) => entry.entry,
      make,
      (item, entry) => update(item, entry, entry === shown[now]),
    );
    return follow(playing);
  }

  function make(entry) {
    const line = entryLine(entry, city);
    const time = line.querySelector("time");
    const button = h(
      "button",
      { type: "button", class: "go number", title: t("Go to this moment"), onclick: () => go(entry.at) },
      clock(entry.at),
    );
    time.replaceWith(button);
    return line;
  }

  function update(item, entry, current) {
    item.classList.toggle("ahead", Date.parse(entry.at) > moment);
    if (current) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  }

  /** Keep the newest in sight; not under the hands of somebody who reads elsewhere in it. */
  function follow(playing) {
    const current = element.querySelector("[aria-current]");
    if (!current || (!playing && element.contains(document.activeElement))) return;
    element.scrollTop = current.offsetTop - element.offsetTop - element.clientHeight / 2;
  }

  return {
    load(told) {
      entries = told;
      fill(element);
    },
    show(iso, playing) {
      moment = Date.parse(iso);
      draw(playing);
    },
  };
}
