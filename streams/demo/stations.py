"""The stations that watch the demo city: what stands where, and who owns it."""

from collections.abc import Sequence
from random import Random
from typing import Any

from streams.demo import geojson
from streams.demo.layout import COLUMNS, DISTRICT_IDS, HEIGHT_M, WIDTH_M, district_area, lonlat
from streams.demo.points import LowPoint

# Twelve gauges: one a district, and two between districts. Each serves the districts around it.
_GAUGE_DISTRICTS = (
    ("D01",),
    ("D02", "D01"),
    ("D03",),
    ("D04", "D03"),
    ("D05",),
    ("D06",),
    ("D07", "D06"),
    ("D08",),
    ("D09", "D08", "D10"),
    ("D10",),
    ("D02", "D03", "D08"),
    ("D04", "D05", "D09"),
)
_PUMP_AT_MOST = 10


def make_stations(random: Random, points: Sequence[LowPoint]) -> list[geojson.Feature]:
    """Draw every station; ids say what a station is and where."""
    cameras = set(random.sample([point.low_point_id for point in points], len(points) // 3))
    pumped = [point.low_point_id for point in points if point.kind == "underpass"][:_PUMP_AT_MOST]
    features = []
    for point in points:
        features.append(_level(random, point))
        if point.low_point_id in cameras:
            features.append(_camera(random, point))
        if point.low_point_id in pumped:
            features.append(_at_point(point, "pump", "drainage", 60))
        features.append(_at_point(point, "reports", "hotline", 86_400))
    return [*features, *_gauges(random), *_stages(), _bureau(), *_district_reports()]


def _at_point(point: LowPoint, kind: str, owner: str, cadence_s: int, **more: float) -> geojson.Feature:
    properties: dict[str, Any] = {
        "station_id": f"{point.low_point_id}-{kind}",
        "kind": kind,
        "low_point_id": point.low_point_id,
        "owner": owner,
        "cadence_s": cadence_s,
        **more,
    }
    return geojson.point(lonlat(point.x_m, point.y_m), properties)


def _level(random: Random, point: LowPoint) -> geojson.Feature:
    owner = {"underpass": "traffic", "sag": "drainage", "riverside": "river"}[point.kind]
    height_m = round((4.2 if point.kind == "underpass" else 2.8) + 0.8 * random.random(), 1)
    error_sd_m = random.choice((0.005, 0.01, 0.01, 0.015))
    return _at_point(point, "level", owner, random.choice((10, 60)), error_sd_m=error_sd_m, mounting_height_m=height_m)


def _camera(random: Random, point: LowPoint) -> geojson.Feature:
    cadence_s, error_sd_m = random.choice((60, 90, 120)), random.choice((0.05, 0.06, 0.08))
    return _at_point(point, "camera", "traffic", cadence_s, error_sd_m=error_sd_m, mounting_height_m=6.0)


def _over_districts(
    station_id: str, kind: str, districts: Sequence[str], owner: str, cadence_s: int, place: tuple[float, float]
) -> geojson.Feature:
    properties: dict[str, Any] = {
        "station_id": station_id,
        "kind": kind,
        "district_ids": list(districts),
        "owner": owner,
        "cadence_s": cadence_s,
    }
    return geojson.point(lonlat(*place), properties)


def _gauges(random: Random) -> list[geojson.Feature]:
    features = []
    for number, districts in enumerate(_GAUGE_DISTRICTS, start=1):
        middles = [district_area(district).centroid for district in districts]
        x_m = sum(middle.x for middle in middles) / len(middles) + 300 * (random.random() - 0.5)
        y_m = sum(middle.y for middle in middles) / len(middles) + 300 * (random.random() - 0.5)
        features.append(_over_districts(f"R{number:02d}", "rain", sorted(districts), "meteorology", 60, (x_m, y_m)))
    return features


def _stages() -> list[geojson.Feature]:
    """Three gauges along the river, for the districts on its bank."""
    south = DISTRICT_IDS[COLUMNS:]
    served = (south[:2], south[2:3], south[3:])
    return [
        _over_districts(f"ST{number:02d}", "stage", districts, "river", 300, ((number - 0.5) * WIDTH_M / 3, 30.0))
        for number, districts in enumerate(served, start=1)
    ]


def _bureau() -> geojson.Feature:
    return _over_districts("BUREAU", "bureau", DISTRICT_IDS, "meteorology", 600, (WIDTH_M / 2, HEIGHT_M / 2))


def _district_reports() -> list[geojson.Feature]:
    """One a district, for citizens' reports from streets that are no known low point."""
    features = []
    for district in DISTRICT_IDS:
        middle = district_area(district).centroid
        features.append(_over_districts(f"{district}-reports", "reports", [district], "hotline", 86_400, (middle.x, middle.y)))
    return features
