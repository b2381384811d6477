"""Why a text did not come, in words for people; codes of providers are told by what they mean."""

from __future__ import annotations

import re

from streams.store.attempts import AWAY, NOT_BEGUN, NOT_THERE
from streams.store.outbox import CALLED_OFF, SUPERSEDED
from streams.store.recipients import KNOCK, OPTED_OUT, TOLD_BY

TOLD_ELSEWHERE = TOLD_BY.rstrip(":")
WITHHELD = "withheld"
"""In place of what a provider said with so many digits that they may be a number (law 10)."""

_MAYBE_A_NUMBER = re.compile(r"\d(?:[ ()./-]{0,2}\d){6}")

WORDS = {
    OPTED_OUT: "has asked for no more texts",
    KNOCK: "has no telephone",
    TOLD_ELSEWHERE: "gets the text of another zone that is as much in danger",
    SUPERSEDED: "a newer version came before it was sent",
    CALLED_OFF: "called off before it was sent",
    "expired": "the warning ended before it was sent",
    "not_warned": "the warning never left, so no all-clear was needed",
    "reached": "the text had come, so no call was needed",
    "outcome_unknown": "nobody could tell whether it went out before the warning ended",
    "no_number": "there is no number to send to",
    "number_sealed_with_another_key": "the number was sealed with another key",
    "number_made_up": "the number is made up",
    "says_it_is_a_drill": "a drill's text does not go out",
    "dry run": "a dry run: nothing goes out",
    "sender_died": "the sender ended while it was posting",
    NOT_BEGUN: "given back by a sender before it was posted",
    NOT_THERE: "the provider does not know of it",
    AWAY: "the provider was not reached",
    WITHHELD: "the provider's words are withheld: they may hold a number",
    # codes of Twilio, which the gateway's own are translated to
    "429": "the provider took no more for a while",
    "20429": "the provider took no more for a while",
    "20003": "the provider refused the credentials",
    "21211": "the number is none",
    "21610": "has opted out at the provider",
    "21611": "the provider's queue was full",
    "21612": "the provider cannot send to this number",
    "21614": "the number cannot get texts",
    "30001": "the provider's queue was full",
    "30002": "the provider has suspended the account",
    "30003": "the telephone is off or out of reach",
    "30004": "the message was blocked",
    "30005": "the number is nobody's",
    "30006": "a landline, or a carrier that takes no texts",
    "30007": "the carrier filtered the text",
    "30008": "the carrier did not say why",
    "30410": "the provider's answer came too late",
    "busy": "the line was busy",
    "no-answer": "nobody answered the call",
}
OF_STATES = {
    "pending": "waits to be sent",
    "claimed": "is being sent",
    "unknown": "nobody can tell yet whether it went out",
    "accepted": "the provider has it, there is no receipt",
    "sent": "sent, there is no receipt",
    "delivered": "delivered",
    "failed": "failed",
    "suppressed": "not sent",
}


def folded(reason: str) -> str:
    """A reason as it is counted: the same for all incidents that somebody gave way to, and never with what may be a number."""
    if reason.startswith(TOLD_BY):
        return TOLD_ELSEWHERE
    return WITHHELD if _MAYBE_A_NUMBER.search(reason) else reason


def words_of(reason: str) -> str:
    """A reason in words; a code that nobody knows as it is."""
    reason = folded(reason)
    return WORDS.get(reason) or (f"code {reason}" if reason else "")


def why(state: str, reason: str) -> str:
    """A state with its reason, in words."""
    words = words_of(reason)
    return f"{OF_STATES[state]}: {words}" if words else OF_STATES[state]
