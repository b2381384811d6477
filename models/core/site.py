"""What a city knows of its low points, in columns: class, catchment, drains and the shape of the hollow."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CLASSES = ("underpass", "sag", "riverside")


@dataclass(frozen=True, eq=False)
class Sites:
    """Points (P) in fixed order; nan where a figure is not known, and the priors of the class stand in for it.

    Two of them are equal if they are the same object: what is laid out for a district is remembered by it.

    Attributes
    ----------
    low_point
        Their ids.
    point_class
        Place of the class in `CLASSES`, shape (P,).
    catchment_ha, impervious_share, drain_mm_h, pump_mm_h
        Area that drains to the point; share of it that is sealed; what the inlets take, and the pump besides, in mm/h over it.
    hollow_m3, hollow_shape, spill_m
        Volume of the hollow is ``hollow_m3 * depth_m ** (1 + hollow_shape)``; at `spill_m` it runs over its rim.
    """

    low_point: tuple[str, ...]
    point_class: npt.NDArray[np.int64]
    catchment_ha: Floats
    impervious_share: Floats
    drain_mm_h: Floats
    pump_mm_h: Floats
    hollow_m3: Floats
    hollow_shape: Floats
    spill_m: Floats

    def __len__(self) -> int:
        return len(self.low_point)

    def part(self, points: npt.NDArray[np.int64]) -> Sites:
        """Some of the points."""
        columns = {f.name: getattr(self, f.name)[points] for f in fields(self) if f.name != "low_point"}
        return Sites(low_point=tuple(self.low_point[point] for point in points.tolist()), **columns)


def unknown_sites(low_point: tuple[str, ...], point_class: tuple[str, ...]) -> Sites:
    """Points of which nothing but their class is known."""
    nan = np.full(len(low_point), np.nan)
    return Sites(low_point, np.array([CLASSES.index(name) for name in point_class], np.int64), *([nan] * 7))
