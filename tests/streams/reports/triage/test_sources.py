"""Whose reports are: what shares a device or an address is one source, and more of it says nothing more."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from streams.reports.triage.duplicates import duplicates
from streams.reports.triage.likeness import ALIKE_BITS, alike, distinct
from streams.reports.triage.sources import sources_of
from tests.streams.reports.triage.made import likeness, report

NAMES = st.sampled_from(["", "a", "b", "c", "d"])
OWNERS = st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=12)


def of(owners: list[tuple[str, str]]) -> list[int]:
    return sources_of([report(n, device=device, address=address) for n, (device, address) in enumerate(owners)])


@given(OWNERS)
def test_reports_that_share_a_device_or_an_address_are_of_one_source(owners: list[tuple[str, str]]) -> None:
    numbers = of(owners)
    for one, other in combinations(range(len(owners)), 2):
        shared = any(mine and mine == theirs for mine, theirs in zip(owners[one], owners[other], strict=True))
        nobodies = owners[one] == owners[other] == ("", "")
        if shared or nobodies:
            assert numbers[one] == numbers[other]


@given(OWNERS)
def test_sources_are_no_fewer_than_the_chains_that_hang_together(owners: list[tuple[str, str]]) -> None:
    """Held against a plain walk over everything that hangs together."""
    left, chains = set(range(len(owners))), 0
    while left:
        chains += 1
        reached = {min(left)}
        while more := {
            other
            for one in reached
            for other in left - reached
            if owners[one] == owners[other] == ("", "") or any(a and a == b for a, b in zip(owners[one], owners[other], strict=True))
        }:
            reached |= more
        left -= reached
    assert chains == len(set(of(owners)))


@given(OWNERS, st.sampled_from(["a", "b"]), st.integers(1, 9))
def test_more_reports_of_a_known_device_and_address_are_no_more_sources(owners: list[tuple[str, str]], name: str, more: int) -> None:
    owners = [*owners, (name, name)]
    assert len(set(of(owners))) == len(set(of([*owners, *[(name, name)] * more])))


def test_an_operators_shared_address_makes_one_source_of_two_people() -> None:
    assert [0, 0, 1] == of([("mine", "cell"), ("yours", "cell"), ("hers", "home")])


def test_duplicates_name_the_first_report_that_is_repeated_and_in_what() -> None:
    group = [
        report(0, likeness=likeness(0), words="Car stuck under the bridge"),
        report(1, likeness=likeness(0)),
        report(2, device="device0"),
        report(3, words="car stuck, under the BRIDGE!"),
        report(4, words="deep"),
        report(5, words="deep"),
    ]
    found = {one.report: (one.of, one.why) for one in duplicates(group)}
    assert {"r1": ("r0", "picture"), "r2": ("r0", "source"), "r3": ("r0", "words")} == found


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=20))
def test_pictures_are_alike_up_to_so_many_bits(picture: int, flipped: set[int]) -> None:
    other = picture
    for bit in flipped:
        other ^= 1 << bit
    assert (len(flipped) <= ALIKE_BITS) == alike(f"{picture:016x}", f"{other:016x}")


def test_a_likeness_that_cannot_be_read_is_like_itself_alone() -> None:
    assert ["zz", "00ff00ff00ff00ff"] == distinct(["zz", "zz", "00ff00ff00ff00ff", "00ff00ff00ff00fe"])
