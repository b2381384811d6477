"""A circuit breaker: a provider that is down is left alone, and tried with one text now and then."""

from __future__ import annotations

FAILURES = 5
PROBE_S = 2.0
STOPPED_PROBE_S = 60.0


class Breaker:
    """Open after several failures in a row; then it lets one through every `probe_s`, and closes with the first that works.

    Only what says that the provider is away counts: a refused number is its answer, not its absence.
    """

    def __init__(self, failures: int = FAILURES, probe_s: float = PROBE_S):
        self._most, self._probe_s = failures, probe_s
        self._failed = 0
        self._next_probe_s = 0.0
        self._wait_s = probe_s
        self._worked_s = float("-inf")

    @property
    def open(self) -> bool:
        """Whether the provider counts as down."""
        return self._failed >= self._most

    def lets(self, now_s: float) -> bool:
        """Whether a text may be tried now."""
        return not self.open or now_s >= self._next_probe_s

    def begin(self, now_s: float) -> None:
        """Note that one is tried: while the breaker is open the next probe waits."""
        if self.open:
            self._next_probe_s = now_s + self._wait_s

    def worked(self, now_s: float) -> None:
        """The provider took one, or answered as it should."""
        self._failed, self._wait_s, self._worked_s = 0, self._probe_s, now_s

    def failed(self, now_s: float, begun_s: float | None = None) -> None:
        """The provider was away; a text that was begun before another worked says nothing new, though it ended after."""
        if begun_s is not None and begun_s <= self._worked_s:
            return
        self._failed += 1
        self._next_probe_s = now_s + self._wait_s

    def stop(self, now_s: float) -> None:
        """The account is out of order: open at once, and tried seldom, until somebody has mended it."""
        self._failed, self._wait_s = self._most, STOPPED_PROBE_S
        self._next_probe_s = now_s + self._wait_s
