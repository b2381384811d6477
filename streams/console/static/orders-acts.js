// All other acts on an order and its zone: each dialog says what it does, to how many people and where.

import { post } from "./api.js";
import { fill, h, levelWord } from "./dom.js";
import { live } from "./live.js";
import { ask } from "./orders-dialog.js";
import { texts } from "./orders-sign.js";
import { count, languageName, zoneName } from "./orders-words.js";
import { t } from "./words.js";

const PREVIEW_MS = 250;
const HOURS = [0.5, 1, 2, 4, 8, 12, 23];

function reasonField(label = t("Why (it stays in the log)")) {
  const input = h("input", { id: "reason", maxlength: "500", autocomplete: "off", required: true });
  return { input, row: h("p", {}, h("label", { for: "reason" }, label), input), ready: () => (input.value.trim() ? null : t("Say why.")) };
}

function untilField() {
  const options = HOURS.map((hours) =>
    h("option", { value: String(hours), selected: hours === 2 }, hours < 1 ? t("{n} min", { n: hours * 60 }) : t("{n} h", { n: hours })),
  );
  const select = h("select", { id: "until" }, options);
  // the log's own time: a storm that is played again has another day
  const until = () => new Date((live.now() ?? Date.now()) + Number(select.value) * 3600000).toISOString();
  return { row: h("p", {}, h("label", { for: "until" }, t("For how long")), " ", select), until };
}

function levelField(label, levels, chosen) {
  const select = h(
    "select",
    { id: "level" },
    levels.map((level) => h("option", { value: String(level), selected: level === chosen }, levelWord(level))),
  );
  return { row: h("p", {}, h("label", { for: "level" }, label), " ", select), level: () => Number(select.value) };
}

/** Say no to a draft. */
export function askToReject(order, done) {
  const reason = reasonField();
  ask({
    title: t("Reject the draft for {zone}: {people} people are not told", { zone: zoneName(order), people: count(order.people) }),
    body: [
      h("p", {}, t("The level {level} is not asked for again until it changes, or the order runs out.", { level: levelWord(order.level) })),
      reason.row,
    ],
    button: t("Reject: {people} people of {zone} are not told", { people: count(order.people), zone: zoneName(order) }),
    danger: order.level === 4,
    ready: reason.ready,
    asked: () => ({ act: "reject", orders: [{ identifier: order.identifier }], reason: reason.input.value.trim() }),
    done,
  });
}

/** Another text, with its segments counted by the server as one types. */
export function askToEdit(order, done) {
  const fields = Object.entries(order.texts).map(([language, text]) => field(language, text));
  const faults = h("ul", { class: "fault", "aria-live": "polite" });
  let timer = 0;
  let asked = 0;
  const changed = () => fields.some((one) => one.area.value !== one.before);
  const wanted = () => Object.fromEntries(fields.map((one) => [one.language, one.area.value.replace(/\r/g, "")]));

  async function look() {
    const mine = (asked += 1);
    const told = await post(`/api/orders/${encodeURIComponent(order.identifier)}/preview`, { texts: wanted() }).catch(() => null);
    if (mine !== asked) return;
    if (told) fill(voided, voids(told.signed_by));
    fill(
      faults,
      (told?.faults ?? []).map((fault) => h("li", {}, fault)),
    );
    for (const one of fields) {
      fill(one.count, told ? t("segments: {n}", { n: told.texts[one.language].segments }) : t("segments: counted when saved"));
    }
  }

  for (const one of fields) {
    one.area.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PREVIEW_MS);
    });
  }
  // somebody may sign while this dialog is open: it is asked again with each look
  const voided = h("span", { "aria-live": "polite" }, voids(order.signed_by));
  ask({
    title: t("Edit the text for {people} people of {zone}", { people: count(order.people), zone: zoneName(order) }),
    body: [
      h("p", { class: "note" }, voided, " ", order.release_rule ? t("The written rule does not release an edited order.") : ""),
      fields.map((one) => one.row),
      faults,
    ],
    button: t("Save the new text"),
    ready: () => (changed() ? null : t("The text is the same as before.")),
    asked: () => ({ act: "edit", orders: [{ identifier: order.identifier, texts: wanted() }] }),
    done,
  });
  look();
}

const voids = (names) =>
  names.length
    ? t("{n} signature by {names} becomes void: the new text must be signed anew.", { n: names.length, names: names.join(", ") })
    : t("Who signs after you reads the new text.");

