// The chosen order: what, why, what changed, whom it concerns, and what can be done about it.

import { context, may } from "./context.js";
import { h, levelWord, symbol } from "./dom.js";
import { difference } from "./orders-diff.js";
import { answerWords, basisWord, count, effectWords, languageName, signWords, signatures, stateWord, zoneName } from "./orders-words.js";
import { texts } from "./orders-sign.js";
import { signable } from "./orders-list.js";
import { clock, stamp } from "./time.js";
import { t } from "./words.js";

/** What is known without asking: it stands at once. */
export function headOf(order) {
  return [
    h(
      "div",
      { class: "head", dataset: { level: order.level } },
      h("h2", { id: "chosen-title" }, symbol(order.level), h("span", {}, `${levelWord(order.level)} · ${zoneName(order)}`)),
      h("p", { class: "head-people" }, h("b", { class: "number" }, count(order.people)), " ", t("people live in the zone")),
      h(
        "p",
        { class: "head-state" },
        h("span", { class: "tag" }, stateWord(order.state)),
        " ",
        order.state === "draft" ? signatures(order) : answerWords(order.decision),
      ),
    ),
    order.release_rule
      ? h(
          "p",
          { class: "note due" },
          h("strong", { dataset: { due: order.release_rule.due_at } }),
          " ",
          t("The policy's written rule: measured, and nobody rejects or edits it until then."),
        )
      : null,
    order.unconfirmed
      ? h(
          "p",
          { class: "note loud" },
          h("strong", {}, t("UNCONFIRMED: one sensor says so, and nothing else yet.")),
          " ",
          t("Look at a camera or call somebody there."),
        )
      : null,
    h(
      "p",
      { class: "why" },
      h("b", {}, t("Why:")),
      " ",
      order.reason || "–",
      " ",
      h("span", { class: "quiet" }, t("It rests on: {basis}.", { basis: basisWord(order.basis) })),
    ),
  ];
}

/** What can be done, or why not. */
export function actsOf(order, review, zone, does) {
  const act = (name, words, kind = "", rule = true) =>
    rule ? h("button", { type: "button", class: kind, dataset: { act: name }, onclick: does[name] }, words) : null;
  const draft = order.state === "draft";
  const end = Object.fromEntries((review?.ends ?? []).map((one) => [one.act, one]));
  const endWords = (name, words) => {
    const by = end[name]?.signed_by ?? [];
    const asked = t("{n} of 2, by {names}", { n: by.length, names: by.join(", ") });
    return by.length ? `${words} (${asked})` : words;
  };
  return [
    whyNot(order),
    signable(order)
      ? h(
          "p",
          { class: "sign-row" },
          act("sign", signWords(order), order.level === 4 ? "danger sign" : "main sign"),
          h("span", { class: "quiet" }, effectWords(order)),
        )
      : null,
    h(
      "p",
      { class: "row acts" },
      act("edit", t("Edit the text"), "", draft && may("edit") && Object.keys(order.texts).length > 0),
      act("reject", t("Reject"), "", draft && may("reject")),
      act("call_off", endWords("call_off", t("Call off: the danger is over")), "", Boolean(end.call_off) && may("cancel")),
      act("correct", endWords("correct", t("Correct: it was an error")), "", Boolean(end.correct) && may("cancel")),
      act("raise", t("Raise the zone"), "", may("raise")),
      act("silence", t("Silence the zone"), "", may("silence") && order.level < 4),
      act("end", t("End what is done by hand"), "", may("raise") && Boolean(zone?.by_hand || zone?.silenced)),
    ),
    zone?.by_hand ? h("p", { class: "note" }, t("By hand:"), " ", zone.by_hand) : null,
    zone?.silenced ? h("p", { class: "note" }, t("Silenced:"), " ", zone.silenced) : null,
  ];
}

/** Who may not decide learns why, and sees everything else. */
function whyNot(order) {
  if (order.state !== "draft") return null;
  if (order.signed_by.includes(context.me.name))
    return h("p", { class: "note", id: "why-not" }, t("You have signed it. Another officer must sign too."));
  if (may("sign")) return null;
  const roles = { viewer: t("viewer"), forecaster: t("forecaster"), administrator: t("administrator") };
  return h(
    "p",
    { class: "quiet", id: "why-not" },
    t("You are here as {role}: an officer signs. You see all that they see.", { role: roles[context.me.role] ?? context.me.role }),
  );
}

