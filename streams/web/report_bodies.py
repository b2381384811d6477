"""How many bodies come in at the same time: of all, and of one source, so that nobody's slow ones keep everybody else out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST_AT_ONCE, MOST_OF_SOURCE = 300, 40


class Bodies:
    """Counts; for one event loop."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def one(self, source: str) -> Iterator[bool]:
        """Whether one more of a source may come in; it is counted until the block ends.

        Parameters
        ----------
        source
            The digest of an address, of the newer kind of a household (/64).
        """
        if self._open.total() >= MOST_AT_ONCE or self._open[source] >= MOST_OF_SOURCE:
            yield False
            return
        self._open[source] += 1
        try:
            yield True
        finally:
            self._open[source] -= 1
            if not self._open[source]:
                del self._open[source]
