"""Likenesses are of one picture where few of their bits differ; what is no likeness is like itself alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.reports.triage.likeness import ALIKE_BITS, alike, distinct

HEXADECIMAL = st.integers(0, 2**64 - 1).map("{:016x}".format)


@given(HEXADECIMAL, HEXADECIMAL)
def test_alike_is_so_both_ways_and_counts_bits(a: str, b: str) -> None:
    assert alike(a, a)
    assert alike(a, b) == alike(b, a) == (bin(int(a, 16) ^ int(b, 16)).count("1") <= ALIKE_BITS)


@given(HEXADECIMAL, st.sets(st.integers(0, 63), max_size=12))
def test_so_many_bits_and_no_more_may_differ(a: str, turned: set[int]) -> None:
    b = f"{int(a, 16) ^ sum(1 << bit for bit in turned):016x}"
    assert alike(a, b) == (len(turned) <= ALIKE_BITS)


@pytest.mark.parametrize("wrong", ["", "g" * 16])
def test_what_is_no_likeness_is_like_itself_alone(wrong: str) -> None:
    assert (True, False) == (alike(wrong, wrong), alike(wrong, "0" * 16))


@given(st.lists(HEXADECIMAL, max_size=8))
def test_every_likeness_is_like_one_of_the_distinct_ones_and_those_are_unlike(likenesses: list[str]) -> None:
    found = distinct(likenesses)
    assert [] == [one for one in likenesses if not any(alike(one, known) for known in found)]
    assert [] == [(a, b) for n, a in enumerate(found) for b in found[:n] if alike(a, b)]
