"""Accepted reports of citizens held against what was known at that time: they are ground truth where no sensor is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np

from streams.observation.moments import MINUTE_US
from streams.reports.report import Report
from streams.storms.verify import Place
from streams.storms.watched import NO_HISTORY, History

NEAR_US = 5 * MINUTE_US
"""A depth that was measured no further away than this was measured then."""

SeenWord = Literal["hit", "missed", "unknown", "higher", "dry"]


class Seen(msgspec.Struct, frozen=True):
    """One accepted report about a low point.

    "hit": the point stood at the level that the reported depth reaches; "missed": it stood lower; "unknown": nothing was known of it;
    "higher": it stood higher; "dry": the report reaches no level, nor did the point. `level` is that of the point then, `measured_m` what
    was measured, None where nothing was.
    """

    report: str
    low_point: str
    seen_us: int
    depth_m: float
    reached: int
    level: int | None
    measured_m: float | None
    word: SeenWord

    @property
    def off_m(self) -> float | None:
        """How far what was measured was from what was seen."""
        return None if self.measured_m is None else round(self.measured_m - self.depth_m, 3)


def held_against(accepted: Sequence[Report], places: Sequence[Place], histories: Mapping[str, History]) -> list[Seen]:
    """Hold accepted reports with a depth, about a low point, against the point's history at the moment at which their water was seen."""
    ladders = {place.low_point: place.threshold_m for place in places}
    return [
        _seen(report, report.low_point, report.depth_m, ladders[report.low_point], histories.get(report.low_point, NO_HISTORY))
        for report in accepted
        if report.low_point in ladders and report.depth_m is not None
    ]


def _seen(report: Report, low_point: str, depth_m: float, ladder: Mapping[int, float], history: History) -> Seen:
    at_us = report.observed_us
    reached = sum(threshold_m <= depth_m for threshold_m in ladder.values())
    known = int(history.levels.at(np.array([at_us], np.int64))[0])
    level = known if known >= 0 else None
    return Seen(report.report, low_point, at_us, depth_m, reached, level, _measured_m(history, at_us), _word(reached, level))


def _measured_m(history: History, at_us: int) -> float | None:
    record = history.record
    if not len(record.time_us):
        return None
    nearest = int(np.argmin(np.abs(record.time_us - at_us)))
    near = abs(int(record.time_us[nearest]) - at_us) <= NEAR_US
    return round(float(record.depth_m[nearest]), 3) if near else None


def _word(reached: int, level: int | None) -> SeenWord:
    if level is None:
        return "unknown"
    if reached == level == 0:
        return "dry"
    return "hit" if reached == level else "missed" if level < reached else "higher"
