"""When one sign is told something: at once on a change, again as a heartbeat, and later again where it did not answer."""

from __future__ import annotations

from streams.observation.moments import SECOND_US
from streams.signs.closure import HEARTBEAT_S, Closure

RENEW_US = 20 * SECOND_US
"""What was told runs out so soon: where more is known by now, it is told before the heartbeat is due."""

RENEW_AFTER_US = 5 * SECOND_US
LONGEST_WAIT_S = 30
HEARTBEAT_US = HEARTBEAT_S * SECOND_US


class Sign:
    """The course of one sign; it neither reads a clock nor sends anything.

    Numbers of statements only grow, over restarts too, because they begin with the wall clock: a sign that ignores what has a lower number
    than it has seen is never led back, whatever overtakes what on the way.
    """

    def __init__(self) -> None:
        self._tried: Closure | None = None
        self._told: Closure | None = None
        self._tried_us = self._told_us = 0
        self._failures = 0
        self._not_before_us = 0
        self._number = 0

    def due(self, closure: Closure, now_us: int) -> bool:
        """Whether this is to be told now."""
        if self._tried is None or (closure.state, closure.level) != (self._tried.state, self._tried.level):
            return True
        if self._failures or self._told is None:
            return now_us >= self._not_before_us
        since_us = now_us - self._told_us
        runs_out = self._told.valid_until_us - now_us <= RENEW_US and closure.valid_until_us > self._told.valid_until_us
        # a clock that was set back must not silence a sign
        return since_us >= HEARTBEAT_US or since_us < 0 or (runs_out and since_us >= RENEW_AFTER_US)

    def begin(self, closure: Closure, now_us: int) -> int:
        """Say that it is being told, under the number that is returned."""
        if self._tried is not None and (closure.state, closure.level) != (self._tried.state, self._tried.level):
            self._failures = 0
        self._tried, self._tried_us = closure, now_us
        self._number = max(self._number + 1, now_us)
        return self._number

    def end(self, answered: bool, now_us: int) -> None:
        """Say how it ended."""
        if answered:
            self._told, self._told_us, self._failures, self._not_before_us = self._tried, self._tried_us, 0, 0
            return
        wait_s = min(2.0**self._failures, LONGEST_WAIT_S)
        self._failures += 1
        self._not_before_us = now_us + round(wait_s * SECOND_US)

    @property
    def failures(self) -> int:
        """How often in a row it did not answer."""
        return self._failures
