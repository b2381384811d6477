"""When a sign is told: changes at once, everything again as a heartbeat, and again where it did not answer."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from streams.observation.moments import SECOND_US
from streams.signs.closure import Closure
from streams.signs.sign import Sign

START_US = 1_784_535_744 * SECOND_US


def at(seconds: float) -> int:
    return START_US + round(seconds * SECOND_US)


def road(state: Any = "open", level: Any = 0, valid_s: float = 60) -> Closure:
    return Closure("P0", state, level, None, "", at(valid_s))


def tell(sign: Sign, closure: Closure, seconds: float, answered: bool = True) -> int:
    assert sign.due(closure, at(seconds))
    number = sign.begin(closure, at(seconds))
    sign.end(answered, at(seconds))
    return number


def test_a_change_is_told_at_once_and_the_same_after_30_s() -> None:
    sign = Sign()
    tell(sign, road(), 0)
    assert not sign.due(road(), at(1))
    assert not sign.due(road(), at(29.9))
    assert sign.due(road(), at(30))
    assert sign.due(road("closed", 2), at(1))
    tell(sign, road("closed", 2), 1)
    assert sign.due(road("closed", 3), at(2)), "another level is a change"
    assert not sign.due(road("closed", 2), at(30.9))


def test_what_runs_out_is_told_before_its_heartbeat_once_more_is_known() -> None:
    sign = Sign()
    tell(sign, road(valid_s=15), 0)
    assert not sign.due(road(valid_s=15), at(10)), "nothing new is known"
    assert not sign.due(road(valid_s=70), at(4)), "not at every look"
    assert sign.due(road(valid_s=70), at(6))


def test_one_that_does_not_answer_is_tried_less_and_less_often() -> None:
    sign, second, tries = Sign(), 0.0, list[float]()
    while second < 120:
        if sign.due(road(), at(second)):
            tell(sign, road(), second, answered=False)
            tries.append(second)
        second += 0.5
    assert [0, 1, 3, 7, 15, 31, 61, 91] == tries


def test_a_change_is_tried_at_once_however_long_it_was_dead() -> None:
    sign = Sign()
    for second in (0, 1, 3, 7, 15):
        tell(sign, road(), second, answered=False)
    assert not sign.due(road(), at(16))
    tell(sign, road("closed", 2), 16, answered=False)
    assert sign.due(road("closed", 2), at(17)), "and its waits begin anew"


@pytest.mark.parametrize("set_back_s", [0, 3600])
def test_numbers_only_grow_though_a_clock_is_set_back_and_go_on_after_a_restart(set_back_s: float) -> None:
    sign = Sign()
    numbers = [tell(sign, road("open" if second % 2 else "closed"), second) for second in range(3)]
    numbers += [tell(sign, road("open" if second % 2 else "closed"), second - set_back_s) for second in range(3, 6)]
    assert sorted(set(numbers)) == numbers
    assert tell(Sign(), road(), 60) > max(numbers)


def test_a_clock_that_was_set_back_silences_no_sign() -> None:
    sign = Sign()
    tell(sign, road(), 3600)
    assert sign.due(replace(road(), valid_until_us=at(60)), at(0))
