"""Who has duty: one account at any time, from the moment it took over. Handing over announces; only taking over moves the duty."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import msgspec

NOTE, HAND_OVER, TAKE_OVER = "note", "hand_over", "take_over"

TAKEN_OVER = "taken over"
WITHOUT = "taken over without a hand-over"
NOBODY_HAD_IT = "taken over: nobody had duty"
WORDS_OF_TAKING_OVER = (TAKEN_OVER, WITHOUT, NOBODY_HAD_IT)
"""The text of taking over is one of these, so that it can be shown in any language."""


class DutyRefused(ValueError):
    """Duty that cannot be handed or taken over: why, and what to do."""


class Written(msgspec.Struct, frozen=True):
    """What somebody wrote into the log; `entry` counts all that was ever written."""

    entry: int
    at_us: int
    officer: str
    kind: str
    text: str
    refers: str = ""


class Duty(msgspec.Struct, frozen=True):
    """Who has duty and since when; "" and None for nobody. `announced` is their last hand-over that nobody has answered yet."""

    officer: str = ""
    since_us: int | None = None
    announced: Written | None = None


NOBODY = Duty()


def duty_after(duty: Duty, written: Written) -> Duty:
    """What an entry makes of it."""
    if written.kind == TAKE_OVER:
        return Duty(written.officer, written.at_us)
    if written.kind == HAND_OVER and written.officer == duty.officer:
        return msgspec.structs.replace(duty, announced=written)
    return duty


def duty_of(log: Iterable[Written]) -> Duty:
    """Who has duty after a log, given in the order in which it was written."""
    return reduce(duty_after, log, NOBODY)


def check_hand_over(duty: Duty, officer: str) -> None:
    """Only who has duty can hand it over.

    Raises
    ------
    DutyRefused
        Where somebody else has it, or nobody.
    """
    if duty.officer != officer:
        has = f"{duty.officer} has duty" if duty.officer else "nobody has duty"
        raise DutyRefused(f"{has}, so {officer} cannot hand it over: take it over first; nothing was written")


def words_of_taking_over(duty: Duty, officer: str) -> str:
    """What the log says when somebody takes over. Without a hand-over it is allowed, because people faint, and is said.

    Raises
    ------
    DutyRefused
        Where they have duty already.
    """
    if duty.officer == officer:
        raise DutyRefused(f"{officer} has duty already: there is nothing to take over; nothing was written")
    if not duty.officer:
        return NOBODY_HAD_IT
    return TAKEN_OVER if duty.announced is not None else WITHOUT
