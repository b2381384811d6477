"""Puts what the districts heard back into the one order in which it arrived, each observation once.

A rain gauge that serves several districts lies in the log of each. All these logs are parts of one order; so one is built that agrees
with every one of them, and what lies in several is taken as often as in the one that has it most often, which is once but for repeats.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import chain, groupby, pairwise
from operator import itemgetter

from streams.archive.wire import Row

Run = tuple[str, Iterable[tuple[int, Row]]]
"""A district, and observations of it in order of arrival, with their arrivals."""

_Numbered = tuple[Row, int]


def merged(runs: Sequence[Run]) -> Iterator[tuple[int, Row]]:
    """All observations in order of arrival, each once, with their arrivals.

    Parameters
    ----------
    runs
        In order of arrival each; a district may have several, where a clock was set back between them.
    """
    parts = [_moments(number, district, rows) for number, (district, rows) in enumerate(runs)]
    for arrival_us, together in groupby(heapq.merge(*parts, key=itemgetter(0, 1, 2)), key=itemgetter(0)):
        of_district: dict[str, list[Row]] = {}
        for _, district, _, rows in together:
            of_district.setdefault(district, []).extend(rows)
        for row in in_one_order(list(of_district.values())):
            yield arrival_us, row


def in_one_order(parts: Sequence[Sequence[Row]]) -> Sequence[Row]:
    """One order of what arrived at one moment that agrees with all its parts; what is in several of them is there once."""
    if len(parts) == 1:
        return parts[0]
    if len(set(chain.from_iterable(parts))) == sum(map(len, parts)):
        return [row for part in parts for row in part]
    numbered = [_numbered(part) for part in parts]
    sorter: TopologicalSorter[_Numbered] = TopologicalSorter()
    for part in numbered:
        for one in part:
            sorter.add(one)
        for before, after in pairwise(part):
            sorter.add(after, before)
    try:
        order = list(sorter.static_order())
    except CycleError:  # two that contradict each other: no log of one gateway, but no reason to lose anything
        order = list(dict.fromkeys(chain.from_iterable(numbered)))
    return [row for row, _ in order]


def _moments(number: int, district: str, rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, str, int, list[Row]]]:
    """What a run holds of each moment; ordered by moment, district and run."""
    for arrival_us, those in groupby(rows, key=itemgetter(0)):
        yield arrival_us, district, number, [row for _, row in those]


def _numbered(part: Sequence[Row]) -> list[_Numbered]:
    """Equal ones told apart: the first, the second."""
    seen: Counter[Row] = Counter()
    numbered = []
    for row in part:
        numbered.append((row, seen[row]))
        seen[row] += 1
    return numbered
