"""How long somebody waits who failed to sign in too often."""

from __future__ import annotations

from collections.abc import Iterable

from streams.observation.moments import MINUTE_US

MOST_TRIES = 5
WINDOW_US = 15 * MINUTE_US
WAIT_US = 15 * MINUTE_US
KEPT_US = WINDOW_US + WAIT_US
"""A try older than this makes nobody wait any more."""


def waits_until_us(tries_us: Iterable[int], now_us: int) -> int | None:
    """Until when nobody may try, after tries that failed at these times; None where one may.

    The last five within 15 minutes make one wait for 15 minutes from the last of them on. Tries while waiting are to be refused and not
    counted, so that knocking does not lengthen the wait.
    """
    last = sorted(tries_us)[-MOST_TRIES:]
    if len(last) < MOST_TRIES or last[-1] - last[0] > WINDOW_US:
        return None
    until_us = last[-1] + WAIT_US
    return until_us if now_us < until_us else None
