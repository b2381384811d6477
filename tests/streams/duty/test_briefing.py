"""What comes first for somebody who comes in, and what is not known is named."""

from __future__ import annotations

from streams.duty.briefing import PointSaid, order_rank, points_to_know, reason_of
from streams.duty.hands import Hand
from streams.observation.moments import parse_us


def said(point: str, level: int | None, last: int = 0, district: str = "D1") -> PointSaid:
    return PointSaid(point, district, level, last if level is None else level, "measured", False, 0.1, 1)


def names(found: list[PointSaid]) -> list[str]:
    return [one.low_point for one in found]


def test_drafts_that_lack_most_signatures_come_first_then_the_gravest() -> None:
    orders = [("released", 0, 4), ("draft", 1, 4), ("draft", 2, 3), ("rejected", 0, 2), ("draft", 1, 3)]
    ranked = sorted(orders, key=lambda order: order_rank(*order))
    assert [("draft", 2, 3), ("draft", 1, 4), ("draft", 1, 3), ("released", 0, 4), ("rejected", 0, 2)] == ranked


def test_points_under_water_and_unknown_ones_are_named_the_gravest_first() -> None:
    points = dict.fromkeys("ABCDE", "D1")
    told = {one.low_point: one for one in (said("A", 1), said("B", 2), said("C", 4), said("D", None, 3), said("E", None, 0))}
    assert ["C", "D", "B", "E"] == names(points_to_know(points, told, ()))


def test_a_point_of_a_silent_district_or_that_never_spoke_is_unknown() -> None:
    found = points_to_know({"A": "D1", "B": "D2", "C": "D1"}, {"A": said("A", 0), "B": said("B", 0, district="D2")}, ("D2",))
    assert [("B", None, None), ("C", None, None)] == [(one.low_point, one.level, one.depth_m) for one in found]
    assert 4 == points_to_know({"B": "D2"}, {"B": said("B", 4, district="D2")}, ("D2",))[0].last


def test_the_reason_is_read_out_of_what_the_district_says_of_this_hand() -> None:
    until = "2026-07-14T09:00:00Z"
    hand = Hand("level", "zone", "Z0", "D1", 3, "li", 0, parse_us(until) or 0)
    told = ["", f"level 2 by wang until {until}: another's", f"level 3 by li until {until}: a call: come"]
    assert "a call: come" == reason_of(hand, told)
    assert "" == reason_of(hand, ["level 3 by li until 2026-07-14T10:00:00Z: before"])
