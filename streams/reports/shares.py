"""What each address, and the network around it, may have on its way at the same time: nobody takes the room of all.

In memory, by each web process, never written.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from streams.observation.moments import MINUTE_US

MOST_FILES, MOST_BYTES = 200, 256 * 1024**2
"""Of one address: what is being written behind the address of a whole town at one time, several times over."""
MOST_FILES_OF_NETWORK, MOST_BYTES_OF_NETWORK = 2_000, 512 * 1024**2
"""Of the network around it (of IPv6 a /48: a household, or thousands of telephones of an operator): an eighth of all room at most."""
IDLE_US = 20 * MINUTE_US
"""What was touched last so long ago is on its way no more."""


class Shares:
    """Counts files and bytes by address and by network, digests; "" is one too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
        """Address or network, picture: size in bytes, when it grew last (us)."""
        self._whose: dict[str, tuple[tuple[str, str], ...]] = {}

    def may_grow(self, name: str, address: str, size: int, now_us: int, network: str | None = None) -> bool:
        """Whether a picture of an address, in a network, may be so large, in bytes; counts it if so. None: the address is its own network.

        Whoever goes on from another network takes the picture along, out of the other address's share.
        """
        of_address, of_network = ("address", address), ("network", address if network is None else network)
        limits = ((of_address, MOST_FILES, MOST_BYTES), (of_network, MOST_FILES_OF_NETWORK, MOST_BYTES_OF_NETWORK))
        with self._lock:
            for whose, most_files, most_bytes in limits:
                held = self._of.get(whose, {})
                self._end_all([one for one, (_, grown_us) in held.items() if grown_us < now_us - IDLE_US])
                others = [other_size for one, (other_size, _) in held.items() if one != name]
                if len(others) >= most_files or sum(others) + size > most_bytes:
                    return False
            self._keep(name, (of_address, of_network), (size, now_us))
            return True

    def end(self, name: str) -> None:
        """A picture is on its way no more."""
        with self._lock:
            self._end(name)

    def hand_on(self, name: str, to: str) -> None:
        """A picture has another name."""
        with self._lock:
            whose = self._whose.get(name)
            if whose is not None:
                told = self._of[whose[0]][name]
                self._end(name)
                self._keep(to, whose, told)

    def forget(self, now_us: int) -> None:
        """Let go of what is idle, of every address."""
        with self._lock:
            self._end_all([one for held in self._of.values() for one, (_, grown_us) in held.items() if grown_us < now_us - IDLE_US])

    def _keep(self, name: str, whose: tuple[tuple[str, str], ...], told: tuple[int, int]) -> None:
        self._end(name)
        for one in whose:
            self._of.setdefault(one, {})[name] = told
        self._whose[name] = whose

    def _end_all(self, names: Iterable[str]) -> None:
        for name in names:
            self._end(name)

    def _end(self, name: str) -> None:
        for whose in self._whose.pop(name, ()):
            del self._of[whose][name]
            if not self._of[whose]:
                del self._of[whose]
