"""Alarms by forecast against the floods that came: hits with their lead, misses, and alarms that no water answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.verify.record import MINUTE_US, Floats, Record, Spell

LEAST_LEAD_MIN = 5.0
REACH_US = 120 * MINUTE_US
"""No alarm earns more lead than a forecast looks ahead."""
PAUSE_US = 30 * MINUTE_US
"""A shorter pause does not part an alarm, nor an alarm from its flood."""
TREND_LEAD_MIN = 30.0
TREND_STANDS_US = 10 * MINUTE_US


@dataclass(frozen=True)
class Alarm:
    """Time over which a level stood by forecast."""

    start_us: int
    end_us: int


@dataclass(frozen=True)
class Outcome:
    """A crossing with its alarm, a crossing without one, or an alarm without a crossing."""

    storm: str
    low_point: str
    crossed_us: int | None
    alarm_us: int | None

    @property
    def lead_min(self) -> float | None:
        """Minutes from alarm to crossing, None where there are not both."""
        return None if self.crossed_us is None or self.alarm_us is None else (self.crossed_us - self.alarm_us) / MINUTE_US

    @property
    def in_time(self) -> bool:
        """Whether the crossing was announced at least five minutes ahead."""
        return self.lead_min is not None and self.lead_min >= LEAST_LEAD_MIN


def merged(alarms: Sequence[Alarm]) -> list[Alarm]:
    """Alarms in order, joined where less than half an hour lies between them."""
    found: list[Alarm] = []
    for alarm in alarms:
        if found and alarm.start_us - found[-1].end_us <= PAUSE_US:
            found[-1] = Alarm(found[-1].start_us, max(found[-1].end_us, alarm.end_us))
        else:
            found.append(alarm)
    return found


def match(storm: str, low_point: str, spells: Sequence[Spell], alarms: Sequence[Alarm]) -> list[Outcome]:
    """Outcomes of one threshold at one low point in one storm.

    A crossing is answered by an alarm in force at it or up to half an hour before; its lead counts from the start of the
    alarm, but not from before the flood before it ended. Water that stood above when the record began was not crossed.
    """
    outcomes, since_us = [], -(2**62)
    for spell in spells:
        starts = [
            max(alarm.start_us, since_us, spell.start_us - REACH_US)
            for alarm in alarms
            if alarm.start_us <= spell.start_us and alarm.end_us >= spell.start_us - PAUSE_US
        ]
        if spell.crossed:
            outcomes.append(Outcome(storm, low_point, spell.start_us, min(starts, default=None)))
        since_us = spell.end_us
    for alarm in alarms:
        if not any(alarm.start_us <= spell.end_us + PAUSE_US and alarm.end_us >= spell.start_us - PAUSE_US for spell in spells):
            outcomes.append(Outcome(storm, low_point, None, alarm.start_us))
    return outcomes


def trend_alarm(record: Record, threshold_m: float) -> list[Alarm]:
    """The alarms of a simple rule: the trend of the last three minutes, carried on for 30 min, reaches the threshold.

    An alarm stands for ten minutes after the last reading that says so.
    """
    rise_m = record.rise(record.time_us, 3)
    ahead_m = record.depth_m + rise_m / 3 * TREND_LEAD_MIN
    raised = record.time_us[(ahead_m >= threshold_m) & (record.depth_m < threshold_m)]
    return merged([Alarm(time_us, time_us + TREND_STANDS_US) for time_us in raised.tolist()])


def columns(outcomes: Sequence[Outcome]) -> dict[str, Floats]:
    """Columns over outcomes to sum: crossed, answered, in_time, false."""
    return {
        "crossed": np.array([one.crossed_us is not None for one in outcomes], float),
        "answered": np.array([one.lead_min is not None for one in outcomes], float),
        "in_time": np.array([one.in_time for one in outcomes], float),
        "false": np.array([one.crossed_us is None for one in outcomes], float),
    }
