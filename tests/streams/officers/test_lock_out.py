"""Five failures within a quarter of an hour make one wait for a quarter of an hour."""

from __future__ import annotations

import pytest

from streams.observation.moments import MINUTE_US
from streams.officers.lock_out import waits_until_us


def waits(*tries_min: float, now_min: float) -> float | None:
    until_us = waits_until_us([round(minute * MINUTE_US) for minute in tries_min], round(now_min * MINUTE_US))
    return until_us / MINUTE_US if until_us is not None else None


@pytest.mark.parametrize(
    ("tries", "now", "until"),
    [
        ((), 0, None),
        ((0, 1, 2, 3), 3, None),
        ((0, 1, 2, 3, 4), 4, 19),
        ((4, 3, 2, 1, 0), 4, 19),
        ((0, 1, 2, 3, 4), 18.99, 19),
        ((0, 1, 2, 3, 4), 19, None),
        ((0, 1, 2, 3, 15), 15, 30),
        ((0, 1, 2, 3, 15.01), 15.01, None),
        ((0, 1, 2, 14, 14.5), 28, 29.5),  # although only two of them lie within the quarter of an hour before
        ((0, 0, 0, 0, 20, 21, 22, 23), 23, None),
        ((0, 0, 0, 0, 20, 21, 22, 23, 24), 24, 39),
    ],
)
def test_until_when_one_waits(tries: tuple[float, ...], now: float, until: float | None) -> None:
    assert until == waits(*tries, now_min=now)
