"""One person in two zones gets one text, the more severe."""

from __future__ import annotations

from streams.messages.told_once import Row, told_once

HOUR = 3_600_000_000


def row(incident: str, level: int, at_min: float, msg_type: str = "Alert", zone: str = "", resident: str = "R1", hours: float = 2) -> Row:
    issued_us = int(at_min * 60_000_000)
    return Row(resident, zone or incident[0], incident, msg_type, level, issued_us, issued_us + int(hours * HOUR))


def test_the_same_danger_in_the_other_zone_is_told_once() -> None:
    assert [True, False] == told_once([row("A", 3, 0), row("B", 3, 1)])


def test_the_more_severe_is_told_after_the_lesser() -> None:
    assert [True, True] == told_once([row("A", 3, 0), row("B", 4, 1)])


def test_two_people_are_two() -> None:
    assert [True, True] == told_once([row("A", 3, 0), row("B", 3, 1, resident="R2")])


def test_updates_of_one_zone_are_all_told() -> None:
    assert [True, True, True] == told_once([row("A", 3, 0), row("A", 4, 1, "Update"), row("A", 0, 2, "Cancel")])


def test_the_all_clear_goes_to_who_was_warned_only() -> None:
    assert [True, False, False, True] == told_once([row("A", 4, 0), row("B", 3, 1), row("B", 0, 2, "Cancel"), row("A", 0, 3, "Cancel")])


def test_when_the_more_severe_is_over_what_still_stands_is_told_and_its_all_clear_too() -> None:
    rows = [row("A", 4, 0), row("B", 3, 1), row("A", 0, 2, "Cancel"), row("B", 0, 3, "Cancel")]
    assert [True, True, True, True] == told_once(rows)


def test_when_the_more_severe_falls_below_the_other_is_told() -> None:
    assert [True, True, True] == told_once([row("A", 4, 0), row("B", 4, 1), row("A", 3, 2, "Update")])


def test_what_has_expired_stands_in_nobodys_way() -> None:
    assert [True, True] == told_once([row("A", 4, 0, hours=0.1), row("B", 3, 10)])
