"""Where people live and where they can go: zones around the low points, and shelters on the dry ground between them."""

import math
from collections.abc import Sequence
from random import Random

from shapely.geometry import Point, Polygon, box

from streams.demo import geojson
from streams.demo.layout import DISTRICT_IDS, WIDTH_M, district_area, lonlat, ring
from streams.demo.names import DISTRICTS, SHELTERS, zone_name
from streams.demo.points import LowPoint

Corners = list[tuple[float, float]]
_NEAR_WATER_M, _FAR_WATER_M = 0.35, 0.8  # the depth at which water reaches the edge of the quarter beside a point, and of the other one
_BORDER_M = 15.0
_RIVERSIDE_M = 200.0  # nobody lives on the levee
_SHELTER_CAPACITY = (600, 900, 1200, 1500)


def make_zones(random: Random, points: Sequence[LowPoint]) -> list[geojson.Feature]:
    """Draw two quarters a low point, apart from each other and inside the point's district."""
    features, taken = [], list[Polygon]()
    for point in points:
        for near in (True, False):
            corners = _quarter(random, point, near, taken)
            taken.append(Polygon(corners))
            name = zone_name(point.root, near)
            properties = {
                "zone_id": f"Z{point.low_point_id[2:]}{'A' if near else 'B'}",
                "name": name.zh,
                "name_en": name.en,
                "district_id": point.district_id,
                "walking_min": random.choice((8, 10, 12, 15) if near else (12, 15, 20, 25)),
            }
            features.append(geojson.polygon(ring(corners), properties))
    return features


def _quarter(random: Random, point: LowPoint, near: bool, taken: Sequence[Polygon]) -> Corners:
    """Try bearings and ever smaller sizes until a quarter fits between the others and the border."""
    inside = district_area(point.district_id).buffer(-_BORDER_M) - box(0, 0, WIDTH_M, _RIVERSIDE_M)
    bearing_rad = random.random() * 2 * math.pi
    jitter = [0.8 + 0.2 * random.random() for _ in range(4)]
    for half_m in (85, 75, 65, 55, 45, 35):
        for turn in range(24):
            bearing = bearing_rad + turn * math.pi / 12
            edge_m = point.hollow.reach_m(_NEAR_WATER_M if near else _FAR_WATER_M, bearing)
            corners = _corners(point, bearing, edge_m + half_m * 0.8, half_m, jitter)
            shape = Polygon(corners)
            if inside.contains(shape) and not any(shape.intersects(other) for other in taken):
                return corners
    raise ValueError(f"{point.low_point_id}: no room for a zone: take another seed")


def _corners(point: LowPoint, bearing_rad: float, away_m: float, half_m: float, jitter: Sequence[float]) -> Corners:
    """Return a crooked square that faces the low point."""
    middle_x_m, middle_y_m = point.x_m + away_m * math.cos(bearing_rad), point.y_m + away_m * math.sin(bearing_rad)
    corners = []
    for quarter_turn, scale in enumerate(jitter):
        angle = bearing_rad + math.pi / 4 + quarter_turn * math.pi / 2
        reach_m = scale * half_m * math.sqrt(2)
        corners.append((middle_x_m + reach_m * math.cos(angle), middle_y_m + reach_m * math.sin(angle)))
    return corners


def make_shelters(random: Random, points: Sequence[LowPoint]) -> list[geojson.Feature]:
    """Draw two shelters a district, well away from every low point."""
    features = []
    for number, district_id in enumerate(DISTRICT_IDS):
        for place in range(2):
            x_m, y_m = _dry_place(random, district_id, points)
            building = SHELTERS[(number + place) % len(SHELTERS)]
            properties = {
                "shelter_id": f"S{district_id[1:]}{'AB'[place]}",
                "name": f"{DISTRICTS[number].zh}{building.zh}",
                "name_en": f"{DISTRICTS[number].en} {building.en}",
                "district_id": district_id,
                "capacity": random.choice(_SHELTER_CAPACITY),
            }
            features.append(geojson.point(lonlat(x_m, y_m), properties))
    return features


def _dry_place(random: Random, district_id: str, points: Sequence[LowPoint]) -> tuple[float, float]:
    west_m, south_m, east_m, north_m = district_area(district_id).bounds
    south_m = max(south_m, 300.0)
    for away_m in (260.0, 230.0, 200.0, 170.0):
        for _ in range(200):
            x_m, y_m = west_m + random.random() * (east_m - west_m), south_m + random.random() * (north_m - south_m)
            if all(Point(x_m, y_m).distance(Point(point.x_m, point.y_m)) > away_m for point in points):
                return x_m, y_m
    raise ValueError(f"{district_id}: no dry ground for a shelter: take another seed")