function field(language, text) {
  const name = languageName(language);
  const area = h("textarea", { id: `text-${language}`, lang: language, maxlength: "2000", rows: "4" });
  area.value = text.text;
  const counted = h("span", { class: "quiet" }, t("segments: {n}", { n: text.segments }));
  const row = h("div", { class: "edit-text" }, h("label", { for: `text-${language}` }, name), " ", counted, area);
  return { language, area, before: text.text, count: counted, row };
}

/** End an incident before its time: by an all-clear, or by a correction. Two officers, whatever the level. */
export function askToEnd(order, end, done) {
  const reason = reasonField();
  const values = { people: count(end.people), zone: zoneName(order), n: end.signed_by.length + 1 };
  const correct = end.act === "correct";
  const words = correct
    ? t("Correct: tell {people} people of {zone} that the warning was an error (officer {n} of 2)", values)
    : t("Call off: tell {people} people of {zone} that the danger is over (officer {n} of 2)", values);
  ask({
    title: words,
    body: [
      h(
        "p",
        {},
        end.missing > 1
          ? t("Nothing goes out until a second officer does the same.")
          : t("You are the second officer: it goes out at once."),
      ),
      h("h3", {}, t("Text as residents get it")),
      texts(end.texts),
      reason.row,
    ],
    button: words,
    danger: true,
    check: t("I have looked at the water: {zone} is {level} now.", { zone: zoneName(order), level: levelWord(order.level) }),
    ready: reason.ready,
    asked: () => ({ act: end.act, orders: [{ identifier: order.identifier }], reason: reason.input.value.trim() }),
    done,
  });
}

/** Have drafts of a zone wait for a signature, up to a level. */
export function askToSilence(order, done) {
  const [reason, until] = [reasonField(), untilField()];
  const level = levelField(t("Up to level"), [1, 2, 3], Math.min(order.level, 3));
  const values = { zone: zoneName(order), people: count(order.people) };
  ask({
    title: t("Silence {zone}: {people} people", values),
    body: [
      h(
        "p",
        {},
        t("Drafts are made as before, but nothing goes out without a signature."),
        " ",
        t("Water above the level breaks through; red (4) cannot be silenced."),
      ),
      level.row,
      until.row,
      reason.row,
    ],
    button: t("Silence {zone}: {people} people", values),
    ready: reason.ready,
    asked: () => ({
      act: "silence",
      zones: [order.zone.zone_id],
      level: level.level(),
      until: until.until(),
      reason: reason.input.value.trim(),
    }),
    done,
  });
}

/** Put a zone on a level by hand. zones: [{id, name}], the first is chosen; people: how many live there, where that is known. */
export function askToRaise(zones, people, done) {
  const [reason, until] = [reasonField(), untilField()];
  const level = levelField(t("To level"), [1, 2, 3, 4], 4);
  const select = h(
    "select",
    { id: "zone" },
    zones.map((zone) => h("option", { value: zone.id }, `${zone.name} (${zone.id})`)),
  );
  ask({
    title: zones.length === 1 ? t("Raise {zone} by hand", { zone: zones[0].name }) : t("Raise a zone by hand"),
    body: [
      people === null
        ? h("p", {}, t("A draft is made. It goes out when it is signed as the policy asks, and names its people then."))
        : h(
            "p",
            {},
            t("A draft for {people} people is made. It goes out when it is signed as the policy asks.", { people: count(people) }),
          ),
      zones.length === 1 ? null : h("p", {}, h("label", { for: "zone" }, t("Zone")), " ", select),
      level.row,
      until.row,
      reason.row,
    ],
    button: t("Raise by hand"),
    ready: reason.ready,
    asked: () => ({
      act: "raise",
      zones: [select.value],
      level: level.level(),
      until: until.until(),
      reason: reason.input.value.trim(),
    }),
    done,
  });
}

/** Take away what was done by hand to a zone. */
export function askToEndByHand(order, zone, done) {
  const reason = reasonField();
  const title = t("End what is done by hand to {zone}: {people} people", { zone: zoneName(order), people: count(order.people) });
  ask({
    title,
    body: [
      h("p", {}, [zone.by_hand, zone.silenced].filter(Boolean).join(" · ")),
      h("p", {}, t("Where it would take down a level whose order is out, a second officer must do the same within an hour.")),
      reason.row,
    ],
    button: title,
    ready: reason.ready,
    asked: () => ({ act: "end", zones: [order.zone.zone_id], reason: reason.input.value.trim() }),
    done,
  });
}
