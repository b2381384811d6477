"""The pace of a line: no second sees more segments than it may carry, however they fall."""

from __future__ import annotations

from collections import deque

SLACK_S = 0.025
"""What a post may be late on its way: two that leave a second apart must not arrive within one."""
CATCH_UP_S = 0.05
"""How much of what a timer was late is made up for."""


class Pace:
    """Admits segments to a line.

    Parameters
    ----------
    segments_per_s
        The most in any second; changes while it runs, as several senders share a line.
    """

    def __init__(self, segments_per_s: float):
        self.segments_per_s = segments_per_s
        self._sent: deque[tuple[float, int]] = deque()
        self._within = 0
        self._paused_until_s = self._next_s = float("-inf")

    def wait_s(self, segments: int, now_s: float) -> float:
        """Seconds until a text of so many segments may go; 0 for now. One of more than the whole pace waits for an empty second."""
        if now_s < self._paused_until_s:
            return self._paused_until_s - now_s
        self._forget(now_s)
        if now_s < self._next_s:
            return self._next_s - now_s
        room = max(self.segments_per_s, segments) - segments
        if self._within <= room:
            return 0.0
        over, left = self._within, 0.0
        for at_s, size in self._sent:
            over -= size
            if over <= room:
                left = at_s + self._window_s - now_s
                break
        return max(left, 0.001)

    def take(self, segments: int, now_s: float) -> None:
        """Note that it goes now; the next one goes when this one has had its share of the second, so that none is claimed long ahead."""
        self._next_s = max(self._next_s, now_s - CATCH_UP_S) + segments / self.segments_per_s
        self._sent.append((now_s, segments))
        self._within += segments

    def pause(self, until_s: float) -> None:
        """Let nothing through before a moment: the provider asked for it."""
        self._paused_until_s = max(self._paused_until_s, until_s)

    @property
    def _window_s(self) -> float:
        # under one segment a second the window is as long as one segment takes
        return max(1.0, 1.0 / self.segments_per_s) + SLACK_S

    def _forget(self, now_s: float) -> None:
        while self._sent and self._sent[0][0] + self._window_s <= now_s:
            self._within -= self._sent.popleft()[1]
