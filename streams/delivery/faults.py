"""What to do about a provider's error: the table of codes (docs/sending.md tells it to people)."""

from __future__ import annotations

from typing import Literal

import msgspec

Cure = Literal["again", "slower", "never", "opted_out", "never_this_text", "stop", "unknown"]

EVACUATE = 4


class Fault(msgspec.Struct, frozen=True):
    """How to take an error.

    Attributes
    ----------
    cure
        "again": post again after a while. "slower": again, and the whole line slows down. "never": this number gets no other post.
        "opted_out": the same, and it is remembered. "never_this_text": carriers filter it; the operator is told. "stop": the account
        is out of order; nothing more goes out by it until somebody looked, and the operator is told. "unknown": nobody can say
        whether it went out.
    tries
        The most posts of one text that ended this way, the first included.
    wait_s
        Before the next one.
    """

    cure: Cure
    tries: int = 1
    wait_s: float = 0.0


_NEVER = Fault("never")
TABLE: dict[str, Fault] = {
    "429": Fault("slower", tries=1000, wait_s=1.0),
    "20429": Fault("slower", tries=1000, wait_s=1.0),  # never processed, so as often as it takes
    "21611": Fault("slower", tries=1000, wait_s=5.0),  # the sender's queue is full
    "30001": Fault("slower", tries=20, wait_s=10.0),
    "30003": Fault("again", tries=3, wait_s=60.0),  # the handset is off
    "30008": Fault("again", tries=2, wait_s=30.0),
    "30410": Fault("unknown", tries=2, wait_s=30.0),
    "30002": Fault("stop"),  # account suspended
    "20003": Fault("stop"),  # credentials refused
    "30004": Fault("never_this_text"),
    "30007": Fault("never_this_text"),
    "21610": Fault("opted_out"),
    "21211": _NEVER,
    "21612": _NEVER,
    "21614": _NEVER,
    "30005": _NEVER,
    "30006": _NEVER,
}
OF_CALLS: dict[str, Fault] = {"busy": Fault("again", tries=3, wait_s=60.0), "no-answer": Fault("again", tries=3, wait_s=60.0)}
OURS: dict[str, Fault] = {"number_sealed_with_another_key": Fault("stop"), "number_not_made_up": Fault("stop")}
"""What our own set-up refuses: nothing is wrong with the text, so it waits until that is mended."""
TELL = frozenset({"never_this_text", "stop"})
"""Cures that somebody must be told of."""


def fault_of(code: str) -> Fault:
    """How to take a code; one that nobody knows is final, so that a text is never posted in a circle."""
    return TABLE.get(code) or OF_CALLS.get(code) or OURS.get(code) or _NEVER


def again_after_s(code: str, level: int, posts: int) -> float | None:
    """Seconds until a text that failed with a code is posted again, None for never.

    Parameters
    ----------
    level
        Of its order: what ended unknown is posted again for an evacuation only.
    posts
        How many posts of it there were.
    """
    fault = fault_of(code)
    if fault.cure not in ("again", "slower", "unknown") or posts >= fault.tries:
        return None
    if fault.cure == "unknown" and level < EVACUATE:
        return None
    return fault.wait_s
