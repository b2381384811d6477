"""An entry's id is its place, and whoever pages through the log sees each entry once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.duty.entry import TEXT, Entry, Place, page_of, parse_place

PLACES = st.builds(Place, st.integers(0, 10**16 - 1), st.sampled_from(["duty", "level", "order"]), st.text(min_size=1, max_size=20))
LOGS = st.lists(st.builds(Place, st.integers(1, 4), st.sampled_from(["duty", "level"]), st.sampled_from("abcdef")), unique=True)


@given(PLACES)
def test_a_place_is_read_as_it_was_written(place: Place) -> None:
    assert place == parse_place(str(place))


@pytest.mark.parametrize("text", ["", "1.duty.1", f"{1:016d}.duty.", f"{1:016d}..1", f"x{1:015d}.duty.1", "١" * 16 + ".duty.1"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert parse_place(text) is None


@given(LOGS, st.integers(1, 5))
def test_pages_hold_each_entry_once_the_newest_first(places: list[Place], limit: int) -> None:
    log = [Entry(place, "", "level", "") for place in places]
    seen: list[Place] = []
    before, more = None, True
    while more:
        page = page_of(log, before, limit)
        seen += [entry.place for entry in page.entries]
        before, more = (seen[-1] if seen else None), page.more
    assert sorted(places, reverse=True) == seen


@pytest.mark.parametrize(("text", "taken"), [("a\nb 路口", True), ("a\tb", False), ("\x07", False), ("\x9b", False), ("a\u202eb", False)])
def test_a_text_holds_line_feeds_and_nothing_else_that_is_not_seen(text: str, taken: bool) -> None:
    assert taken == bool(re.match(TEXT, text))
