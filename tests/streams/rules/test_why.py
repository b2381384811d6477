"""Every state and every non-change that somebody might ask about has its reason."""

from __future__ import annotations

from streams.rules.outputs import Standing
from tests.streams.towns import Run, depths, rain, town, us


def why(run: Run, place: int = 0) -> str:
    return [output for output in run.outputs if isinstance(output, Standing)][-1].points[place].why


def test_a_point_at_rest_says_nothing() -> None:
    assert "" == why(Run(town()).hear([*rain(0, 1), *depths("S0", [0.0] * 3, start_s=1)], until_s=130))


def test_a_level_that_does_not_end_says_how_long_it_must_still_be_low() -> None:
    run = Run(town()).hear([*rain(0, 1), *depths("S0", [0.0, 0.3, *[0.1] * 4], start_s=1)], until_s=300)
    assert "level 2 measured; low for 239 of 600 s: it ends after that long below 0.24 m" == why(run)


def test_a_reading_that_waits_says_for_what() -> None:
    run = Run(town()).hear([*depths("S0", [0.0], start_s=1), *depths("S0", [0.5], start_s=110)], until_s=125)
    assert "0.50 m at S0 wait until 2026-07-14T08:02:50Z for a second reading, rain or a wet neighbour" == why(run)


def test_what_one_sensor_alone_says_is_told_as_that() -> None:
    run = Run(town()).hear(depths("S0", [0.0, 0.3, 0.3, 0.3], start_s=1), until_s=190)
    assert "one sensor alone says so, and nothing confirms it" in why(run)


def test_silence_is_told_and_ends_nothing() -> None:
    run = Run(town()).hear([*rain(0, 1), *depths("S0", [0.0, 0.3], start_s=1)], until_s=1500)
    assert "level 2 measured" in why(run) and "unknown ends no level" in why(run) and "S0 is silent for over 3 min" in why(run)


def test_hands_are_told_with_who_until_when_and_why() -> None:
    run = Run(town()).hear([*rain(0, 1), *depths("S0", [0.0], start_s=1)], until_s=50)
    run.decide("raise", at_s=52, points=("P0",), level=3, until_us=us(3600), reason="a call")
    run.decide("set_aside", at_s=53, stations=("S0",), until_us=us(3600), reason="a bus")
    run.hear([], until_s=60)
    assert "level 3 officer" in why(run)
    assert "level 3 held by li until 2026-07-14T09:00:00Z: a call" in why(run)
    assert "S0 is set aside by li until 2026-07-14T09:00:00Z: a bus" in why(run)