/** Texts, and what is different in them. */
export function textsOf(order, review) {
  const before = review?.compared;
  const languages = Object.keys(order.texts);
  const changed = before
    ? languages.filter((language) => before.texts[language] && before.texts[language].text !== order.texts[language].text)
    : [];
  return [
    h("h3", {}, t("Text as residents get it")),
    h("div", { class: "texts" }, texts(order.texts)),
    changed.map((language) => [
      h("h4", {}, t("Changed in {language}, against version {n}", { language: languageName(language), n: before.version })),
      difference(before.texts[language].text, order.texts[language].text, language),
    ]),
  ];
}

/** What is different to what people were told last. */
export function changesOf(order, review) {
  const before = review?.compared;
  if (!review) return h("p", { class: "quiet" }, t("Asking for the version before."));
  if (!before) return h("p", { class: "quiet" }, t("This is the first version: nobody was told anything before."));
  const values = { n: before.version, state: stateWord(before.state), time: clock(before.decided ?? before.issued_at) };
  const rows = [
    [t("Level"), levelWord(before.level), levelWord(order.level)],
    [t("Rests on"), basisWord(before.basis), basisWord(order.basis)],
    [t("Confirmed"), before.unconfirmed ? t("no") : t("yes"), order.unconfirmed ? t("no") : t("yes")],
  ].filter(([, old, now]) => old !== now);
  const sentence =
    before.state === "released"
      ? t("Against version {n}, which went out at {time}:", values)
      : t("Against version {n}, which never went out ({state}, {time}):", values);
  return [
    h("p", {}, sentence, " ", rows.length ? "" : t("level and basis are the same.")),
    rows.length
      ? h(
          "dl",
          {},
          rows.map(([name, old, now]) => [h("dt", {}, name), h("dd", {}, mark("del", old), " → ", mark("ins", now))]),
        )
      : null,
  ];
}

const mark = (tag, text) => h(tag, {}, h("span", { class: "visually-hidden" }, tag === "del" ? t("before:") : t("now:"), " "), text);

/** What sending costs. */
export function costOf(order, cost) {
  if (!cost) return h("p", { class: "quiet" }, t("Reckoning the cost."));
  const rows = [
    [t("Texts"), count(cost.texts)],
    [t("Segments"), count(cost.segments)],
    [t("Time to send"), cost.minutes < 1 ? t("under 1 min") : t("{n} min", { n: Math.ceil(cost.minutes) })],
    [t("No text: opted out"), count(cost.opted_out)],
    [t("No text: no telephone, somebody must knock"), count(cost.without_telephone)],
    [t("Told by another zone's text"), count(cost.told_elsewhere)],
  ];
  return h(
    "dl",
    {},
    rows.map(([name, value]) => [h("dt", {}, name), h("dd", { class: "number" }, value)]),
  );
}

/** Times and all versions. */
export function timesOf(order, review, open) {
  return [
    h(
      "dl",
      {},
      h("dt", {}, t("Drafted")),
      h("dd", {}, stamp(order.issued_at), " ", h("span", { class: "quiet", dataset: { since: order.issued_at } })),
      order.decided ? [h("dt", {}, t("Decided")), h("dd", {}, `${stamp(order.decided)} · ${answerWords(order.decision)}`)] : null,
      h("dt", {}, t("Runs out")),
      h("dd", {}, stamp(order.expires)),
      h("dt", {}, t("Order")),
      h("dd", { class: "id" }, order.identifier),
    ),
    review
      ? h(
          "details",
          { open },
          h("summary", {}, t("All versions: {n}", { n: review.versions.length })),
          h("ul", { class: "list" }, review.versions.map(versionOf)),
        )
      : null,
  ];
}

function versionOf(one) {
  const over = one.msg_type === "Cancel";
  const words = over ? t("all-clear") : levelWord(one.level);
  return h(
    "li",
    {},
    symbol(over ? 0 : one.level),
    `${one.version}. ${clock(one.issued_at)} ${words} · ${stateWord(one.state)}`,
    one.decision ? h("span", { class: "quiet" }, ` · ${answerWords(one.decision)}`) : null,
  );
}
