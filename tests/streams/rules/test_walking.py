"""Who needs longer to leave than points are forecast ahead is told before: level 4 within the walk, and only there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from models.situation import Outlook, Situation
from streams.city.model import Zone
from streams.rules.walking import lead_of
from tests.streams.towns import Run, calm, depths, rain, seconds, square, town


@dataclass
class Far:
    """Level 4 is likely an hour ahead, in some minutes."""

    chances: dict[int, float]
    name: str = "far"
    begun: list[int] = field(default_factory=list)

    def __call__(self, now: Situation) -> Outlook:
        plain = calm(now)
        p = np.zeros_like(plain.p_exceed)
        self.begun.append(int(now.minute))
        p[:, :, 3:] = self.chances.get(int(now.minute) - self.begun[0], 0.0)
        return Outlook(
            plain.depth_m, p, plain.peak_m, plain.minutes_to, plain.median_30min_m, plain.raises, plain.keeps, plain.method, plain.memory
        )


def run(walking_min: float, chances: dict[int, float]) -> Run:
    zones = (Zone("Z0", "D1", square(113.6, 34.7), walking_min=walking_min),)
    return Run(town(zones=zones), Far(chances)).hear([*rain(0, 1), *depths("S0", [0.0] * 20, start_s=1)], until_s=1200)


def test_a_zone_with_a_long_walk_is_told_to_go_before_its_points_are_raised() -> None:
    orders = run(45, {2: 0.6, **dict.fromkeys(range(3, 14), 0.31)}).orders
    assert [("Alert", 4, "forecast"), ("Cancel", 4, "measured")] == [(o.msg_type, o.level, o.basis) for o in orders]
    assert "EVACUATE" in orders[0].texts["en"] and "within the 45 min that walking takes: chance 0.60" in orders[0].reason


def test_what_is_held_by_forecast_alone_stands_ten_minutes_and_as_long_as_it_is_likely() -> None:
    shaky, lasting = run(45, {2: 0.6}).orders, run(45, {2: 0.6, **dict.fromkeys(range(3, 14), 0.31)}).orders
    minutes = [[(seconds(o.issued_at) - seconds(orders[0].issued_at)) / 60 for o in orders] for orders in (shaky, lasting)]
    assert [[0, 10], [0, 12]] == minutes


def test_a_zone_that_is_left_in_time_waits_for_its_points() -> None:
    assert [] == run(20, {2: 0.9}).orders


def test_less_than_even_is_not_enough() -> None:
    assert [] == run(45, {2: 0.49}).orders


@pytest.mark.parametrize(("walking_min", "place"), [(31, 3), (60, 3), (61, 4), (120, 5), (300, 5)])
def test_the_lead_is_no_shorter_than_the_walk(walking_min: float, place: int) -> None:
    assert place == lead_of(walking_min)
