"""How many bodies come in at the same time: of all, of one source and its network, so that nobody's slow ones keep everybody else out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST_AT_ONCE, MOST_OF_NETWORK, MOST_OF_SOURCE = 300, 120, 40


class Bodies:
    """Counts; for one event loop."""

    def __init__(self) -> None:
        self._open: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def one(self, source: str, network: str) -> Iterator[bool]:
        """Whether one more of a source in a network may come in; it is counted until the block ends.

        Parameters
        ----------
        source
            The digest of an address, of the newer kind of a household (/64).
        network
            The digest of what a provider gives one customer at most (/48), or of the address.
        """
        of_source, of_network = ("source", source), ("network", network)
        total = sum(count for (kind, _), count in self._open.items() if kind == "source")
        if total >= MOST_AT_ONCE or self._open[of_source] >= MOST_OF_SOURCE or self._open[of_network] >= MOST_OF_NETWORK:
            yield False
            return
        self._open.update((of_source, of_network))
        try:
            yield True
        finally:
            for one in (of_source, of_network):
                self._open[one] -= 1
                if not self._open[one]:
                    del self._open[one]
