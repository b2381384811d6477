from __future__ import annotations

import numpy as np

from models.verify.record import MINUTE_US, Spell
from streams.bench.foretold import Foretold, foretold


def judged(lines: dict[int, float], *spells: tuple[int, int]) -> Foretold:
    """Lines as {minute: chance}, spells as (first minute, last minute)."""
    issued_us = np.array([minute * MINUTE_US for minute in lines], np.int64)
    stood = [Spell(first * MINUTE_US, last * MINUTE_US, first > 0) for first, last in spells]
    return foretold(issued_us, np.array(list(lines.values())), stood)


def test_a_level_is_forecast_from_the_first_line_of_the_run_that_goes_on_up_to_it() -> None:
    lines = {0: 0.2, 5: 0.5, 10: 0.9, 15: 0.6, 20: 0.8}
    assert Foretold([17.0], 1, 0) == judged(lines, (22, 60))


def test_a_line_that_says_less_begins_the_lead_anew() -> None:
    lines = {5: 0.9, 10: 0.49, 15: 0.9, 20: 0.9}
    assert Foretold([7.0], 2, 0) == judged(lines, (22, 60))


def test_a_run_that_was_given_up_before_the_water_came_earns_no_lead() -> None:
    lines = {5: 0.9, 10: 0.9, 15: 0.1, 20: 0.1}
    assert Foretold([None], 1, 0) == judged(lines, (22, 60))


def test_a_silence_of_more_than_ten_minutes_breaks_a_run() -> None:
    assert Foretold([2.0], 2, 0) == judged({5: 0.9, 16: 0.9}, (18, 60))
    assert Foretold([13.0], 1, 0) == judged({5: 0.9, 15: 0.9}, (18, 60))
    assert Foretold([None], 1, 0) == judged({5: 0.9}, (18, 60))


def test_what_is_said_while_the_water_stands_there_is_no_forecast() -> None:
    lines = {20: 0.9, 25: 1.0, 30: 1.0, 40: 0.9, 44: 0.9}
    assert Foretold([2.0, 5.0], 2, 0) == judged(lines, (22, 35), (45, 60))


def test_a_line_at_the_crossing_itself_comes_too_late() -> None:
    assert Foretold([None], 0, 0) == judged({22: 1.0}, (22, 60))


def test_an_alarm_is_false_when_no_crossing_comes_within_two_hours_of_any_of_its_lines() -> None:
    assert Foretold([None], 1, 0) == judged({5: 0.9, 10: 0.9, 15: 0.0}, (130, 140))
    assert Foretold([None], 1, 1) == judged({5: 0.9, 10: 0.9, 15: 0.0}, (131, 140))
    assert Foretold([], 1, 1) == judged({5: 0.9})


def test_water_that_stood_there_when_the_record_began_was_not_crossed() -> None:
    assert Foretold([], 0, 0) == judged({5: 1.0, 10: 1.0}, (0, 60))


def test_no_lead_is_longer_than_a_forecast_looks_ahead() -> None:
    assert Foretold([120.0], 1, 0) == judged(dict.fromkeys(range(0, 200, 5), 0.9), (200, 220))
