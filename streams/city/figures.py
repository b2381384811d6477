"""What a city may say of a low point's catchment, drains and pump: figures out of range are mistakes of units more often than not."""

from __future__ import annotations

import math
from pathlib import Path

from streams.city.model import CityError, LowPoint

_RANGES = {
    "catchment_ha": (0.01, 10_000.0, "write the area that drains to the point in hectares (1 ha = 10,000 m2), or leave it out"),
    "impervious_share": (0.0, 1.0, "write the sealed share of the catchment from 0 to 1 (85 % is 0.85), or leave it out"),
    "drain_mm_h": (0.0, 1000.0, "write what the inlets take in mm/h over the catchment, or leave it out"),
    "pump_mm_h": (0.0, 1000.0, "write what the pumps take in mm/h over the catchment, or leave it out"),
}


def check_figures(point: LowPoint, file: Path) -> None:
    """Refuse figures that cannot be meant.

    Raises
    ------
    CityError
        Which point, which figure, and what to write instead.
    """
    for name, (least, most, advice) in _RANGES.items():
        value = getattr(point, name)
        if value is not None and not (math.isfinite(value) and least <= value <= most):
            raise CityError(f"{file}: {point.low_point_id}: {name} is {value:g}, not between {least:g} and {most:g}: {advice}")
