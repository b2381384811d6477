"""What officers do by hand and what of it is in force: levels, silences and stations set aside, out of the acts and their outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from streams.observation.moments import HOUR_US, parse_us

LONGEST_US = 24 * HOUR_US
"""Nothing that is done by hand lasts longer, so what is older need not be looked at."""

What = Literal["level", "close", "silence", "set_aside"]
Kind = Literal["point", "zone", "station"]

_UNTIL = re.compile(r"until (\S+)$")
_LEVEL = re.compile(r"level ([1-4])\b")
_KINDS: dict[str, Kind] = {"points": "point", "zones": "zone", "stations": "station"}
_HAND: dict[str, What] = {"raise": "level", "hold": "level", "close": "close", "silence": "silence", "set_aside": "set_aside"}


class Done(msgspec.Struct, frozen=True):
    """An act and what came of it on one subject; `kind` is orders, points, zones or stations, and `zone` that of the order."""

    at_us: int
    district: str
    officer: str
    act: str
    kind: str
    subject: str
    outcome: str
    words: str
    zone: str = ""


class Hand(msgspec.Struct, frozen=True):
    """What an officer did by hand; `level` is the least at which a point or zone is held, or the highest that is silenced."""

    what: What
    kind: Kind
    subject: str
    district: str
    level: int | None
    officer: str
    since_us: int
    until_us: int


def hands_in_force(acts: Iterable[Done], now_us: int) -> list[Hand]:
    """What of it has neither ended nor been ended, the soonest end first; a station of two districts is named once."""
    hands: dict[tuple[str, str, str], Hand] = {}
    for act in sorted((one for one in acts if one.outcome == "done"), key=lambda one: one.at_us):
        for slot in _emptied(act):
            hands.pop((*slot, act.district), None)
        hand = _hand(act)
        if hand is not None:
            hands[_slot(hand), hand.subject, act.district] = hand
    in_force = [hand for hand in hands.values() if hand.until_us > now_us]
    once = {(hand.kind, hand.what, hand.subject): hand for hand in sorted(in_force, key=lambda hand: (hand.until_us, hand.district))}
    return sorted(once.values(), key=lambda hand: (hand.until_us, hand.kind, hand.subject, hand.what))


def _slot(hand: Hand) -> str:
    """Of each point and station there is one hand at a time; a zone can be raised and silenced at once."""
    return "silence" if hand.what == "silence" else hand.kind


def _emptied(act: Done) -> list[tuple[str, str]]:
    """What an act takes away."""
    if act.act in ("call_off", "correct"):
        return [("zone", act.zone)]  # the hands that carried the incident go with it
    if act.act == "end" and act.kind in _KINDS:
        return [(_KINDS[act.kind], act.subject), *([("silence", act.subject)] if act.kind == "zones" else [])]
    return [("zone", act.subject)] if act.act == "close" and act.kind == "zones" else []


def _hand(act: Done) -> Hand | None:
    """What an act puts in force, None where it does nothing of the kind: a zone that is closed has no hand on it any more."""
    until = _UNTIL.search(act.words)
    until_us = parse_us(until[1]) if until else None
    if until_us is None or act.act not in _HAND or act.kind not in _KINDS:
        return None
    what, level = _HAND[act.act], _LEVEL.search(act.words)
    told = int(level[1]) if level and what in ("level", "silence") else None
    return Hand(what, _KINDS[act.kind], act.subject, act.district, told, act.officer, act.at_us, until_us)
