"""Keeps messages, or calls, and finds them again by their sid, by number, and page by page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, Protocol, TypeVar


class Record(Protocol):
    """What is kept: `number` counts up by creation."""

    number: int
    sid: str
    to: str


R = TypeVar("R", bound=Record)


class Shelf(Generic[R]):
    """Records in the order of their creation."""

    def __init__(self) -> None:
        self._all: list[R] = []
        self._by_sid: dict[str, R] = {}
        self._by_to: defaultdict[str, list[R]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, record: R) -> None:
        """Keep one; it is newer than all others."""
        self._all.append(record)
        self._by_sid[record.sid] = record
        self._by_to[record.to].append(record)

    def get(self, sid: str) -> R | None:
        """The one with this sid."""
        return self._by_sid.get(sid)

    def older(self, to: str, below: int | None, wanted: Callable[[R], bool], most: int) -> list[R]:
        """The newest of those older than number `below`, newest first."""
        row = self._row(to)
        end = len(row) if below is None else bisect_left(row, below, key=_number)
        return _first(most, wanted, (row[place] for place in range(end - 1, -1, -1)))

    def newer(self, to: str, above: int, wanted: Callable[[R], bool], most: int) -> list[R]:
        """The oldest of those newer than number `above`, newest first."""
        row = self._row(to)
        start = bisect_right(row, above, key=_number)
        return _first(most, wanted, (row[place] for place in range(start, len(row))))[::-1]

    def _row(self, to: str) -> Sequence[R]:
        return self._by_to.get(to, ()) if to else self._all


def _number(record: Record) -> int:
    return record.number


def _first(most: int, wanted: Callable[[R], bool], records: Iterable[R]) -> list[R]:
    found: Iterator[R] = (record for record in records if wanted(record))
    return list(islice(found, most))
