"""What a provider says of a text, put in order: whichever way its callbacks come and repeat, they end in one state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

AttemptState = Literal["posting", "unknown", "refused", "accepted", "sent", "failed", "delivered"]
RowState = Literal["pending", "claimed", "unknown", "accepted", "sent", "delivered", "failed", "suppressed"]

_RANK: dict[str, int] = {"posting": 0, "unknown": 1, "refused": 2, "accepted": 3, "sent": 4, "failed": 5, "delivered": 6}

# "delivered" is above "failed": a receipt proves that it came, whatever was said before or after
STATE_OF_STATUS: dict[str, AttemptState] = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "receiving": "sent",
    "received": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
    # of a call
    "initiated": "accepted",
    "ringing": "accepted",
    "in-progress": "sent",
    "completed": "delivered",
    "busy": "failed",
    "no-answer": "failed",
}
"""Twilio's statuses of messages and calls. One that is not here says nothing."""


class Said(msgspec.Struct, frozen=True):
    """One thing that is known about an attempt: its state, and the provider's code where it failed."""

    state: AttemptState
    code: str = ""


def joined(one: Said, other: Said) -> Said:
    """What two things said come to; the same whichever came first, and however often."""
    return max(one, other, key=lambda said: (_RANK[said.state], bool(said.code), said.code))


def of_attempts(states: Sequence[AttemptState]) -> AttemptState:
    """The best that came of a row's attempts: one receipt is enough, and what may still come outweighs what failed."""
    for state in ("delivered", "sent", "accepted", "posting", "unknown", "failed", "refused"):
        if state in states:
            return state
    raise ValueError("a row without attempts has no state of its own")
