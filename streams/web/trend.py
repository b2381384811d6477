"""Whether the water at a point rises, falls or stands, by what it was ten minutes before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from streams.observation.moments import MINUTE_US
from streams.store.recent_water import WaterThen

Trend = Literal["rising", "falling", "steady"]

SPAN_US = 10 * MINUTE_US
SLACK_US = 2 * MINUTE_US
"""A row is kept each whole minute where it is wet: what lies further off tells of another span."""
CHANGE_M = 0.02
"""What a sensor wavers by is no trend."""
WET_M = 0.03
"""Below this on both ends there is no water to speak of."""


def trend(depth_m: float | None, observed_us: int | None, then: Sequence[WaterThen]) -> Trend | None:
    """The trend up to an observation; None where either end is not known, and where it is dry.

    Parameters
    ----------
    then
        What was kept of about ten minutes before, in any order.
    """
    if depth_m is None or observed_us is None:
        return None
    known = [(abs(observed_us - SPAN_US - row.at_us), row.depth_m) for row in then if row.depth_m is not None]
    off_us, before_m = min(known, default=(SLACK_US + 1, 0.0))
    if off_us > SLACK_US or max(depth_m, before_m) < WET_M:
        return None
    if abs(depth_m - before_m) < CHANGE_M - 1e-9:
        return "steady"
    return "rising" if depth_m > before_m else "falling"
