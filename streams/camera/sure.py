"""How sure a reading is: one number from what speaks for and against it.

The weights are those of a logistic regression of "within 5 cm" on 640 rendered looks of the places to
tune on; held-out places had no part in it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from streams.camera.around import Covered

SHARP_EDGE = 0.65
"""Edges of cars are sharper than most waterlines."""
_LEAST_SIGN = 0.25
FAINTER_M = 0.08


class Signs(NamedTuple):
    """What a verdict hangs on.

    Attributes
    ----------
    near
        Share of likelihood near the line.
    over, under, again, foot, road
        Log odds that gauge and wall are seen: in the 10 cm on either side of the line, at best anywhere further below, at the
        gauge's foot, on the road before it.
    ripple, edge, other_edge, mirror
        How restless it is below, how sharp the line is, the sharpest edge further below, how much it mirrors.
    apart_m
        How far gauge and wall disagree, m.
    fainter_m
        How far above the line the gauge's contrast is already weak, m.
    covered
        What is seen beside the gauge.
    glare
        Share of blinded rows.
    depth_m
        Of the likeliest line, m.
    """

    near: float
    over: float
    under: float
    again: float
    ripple: float
    edge: float
    other_edge: float
    mirror: float
    apart_m: float
    fainter_m: float
    covered: Covered
    glare: float
    foot: float
    road: float
    depth_m: float


def confidence(signs: Signs) -> float:
    """Chance that the reading is within 5 cm, 0 to 1."""
    if signs.depth_m <= 0:
        # the road is seen: as sure as the gauge's foot and the road before it are
        return min(signs.near, _between(signs.foot, 0.3, 2.0), _between(signs.road, -0.3, 0.6), _between(signs.covered.below, 0.0, 0.6))
    total = (
        1.25
        + 1.7 * signs.near
        - 1.5 * max(0.0, 0.7 - signs.near)
        - 11.2 * min(signs.covered.broken, 0.5)
        - 5.3 * (min(signs.covered.below, 0.4) if signs.depth_m > 0.1 else 0.02)
        + 1.2 * signs.edge
        - 2.8 * signs.other_edge
        + 0.8 * water_sign(signs)
        + 0.32 * (min(signs.over, 2.0) - max(signs.under, -2.0))
        - 1.7 * max(0.0, signs.edge - 0.45) * max(0.0, signs.other_edge - 0.4)
    )
    return 1 / (1 + math.exp(-total))


def water_sign(signs: Signs) -> float:
    """How much it moves or mirrors below the line as only water does, 0 to 1."""
    return min(1.0, max(signs.ripple, 2 * signs.mirror, 0.0))


def like_a_car(signs: Signs) -> bool:
    """Whether the line is as sharp as a car's edge, and nothing below it moves or mirrors as water does."""
    return signs.depth_m > 0 and signs.edge > SHARP_EDGE and water_sign(signs) < _LEAST_SIGN


def like_a_mirror(signs: Signs) -> bool:
    """Whether what counts as seen just above the line is so faint that it may be the gauge's image in deeper water."""
    return signs.fainter_m > FAINTER_M


def dry_beside(signs: Signs) -> bool:
    """Whether dry wall or road is still seen where the water would have to stand."""
    return signs.depth_m > 0 and (signs.covered.broken > 0.22 or (signs.depth_m > 0.1 and signs.covered.below > 0.2))


def _between(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, 0.5 + 0.5 * (value - low) / (high - low))) if value > low else max(0.0, 0.5 + 0.5 * (value - low))
