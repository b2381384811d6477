"""Our quality control beside the QARTOD tests of `ioos_qc`: alike where both ask the same, and where not, it is said why.

QARTOD judges a finished series, ours judges each reading as it comes; it never deletes (law 2), and it believes flash floods,
which to QARTOD's rate of change are bad data.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from streams.rules import limits, quality
from tests.streams.towns import Run, depths, rain, town, us

qartod = pytest.importorskip("ioos_qc.qartod", reason="the development packages are not installed")
GOOD, SUSPECT, FAIL = 1, 3, 4
EVERY_S = 60
DEPTHS = arrays(float, 60, elements=st.floats(-1, 12).map(lambda depth_m: round(depth_m, 3)))


def seconds(count: int) -> np.ndarray:
    return np.arange(count) * EVERY_S


def verdicts(values: list[float], flag: str) -> list[int]:
    """Places of readings that our rules flagged, out of a series of one station that comes in alone and dry all around."""
    run = Run(town()).hear(depths("S0", values))
    noted = {one.reading for one in run.verdicts if flag in one.flags}
    return [place for place in range(len(values)) if f"S0/{text_of(place)}" in noted]


def text_of(place: int) -> str:
    from streams.observation.moments import to_text

    return to_text(us(place * EVERY_S))


@given(DEPTHS)
def test_range_is_the_gross_range_test(values: np.ndarray) -> None:
    theirs = qartod.gross_range_test(values, (limits.RANGE_LOW_M, limits.RANGE_HIGH_M)) == FAIL
    assert theirs.tolist() == [quality.out_of_range(value, limits.RANGE_HIGH_M) for value in values.tolist()]


@given(arrays(float, 60, elements=st.floats(0, 3).map(lambda depth_m: round(depth_m, 3))))
def test_a_jump_is_a_rate_of_change_but_only_upwards_and_from_eight_centimetres(values: np.ndarray) -> None:
    """Theirs asks |change| > rate; ours asks rises only, as water may fall off a sensor's view, and 8 cm at least, as waves are no jump."""
    per_second = limits.JUMP_M_PER_MIN / 60 - 1e-12  # ours counts the limit itself in
    theirs = np.asarray(qartod.rate_of_change_test(values, seconds(60), per_second) == SUSPECT)[1:]
    ours = quality.jumped(values[:-1], values[1:], np.full(59, EVERY_S * 1_000_000))
    rise_m = np.diff(values)
    assert (theirs & (rise_m >= limits.JUMP_M)).tolist() == ours.tolist()


@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0.1, 2)), min_size=1, max_size=6))
def test_a_single_spike_is_the_spike_of_the_differential_test(spikes: list[tuple[int, float]]) -> None:
    values = [0.0] * 5
    for apart, height_m in spikes:
        values += [round(height_m, 3), *[0.0] * (apart + 1)]
    theirs = np.flatnonzero(qartod.spike_test(np.array(values), limits.JUMP_M - 1e-9, 99.0, method="differential") == SUSPECT)
    assert theirs.tolist() == verdicts(values, "spike")


def test_a_flash_flood_fails_their_rate_of_change_and_raises_our_level_at_once() -> None:
    """0 to 60 cm in two minutes in the rain: bad data by the rate of change of a calm sea, the worst case of a street (laws 1 and 2)."""
    values = [0.0] * 10 + [0.3, 0.6, 0.62, 0.61]
    theirs = qartod.rate_of_change_test(np.array(values), seconds(len(values)), 0.001, 0.003)
    assert {FAIL} == set(theirs[10:12].tolist())
    run = Run(town()).hear([*rain(0, 10), *depths("S0", values)])
    assert [(600.0, 2, "measured"), (660.0, 4, "measured")] == run.changes()


def test_a_jump_that_stays_is_held_for_one_reading_and_then_believed() -> None:
    """Dry all around: theirs flags the rise and leaves it at that; ours holds it, believes it when it stays, and deletes nothing."""
    values = [0.0] * 10 + [0.5, 0.5, 0.5]
    theirs = np.flatnonzero(qartod.rate_of_change_test(np.array(values), seconds(len(values)), limits.JUMP_M_PER_MIN / 60) == SUSPECT)
    assert [10] == theirs.tolist() == verdicts(values, "suspect")
    assert [(660.0, 3, "measured")] == Run(town()).hear(depths("S0", values)).changes()


def test_a_wet_value_that_stands_still_for_an_hour_is_flat_to_both() -> None:
    values = [0.0] * 10 + [0.05] * 90
    theirs = np.flatnonzero(qartod.flat_line_test(np.array(values), seconds(100), 999_999, 3600, 0.0001) == FAIL)
    assert theirs.tolist() == verdicts(values, "flat_line")


def test_a_dry_road_is_flat_to_them_and_dry_to_us() -> None:
    values = [0.0] * 100
    theirs = qartod.flat_line_test(np.array(values), seconds(100), 999_999, 3600, 0.0001)
    assert FAIL in theirs.tolist()
    assert [] == verdicts(values, "flat_line")
