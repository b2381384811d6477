"""What the districts heard of one stream of arrivals goes back into one order that each of them would hear the same way."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from streams.archive.merge import in_one_order, merged
from streams.archive.wire import Row

SERVED = {"A": {"D1"}, "B": {"D2"}, "C": {"D3"}, "R": {"D1", "D2", "D3"}, "Q": {"D1", "D3"}}

arrivals = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(sorted(SERVED)), st.integers(0, 2)), max_size=40).map(
    lambda found: [(arrival, Row(station, observed, 0.5, None)) for arrival, station, observed in sorted(found, key=lambda one: one[0])]
)


def heard(district: str, stream: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
    return [one for one in stream if district in SERVED[one[1].station]]


@given(arrivals)
def test_every_district_hears_the_merged_stream_as_it_heard_the_first(stream: list[tuple[int, Row]]) -> None:
    whole = list(merged([(district, heard(district, stream)) for district in ("D1", "D2", "D3")]))
    assert sorted(stream) == sorted(whole)
    for district in ("D1", "D2", "D3"):
        assert heard(district, stream) == heard(district, whole)


@given(arrivals, st.integers(0, 40))
def test_a_district_whose_log_begins_later_takes_nothing_away(stream: list[tuple[int, Row]], gone: int) -> None:
    """Retention takes partitions one by one: what still lies in another district's log is there."""
    whole = list(merged([("D1", heard("D1", stream)), ("D3", heard("D3", stream)[gone:])]))
    assert heard("D1", stream) == [one for one in whole if "D1" in SERVED[one[1].station]]


def test_runs_of_a_district_whose_clock_was_set_back_are_put_in_order_of_arrival() -> None:
    early, late, again = Row("A", 1, 0.1, None), Row("A", 2, 0.2, None), Row("A", 3, 0.3, None)
    assert [(5, early), (6, again), (7, late)] == list(merged([("D1", [(5, early), (7, late)]), ("D1", [(6, again)])]))


def test_parts_that_contradict_each_other_lose_nothing() -> None:
    one, two = Row("R", 1, 0.1, None), Row("Q", 1, 0.2, None)
    assert {one, two} == set(in_one_order([[one, two], [two, one]]))
    assert 2 == len(in_one_order([[one, two], [two, one]]))
