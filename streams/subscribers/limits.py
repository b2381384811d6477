"""Keeps one address, and all of them together, from having too many codes texted or tried. Kept in memory only, and never written."""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from streams.network import network_of

ASKS = parse("60/10 minutes")
"""Whole districts share an address behind a mobile operator: this is a crowd's, and a number has limits of its own."""
TRIES = parse("120/10 minutes")
ALL_ASKS = parse("120/minute")
"""Of all together: what a sender takes beside a storm's orders."""


class Limits:
    """Counts what each address does; one process has one."""

    def __init__(self, asks: RateLimitItem = ASKS, tries: RateLimitItem = TRIES, all_asks: RateLimitItem = ALL_ASKS):
        self._asks, self._tries, self._all_asks = asks, tries, all_asks
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def may_ask(self, address: str) -> bool:
        """Whether one more code may be asked for; counts it."""
        return self._windows.hit(self._asks, "ask", _whose(address)) and self._windows.hit(self._all_asks, "all")

    def may_try(self, address: str) -> bool:
        """Whether one more code may be tried; counts it."""
        return self._windows.hit(self._tries, "try", _whose(address))


def _whose(address: str) -> str:
    """Whose an address is; what is none is all of one."""
    return network_of(address) or "?"
