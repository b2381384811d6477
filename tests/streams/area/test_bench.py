"""The measurement is of what it says: four million cells, seven depths, a million residents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.bench.area import SEVEN_M, Report, lines, measure
from streams.bench.times import Times


@pytest.fixture(scope="module")
def report() -> Report:
    return measure(turns=1)


def test_it_floods_four_million_cells_at_seven_depths_that_differ(report: Report) -> None:
    assert report.cells >= 4_000_000
    assert 7 == len(SEVEN_M) == len(set(report.wet))
    assert sorted(report.wet) == list(report.wet)
    assert 0.5 < report.wet[-1] < 0.9


def test_it_asks_for_many_of_a_million_residents(report: Report) -> None:
    assert "1,000,000 residents, 51 polygons" == report.inside.what
    assert 200_000 < report.found < 1_000_000


def test_what_was_measured_is_held_against_its_target(report: Report) -> None:
    slow = replace(report, seven=Times("cells", (1.5,), 1.0, (1.5,)), inside=Times("people", (0.1, 0.3, 0.15), 1.0, (0.1,)))
    told = list(lines(slow))
    assert "target 1 s: MISSED" in told[1]
    assert "n 3, median 0.150 s (0.100 to 0.300)" in told[-1]
    assert "target 0.2 s: met" in told[-1]
