"""What each address may have on its way at the same time: nobody takes the room of all. In memory, by each web process, never written."""

from __future__ import annotations

import threading

from streams.observation.moments import MINUTE_US

MOST_FILES, MOST_BYTES = 200, 256 * 1024**2
"""Of one address: what is being written behind the address of a whole town at one time, several times over."""
IDLE_US = 20 * MINUTE_US
"""What was touched last so long ago is on its way no more."""


class Shares:
    """Counts files and bytes by address, a digest; "" is one too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, dict[str, tuple[int, int]]] = {}
        """Address, picture: size in bytes, when it grew last (us)."""
        self._whose: dict[str, str] = {}

    def may_grow(self, name: str, address: str, size: int, now_us: int) -> bool:
        """Whether a picture of an address may be so large, in bytes; counts it if so.

        Whoever goes on from another network takes the picture along, out of the other address's share.
        """
        with self._lock:
            held = self._of.get(address, {})
            for idle in [one for one, (_, grown_us) in held.items() if grown_us < now_us - IDLE_US]:
                self._end(idle)
            others = [one_size for one, (one_size, _) in held.items() if one != name]
            if len(others) >= MOST_FILES or sum(others) + size > MOST_BYTES:
                return False
            self._end(name)
            self._of.setdefault(address, {})[name] = (size, now_us)
            self._whose[name] = address
            return True

    def end(self, name: str) -> None:
        """A picture is on its way no more."""
        with self._lock:
            self._end(name)

    def hand_on(self, name: str, to: str) -> None:
        """A picture has another name."""
        with self._lock:
            address = self._whose.get(name)
            if address is not None:
                told = self._of[address][name]
                self._end(name)
                self._end(to)
                self._of.setdefault(address, {})[to] = told
                self._whose[to] = address

    def forget(self, now_us: int) -> None:
        """Let go of what is idle, of every address."""
        with self._lock:
            idle = [one for held in self._of.values() for one, (_, grown_us) in held.items() if grown_us < now_us - IDLE_US]
            for one in idle:
                self._end(one)

    def _end(self, name: str) -> None:
        address = self._whose.pop(name, None)
        if address is not None:
            del self._of[address][name]
            if not self._of[address]:
                del self._of[address]
