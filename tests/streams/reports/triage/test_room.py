"""Where a group has more reports than anybody can look at each source, device and word has its turn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.reports.triage.room import MOST_OF_GROUP, PICTURED_SHARE, Guest, with_room

MOST = 12
GUESTS = st.lists(
    st.tuples(
        st.integers(0, 1000),
        st.sampled_from(["", *"abcdefgh"]),
        st.sampled_from(["", *"abcdefgh"]),
        st.sampled_from(["dry", "knee"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=60,
).map(lambda rows: [Guest(f"r{n}", *row) for n, row in enumerate(rows)])


def guest(number: int, address: str, depth: str = "knee", pictured: bool = False, waits: bool = True) -> Guest:
    return Guest(f"r{number}", number, f"device{number}", address, depth, pictured, waits)


@given(GUESTS)
def test_room_is_kept_and_used(group: list[Guest]) -> None:
    found = with_room(group, MOST)
    for waits in (True, False):
        own = {one.report for one in group if one.waits == waits}
        assert min(len(own), MOST) == len(found & own)


@given(GUESTS, st.integers(1, 8), st.integers(MOST_OF_GROUP, 2 * MOST_OF_GROUP))
def test_no_number_of_reports_of_one_address_takes_the_room_of_others(group: list[Guest], others: int, flood: int) -> None:
    honest = [guest(n, f"good{n}") for n in range(others)]
    found = with_room([*honest, *[guest(1000 + n, "evil") for n in range(flood)]])
    assert {one.report for one in honest} <= found


@given(st.integers(1, 8), st.integers(MOST_OF_GROUP, 2 * MOST_OF_GROUP))
def test_no_number_of_one_word_takes_the_room_of_another_behind_the_same_address(deep: int, dry: int) -> None:
    own = [guest(n, "nat", "thigh") for n in range(deep)]
    assert {one.report for one in own} <= with_room([*own, *[guest(1000 + n, "nat", "dry") for n in range(dry)]])


def test_a_share_of_the_room_is_for_those_who_have_a_picture() -> None:
    own = [guest(n, f"good{n}", pictured=True) for n in range(int(MOST_OF_GROUP * PICTURED_SHARE))]
    found = with_room([*own, *[guest(1000 + n, f"evil{n}") for n in range(3 * MOST_OF_GROUP)]])
    assert {one.report for one in own} <= found
