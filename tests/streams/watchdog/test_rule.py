"""A silence is told once, and once that it is over; what may only be late is not told."""

from __future__ import annotations

from collections.abc import Mapping

from streams.observation.moments import SECOND_US
from streams.watchdog.rule import Notice, Watch, begin, watch

START_US = 1_784_535_744 * SECOND_US
DISTRICTS = ("D1", "D2")


def at(seconds: float) -> int:
    return START_US + round(seconds * SECOND_US)


class Told:
    """Steps through looks, and keeps what was told as (seconds, what, districts)."""

    def __init__(self, state: Watch | None = None):
        self.state = state or begin(START_US)
        self.told: list[tuple[float, str, tuple[str, ...]]] = []
        self.notices: list[Notice] = []

    def look(self, second: float, heard: Mapping[str, float] | None) -> None:
        written = None if heard is None else {district: at(when) for district, when in heard.items()}
        self.state, notices = watch(self.state, at(second), written, DISTRICTS)
        self.told += [(second, notice.what, notice.districts) for notice in notices]
        self.notices += notices


def test_a_silence_is_told_once_and_once_that_it_is_over() -> None:
    run = Told()
    for second in range(0, 600, 5):
        run.look(second, {"D1": second, "D2": second if second < 100 or second >= 400 else 95})
    assert [(160, "silent", ("D2",)), (400, "heard", ("D2",))] == run.told
    assert [at(95), at(95)] == [notice.since_us for notice in run.notices]


def test_a_second_silence_is_told_again() -> None:
    run = Told()
    for second in range(0, 400, 5):
        run.look(second, {"D1": second, "D2": 0 if second < 100 else min(second, 200)})
    assert [(65, "silent", ("D2",)), (100, "heard", ("D2",)), (265, "silent", ("D2",))] == run.told


def test_districts_that_fall_silent_together_are_told_of_in_one_text() -> None:
    run = Told()
    run.look(0, {"D1": 0, "D2": -10})
    run.look(70.1, {"D1": 0, "D2": -10})
    run.look(80, {"D1": 79, "D2": 79})
    assert [(70.1, "silent", ("D1", "D2")), (80, "heard", ("D1", "D2"))] == run.told
    assert at(-10) == run.notices[0].since_us, "the longest silence of them"


def test_exactly_60_s_are_no_silence() -> None:
    run = Told()
    run.look(60, {"D1": 0, "D2": 30})
    assert [] == run.told
    run.look(60.000001, {"D1": 0, "D2": 30})
    assert [(60.000001, "silent", ("D1",))] == run.told


def test_what_was_silent_before_it_came_is_told_at_once_and_what_was_never_heard_after_a_minute() -> None:
    run = Told()
    run.look(0, {"D1": -3600})
    assert [(0, "silent", ("D1",))] == run.told
    run.look(60, {"D1": -3600})
    run.look(61, {"D1": -3600})
    assert [(61, "silent", ("D2",))] == run.told[1:]
    assert at(0) == run.notices[1].since_us


def test_a_store_that_does_not_answer_for_a_minute_is_told_once_and_once_that_it_is_back() -> None:
    run = Told()
    run.look(0, {"D1": 0, "D2": 0})
    for second in range(5, 300, 5):
        run.look(second, None)
    run.look(300, {"D1": 0, "D2": 0})
    assert [(65, "store_away", ()), (300, "store_back", ())] == run.told
    assert [at(0), at(0)] == [notice.since_us for notice in run.notices]


def test_a_store_that_never_answered_is_told_a_minute_after_the_start() -> None:
    run = Told()
    run.look(0, None)
    run.look(60, None)
    run.look(61, None)
    run.look(600, None)
    assert [(61, "store_away", ())] == run.told


def test_after_the_store_is_back_its_projector_has_a_minute_to_catch_up_and_no_longer() -> None:
    run = Told()
    run.look(0, {"D1": 0, "D2": 0})
    run.look(100, None)
    for second in range(200, 300, 5):
        run.look(second, {"D1": second if second > 230 else 0, "D2": 0})
    assert [(100, "store_away", ()), (200, "store_back", ()), (265, "silent", ("D2",))] == run.told


def test_a_short_absence_of_the_store_is_no_silence_and_hides_none() -> None:
    run = Told()
    run.look(0, {"D1": 0, "D2": 0})
    run.look(30, None)
    run.look(59, None)
    run.look(65, {"D1": 64, "D2": 0})
    assert [(65, "silent", ("D2",))] == run.told


def test_a_silence_that_was_told_is_not_told_again_after_the_store_was_away() -> None:
    run = Told()
    run.look(70, {"D1": 70, "D2": 0})
    run.look(140, None)
    run.look(200, {"D1": 200, "D2": 0})
    run.look(300, {"D1": 300, "D2": 0})
    run.look(305, {"D1": 305, "D2": 304})
    assert ["silent", "store_away", "store_back", "heard"] == [what for _, what, _ in run.told]


def test_a_watchdog_that_was_restarted_knows_what_was_told() -> None:
    run = Told(begin(START_US, {"D2": at(-100)}, at(-200)))
    run.look(0, None)
    run.look(100, None)
    run.look(200, {"D1": 199, "D2": 199})
    assert [(200, "store_back", ()), (200, "heard", ("D2",))] == run.told


def test_a_district_that_the_city_no_longer_has_is_over() -> None:
    run = Told(begin(START_US, {"D9": at(-100)}))
    run.look(0, {"D1": 0, "D2": 0})
    assert [(0, "heard", ("D9",))] == run.told
