"""Keeps one device and one address from filling the intake. Whoever is over a limit is told so, and the card stays good: nothing is lost.

Kept in memory, and counted by each web process; never written. How many reports come from one place is no reason to refuse any: a flood
has many witnesses. From a place that is crowded pictures are only looked at one after the other, so that others need not wait for it.
"""

from __future__ import annotations

import threading

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from streams.city.near import M_PER_DEG
from streams.reports.grouping import NEAR_M

DEVICE = parse("20/10 minutes")
"""Somebody who walks through the district and reports whatever they see."""
ADDRESS = parse("2000/10 minutes")
"""A whole town behind one mobile operator's address in a storm: more than all of 10,000 reports an hour."""
TRIES = parse("120/10 minutes")
"""Codes that were looked up from one address and are of no report: guesses."""
LOOKS = parse("10000/10 minutes")
"""Codes looked up from one address at all: each report of a town is looked up when it was received, and now and then later."""
CROWD = parse("60/10 minutes")
"""Pictures of one place that are looked at side by side with others."""
UPLOAD_KIB = parse("4194304/10 minutes")
"""What one address may upload, in KiB: several times what its reports need."""
LEAST_KIB = 8
"""What a piece counts at least."""
MOST_PAID = 20_000
"""Cards whose next try is free; beyond them the oldest is counted again."""
_CELL_DEG = NEAR_M / M_PER_DEG


class Limits:
    """Counts; one process has one."""

    def __init__(
        self,
        device: RateLimitItem = DEVICE,
        address: RateLimitItem = ADDRESS,
        tries: RateLimitItem = TRIES,
        crowd: RateLimitItem = CROWD,
        looks: RateLimitItem = LOOKS,
    ):
        self._device, self._address, self._tries, self._crowd, self._looks = device, address, tries, crowd, looks
        storage = MemoryStorage()
        self._windows = MovingWindowRateLimiter(storage)
        self._sums = FixedWindowRateLimiter(storage)  # one number, where a moving window would keep each KiB
        self._paid: dict[str, None] = {}
        self._lock = threading.Lock()

    def may_send(self, device: str, address: str, card: str = "") -> bool:
        """Whether one more report may be sent; counts it, unless its card has been counted for nothing before.

        All are digests, "" where they are not known.
        """
        windows = self._windows
        if card and self._was_paid(card):
            return True
        if device and not windows.test(self._device, "device", device):
            return False
        if not windows.hit(self._address, "address", address):
            return False
        return not device or windows.hit(self._device, "device", device)

    def give_back(self, card: str) -> None:
        """Let a card be tried once more without being counted: that it was not taken was our fault, or it is sent already."""
        with self._lock:
            self._paid.pop(card, None)
            self._paid[card] = None
            while len(self._paid) > MOST_PAID:
                del self._paid[next(iter(self._paid))]

    def may_look(self, address: str) -> bool:
        """Whether one more code may be looked up; counts it."""
        return self._sums.hit(self._looks, "look", address)

    def may_guess(self, address: str) -> bool:
        """Whether an address has not failed too often to have a code shown."""
        return self._windows.test(self._tries, "try", address)

    def failed(self, address: str) -> bool:
        """Count a code that is of no report; whether that may be told."""
        return self._windows.hit(self._tries, "try", address)

    def may_upload(self, address: str, kibibytes: int) -> bool:
        """Whether so much more may come from an address; counts it."""
        return self._sums.hit(UPLOAD_KIB, "upload", address, cost=max(LEAST_KIB, kibibytes))

    def _was_paid(self, card: str) -> bool:
        with self._lock:
            found = card in self._paid
            self._paid.pop(card, None)
        return found

    def is_crowded(self, area: str) -> bool:
        """Whether pictures of an area come so fast that they have to wait for one another; counts one."""
        return bool(area) and not self._windows.hit(self._crowd, "area", area)


def area_of(low_point: str | None, lon: float | None, lat: float | None) -> str:
    """An area: a low point, else a cell of about 150 m; "" where the place is not known."""
    if low_point is not None:
        return f"point {low_point}"
    return "" if lon is None or lat is None else f"cell {lon // _CELL_DEG:.0f} {lat // _CELL_DEG:.0f}"
