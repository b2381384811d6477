"""The layers of the demo city's map: roads, water, districts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from shapely import transform
from shapely.geometry import Point, shape

from streams.demo import geojson
from streams.demo.layout import DISTRICT_IDS, district_area, metres, ring
from streams.demo.points import LowPoint
from streams.demo.streets import make_avenues, make_side_streets, make_streets
from streams.demo.waters import make_lake, make_water


def write_layers(out: Path, random: Random, points: Sequence[LowPoint], places: Sequence[geojson.Feature]) -> None:
    """Write the three files.

    Parameters
    ----------
    random
        For this alone: another layer must not move anything else in the city.
    places
        Zones and shelters, which no water may cover.
    """
    avenues, streets = make_avenues(), make_streets(points)
    taken = [transform(shape(place["geometry"]), _metres, interleaved=False) for place in places]
    dry = [*taken, *(Point(point.x_m, point.y_m) for point in points)]
    lake = make_lake(random, [*dry, *(road.line for road in [*avenues, *streets])])
    roads = [*avenues, *streets, *make_side_streets(streets, lake)]
    geojson.write(out / "roads.geojson", [road.feature for road in roads])
    geojson.write(out / "water.geojson", make_water(random, lake))
    geojson.write(out / "districts.geojson", [_district(district) for district in DISTRICT_IDS])


def _metres(lons: Sequence[float], lats: Sequence[float]) -> tuple[list[float], list[float]]:
    east, north = zip(*(metres(lon, lat) for lon, lat in zip(lons, lats, strict=True)), strict=True)
    return list(east), list(north)


def _district(district: str) -> geojson.Feature:
    corners = list(district_area(district).exterior.coords)
    return geojson.polygon(ring([(x_m, y_m) for x_m, y_m in corners]), {"district_id": district})
