// Words for states and reasons of texts. What comes as a sentence of the server's is put together of these.

import { t } from "./words.js";

/** States in the order of a bar: from reached to never sent. */
export const STATES = ["delivered", "sent", "accepted", "claimed", "pending", "unknown", "failed", "suppressed"];

const OF_STATES = () => ({
  delivered: t("delivered, with a receipt"),
  sent: t("sent, no receipt"),
  accepted: t("with the provider, no receipt"),
  claimed: t("being sent"),
  pending: t("waits to be sent"),
  unknown: t("nobody can tell whether it went out"),
  failed: t("failed"),
  suppressed: t("not sent on purpose"),
});

export const stateWord = (state) => OF_STATES()[state] ?? state;

/** Those that are on their way, as far as anybody knows. */
export const OPEN = ["sent", "accepted", "claimed", "pending", "unknown"];

const REASONS = () => ({
  "has asked for no more texts": t("has asked for no more texts"),
  "has no telephone": t("has no telephone"),
  "gets the text of another zone that is as much in danger": t("gets the text of another zone that is as much in danger"),
  "a newer version came before it was sent": t("a newer version came before it was sent"),
  "called off before it was sent": t("called off before it was sent"),
  "the warning ended before it was sent": t("the warning ended before it was sent"),
  "the warning never left, so no all-clear was needed": t("the warning never left, so no all-clear was needed"),
  "the text had come, so no call was needed": t("the text had come, so no call was needed"),
  "nobody could tell whether it went out before the warning ended": t("nobody could tell whether it went out before the warning ended"),
  "there is no number to send to": t("there is no number to send to"),
  "the number was sealed with another key": t("the number was sealed with another key"),
  "the number is made up": t("the number is made up"),
  "a drill's text does not go out": t("a drill's text does not go out"),
  "a dry run: nothing goes out": t("a dry run: nothing goes out"),
  "the telephone is off or out of reach": t("the telephone is off or out of reach"),
  "the message was blocked": t("the message was blocked"),
  "the number is nobody's": t("the number is nobody's"),
  "a landline, or a carrier that takes no texts": t("a landline, or a carrier that takes no texts"),
  "the carrier filtered the text": t("the carrier filtered the text"),
  "the carrier did not say why": t("the carrier did not say why"),
  "has opted out at the provider": t("has opted out at the provider"),
  "the line was busy": t("the line was busy"),
  "nobody answered the call": t("nobody answered the call"),
  "waits to be sent": t("waits to be sent"),
  "is being sent": t("being sent"),
  "nobody can tell yet whether it went out": t("nobody can tell whether it went out"),
  "the provider has it, there is no receipt": t("with the provider, no receipt"),
  "sent, there is no receipt": t("sent, no receipt"),
  failed: t("failed"),
  "not sent": t("not sent"),
});

/** A sentence of the server's in the reader's language, piece by piece; a piece that nobody knows stays as it is. */
export function whyWords(why) {
  const known = REASONS();
  const piece = (text) => known[text] ?? text;
  return why
    .split("; call: ")
    .map((part) => known[part] ?? part.split(": ").map(piece).join(t(": ")))
    .join(t("; call: "));
}
