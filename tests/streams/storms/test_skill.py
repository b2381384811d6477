"""How far off forecasts were: only against what is known then and what came, beside water that stays."""

from __future__ import annotations

import numpy as np

from models.verify.record import Record
from models.verify.share import Share
from streams.observation.moments import MINUTE_US
from streams.storms.skill import Foretold, LeadScores, lead_scores

LEADS = [5, 15, 30, 60, 90, 120]


def record(depth_m: list[float]) -> Record:
    return Record(np.arange(len(depth_m), dtype=np.int64) * MINUTE_US, np.array(depth_m, float))


def forecast(minute: int, low_m: float, middle_m: float, high_m: float, point: str = "P") -> Foretold:
    return Foretold(point, minute * MINUTE_US, LEADS, {"0.1": [low_m] * 6, "0.5": [middle_m] * 6, "0.9": [high_m] * 6})


RISING = [0.01 * minute for minute in range(46)]


def test_the_error_is_the_distance_to_what_came_and_that_of_water_that_stays() -> None:
    first, second, third = lead_scores([forecast(0, 0.1, 0.2, 0.25)], {"P": record(RISING)})
    assert LeadScores(15, 1, 5.0, 15.0, Share(1, 1)) == first
    assert LeadScores(30, 1, 10.0, 30.0, Share(0, 1)) == second
    assert LeadScores(60, 0, None, None, Share(0, 0)) == third


def test_each_case_counts_the_same() -> None:
    found = lead_scores([forecast(0, 0.1, 0.15, 0.2), forecast(10, 0.0, 0.15, 0.2)], {"P": record(RISING)})
    assert (2, 5.0, Share(1, 2)) == (found[0].cases, found[0].mae_cm, found[0].coverage_80)


def test_where_what_came_is_not_known_nothing_is_judged() -> None:
    gap = Record(np.array([0, 40]) * MINUTE_US, np.array([0.1, 0.1]))
    assert [0, 0, 0] == [one.cases for one in lead_scores([forecast(0, 0, 0, 0), forecast(0, 0, 0, 0, "Q")], {"P": gap})]
    assert [0, 0, 0] == [one.cases for one in lead_scores([], {})]
