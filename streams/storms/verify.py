"""What the warnings of a storm were worth: crossings of a level that a forecast announced, those it missed, and alarms without water."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from models.verify.alarms import Outcome, match
from models.verify.announced import leads_of
from models.verify.record import Spell
from models.verify.share import Share
from streams.observation.moments import HOUR_US, MINUTE_US
from streams.storms.watched import NO_HISTORY, SILENT_US, History, Warned, alarms_of, raised_by_officer

ANSWERED_US = 2 * HOUR_US
"""An alarm that no water answers within as long was false: no forecast looks further ahead."""

CaseWord = Literal["warned", "late", "missed", "false", "open", "by_officer"]


class Place(msgspec.Struct, frozen=True):
    """A low point with its own ladder: depth in m by level."""

    low_point: str
    threshold_m: dict[int, float]


class Case(msgspec.Struct, frozen=True):
    """One crossing, or one alarm without a crossing.

    "warned": announced at least 5 min ahead; "late": less; "missed": not at all. "false": nothing was measured within 2 h; "by_officer":
    nor was it then, but an officer raised the point meanwhile; "open": the 2 h are not over yet.
    """

    low_point: str
    word: CaseWord
    alarm_us: int | None
    crossed_us: int | None

    @property
    def lead_min(self) -> float | None:
        """Minutes from alarm to crossing, None where there are not both."""
        return None if self.alarm_us is None or self.crossed_us is None else round((self.crossed_us - self.alarm_us) / MINUTE_US, 1)


class LevelScores(msgspec.Struct, frozen=True):
    """One level over all points that can be judged: how many these are, and what became of it there.

    `pod`: crossings announced at least 5 min ahead, of all; `far`: false alarms, of all alarms that water has answered or not.
    """

    level: int
    points: int
    cases: tuple[Case, ...]
    lead_min: float | None

    def count(self, *words: CaseWord) -> int:
        """How many came out so."""
        found = Counter(case.word for case in self.cases)
        return sum(found[word] for word in words)

    @property
    def crossings(self) -> int:
        """How often the water crossed the level."""
        return self.count("warned", "late", "missed")

    @property
    def pod(self) -> Share:
        """Probability of detection."""
        return Share(self.count("warned"), self.crossings)

    @property
    def far(self) -> Share:
        """False alarm ratio."""
        return Share(self.count("false"), self.count("warned", "late", "false"))


def not_judged(places: Sequence[Place], histories: Mapping[str, History], from_us: int, until_us: int) -> dict[str, int]:
    """Points whose sensors were silent for over ten minutes, with the longest such time in min."""
    silent = {one.low_point: histories.get(one.low_point, NO_HISTORY).silent_min(from_us, until_us) for one in places}
    return {point: minutes for point, minutes in silent.items() if minutes * MINUTE_US > SILENT_US}


def level_scores(
    level: int,
    places: Sequence[Place],
    histories: Mapping[str, History],
    warnings: Mapping[str, Sequence[Warned]],
    end_us: int,
    known_us: int,
) -> LevelScores:
    """Scores of a level.

    Parameters
    ----------
    places
        Points that can be judged.
    histories, warnings
        By point, from the start of the storm (warnings from two hours before it) to `known_us`.
    end_us, known_us
        The end of the storm, and up to when anything is known of what came of its last alarms.
    """
    cases: list[Case] = []
    outcomes: list[Outcome] = []
    own = [place for place in places if level in place.threshold_m]
    for place in own:
        warned = [one for one in warnings.get(place.low_point, ()) if one.at_us <= known_us]
        spells = histories.get(place.low_point, NO_HISTORY).record.spells(place.threshold_m[level])
        alarms = [alarm for alarm in alarms_of(warned, level, known_us) if alarm.start_us <= end_us]
        found = [one for one in match("", place.low_point, spells, alarms) if one.crossed_us is None or one.crossed_us <= end_us]
        outcomes += found
        cases += [case for one in found if (case := _case(one, spells, warned, level, known_us)) is not None]
    cases.sort(key=lambda case: (case.crossed_us or case.alarm_us or 0, case.low_point))
    return LevelScores(level, len(own), tuple(cases), leads_of(outcomes).p50)


def _case(outcome: Outcome, spells: Sequence[Spell], warned: Sequence[Warned], level: int, known_us: int) -> Case | None:
    """The outcome in a word; None for an alarm that ended too long before its water came: the crossing itself is told as missed."""
    if outcome.crossed_us is not None:
        word: CaseWord = "missed" if outcome.alarm_us is None else "warned" if outcome.in_time else "late"
        return Case(outcome.low_point, word, outcome.alarm_us, outcome.crossed_us)
    alarm_us = outcome.alarm_us or 0
    if any(alarm_us <= spell.start_us <= alarm_us + ANSWERED_US for spell in spells):
        return None
    if raised_by_officer(warned, level, alarm_us, alarm_us + ANSWERED_US):
        return Case(outcome.low_point, "by_officer", alarm_us, None)
    return Case(outcome.low_point, "open" if alarm_us + ANSWERED_US > known_us else "false", alarm_us, None)
