"""Accepted reports are held against what was known at their time, and what was not known is told as such."""

from __future__ import annotations

import numpy as np
import pytest

from streams.observation.moments import MINUTE_US
from streams.storms.frames import HOLDS_US
from streams.storms.seen import SeenWord, held_against
from streams.storms.verify import Place
from streams.storms.watched import History
from tests.streams.reports.triage.made import NOW_US, report

PLACE = Place("P0", {1: 0.15, 2: 0.27, 3: 0.40, 4: 0.60})


def history(level: int, depth_m: float, at_us: int = NOW_US) -> History:
    return History(np.array([at_us], np.int64), np.array([level], np.int64), np.array([depth_m]))


@pytest.mark.parametrize(
    ("depth", "level", "word"),
    [("knee", 3, "hit"), ("knee", 2, "missed"), ("knee", -1, "unknown"), ("knee", 4, "higher"), ("dry", 0, "dry"), ("dry", 1, "higher")],
)
def test_a_report_is_a_hit_or_says_what_was_known_instead(depth: str, level: int, word: SeenWord) -> None:
    (seen,) = held_against([report(0, depth=depth, observed_us=NOW_US)], [PLACE], {"P0": history(level, 0.4)})
    assert word == seen.word


def test_the_measured_depth_is_told_with_its_difference_where_it_was_measured_then() -> None:
    said = report(0, depth="knee", observed_us=NOW_US)
    (near,) = held_against([said], [PLACE], {"P0": history(3, 0.4, NOW_US - 4 * MINUTE_US)})
    (far,) = held_against([said], [PLACE], {"P0": history(3, 0.4, NOW_US - 6 * MINUTE_US)})
    assert (0.4, -0.08) == (near.measured_m, near.off_m)
    assert (None, None) == (far.measured_m, far.off_m)


def test_what_nobody_knew_then_is_unknown_and_not_dry() -> None:
    said = report(0, observed_us=NOW_US)
    assert "unknown" == held_against([said], [PLACE], {})[0].word
    assert "unknown" == held_against([said], [PLACE], {"P0": history(0, 0.0, NOW_US - HOLDS_US - 1)})[0].word


def test_reports_about_no_low_point_or_without_a_depth_are_held_against_nothing() -> None:
    assert [] == held_against([report(0, low_point=None), report(1, depth=""), report(2, low_point="P9")], [PLACE], {})
