"""What a city knows of its low points, in the columns that the models take."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.core.site import CLASSES, Floats, Sites
from streams.city.hollow import Hollow, measure_hollow
from streams.city.model import City
from streams.city.terrain import read_terrain


def sites_of(city: City) -> Sites:
    """Describe all low points of a city, in the order of their ids; the terrain is read once, so keep what this returns.

    Returns
    -------
    Sites
        nan where the city does not know: the priors of the class stand in. A point without `pump_mm_h` has a pump like others of its
        class if the city watches one there, none if it watches pumps elsewhere only, and like others of its class if it watches none.
    """
    points = city.low_points
    hollows = _hollows(city)
    return Sites(
        low_point=tuple(point.low_point_id for point in points),
        point_class=np.array([CLASSES.index(point.point_class) for point in points], np.int64),
        catchment_ha=_column([point.catchment_ha for point in points]),
        impervious_share=_column([point.impervious_share for point in points]),
        drain_mm_h=_column([point.drain_mm_h for point in points]),
        pump_mm_h=_pumps_mm_h(city),
        hollow_m3=_column([None if hollow is None else hollow.hollow_m3 for hollow in hollows]),
        hollow_shape=_column([None if hollow is None else hollow.shape for hollow in hollows]),
        spill_m=_column([None if hollow is None else hollow.spill_m for hollow in hollows]),
    )


def thresholds_of(city: City) -> Floats:
    """Depths of each point's levels, shape (P, L); infinite where a point has fewer than another."""
    most = max((len(point.levels) for point in city.low_points), default=0)
    table = np.full((len(city.low_points), most), np.inf)
    for row, point in enumerate(city.low_points):
        table[row, : len(point.levels)] = [level.depth_m for level in point.levels]
    return table


def _column(values: list[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _pumps_mm_h(city: City) -> Floats:
    watched = {station.low_point_id for station in city.stations if station.kind == "pump"}
    known = _column([point.pump_mm_h for point in city.low_points])
    without = np.array([bool(watched) and point.low_point_id not in watched for point in city.low_points], bool)
    return np.where(np.isnan(known) & without, 0.0, known)


def _hollows(city: City) -> list[Hollow | None]:
    file = Path(city.folder) / "dem.tif"
    if not city.folder or not file.exists():
        return [None] * len(city.low_points)
    terrain = read_terrain(file)
    return [measure_hollow(terrain, point.lon, point.lat) for point in city.low_points]
