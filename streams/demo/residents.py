"""Made-up residents of the demo city: written at set-up, never committed."""

import csv
import math
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from random import Random

from shapely.geometry import Point, Polygon

from streams.demo import geojson
from streams.demo.layout import lonlat, metres

COUNT, SEED = 20_000, 51
COLUMNS = ("resident_id", "phone", "language", "zone_id", "lon", "lat", "floor", "mobility")
_ZH_SHARE = 0.85
_MOBILITY = (("walks", 0.88), ("slow", 0.96), ("needs_help", 1.0))  # cumulative


def make_residents(city: Path, out: Path, count: int = COUNT, seed: int = SEED) -> None:
    """Write made-up residents as CSV (UTF-8, columns as in `COLUMNS`), spread over the city's zones by area.

    Parameters
    ----------
    city
        A city folder; only its zones are read.
    out
        The file; its folder is made if it is missing.
    count
        How many. Phone numbers are unique: +999, which no country has, and ten digits.
    seed
        The same seed, city and count give the same bytes.

    Raises
    ------
    ValueError
        When the city has no zones.
    """
    zones = _zones(city)
    if not zones:
        raise ValueError(f"{city / 'zones.geojson'} has no zones: residents need somewhere to live")
    random = Random(seed)
    phones = random.sample(range(10**10), count)
    ends_m2 = list(accumulate(shape.area for _, shape in zones))
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number, phone in enumerate(phones, start=1):
            zone_id, shape = zones[min(bisect(ends_m2, random.random() * ends_m2[-1]), len(zones) - 1)]
            lon, lat = lonlat(*_home(random, shape))
            language = "zh" if random.random() < _ZH_SHARE else "en"
            writer.writerow((f"R{number:06d}", f"+999{phone:010d}", language, zone_id, lon, lat, _floor(random), _mobility(random)))


def _zones(city: Path) -> Sequence[tuple[str, Polygon]]:
    features = geojson.read(city / "zones.geojson")
    return [(row["properties"]["zone_id"], Polygon([metres(*corner) for corner in row["geometry"]["coordinates"][0]])) for row in features]


def _home(random: Random, shape: Polygon) -> tuple[float, float]:
    """Throw darts at the zone until one hits, half a metre from its edge so that rounding does not put it outside."""
    inner = shape.buffer(-0.5)
    west_m, south_m, east_m, north_m = inner.bounds
    while True:
        x_m, y_m = west_m + random.random() * (east_m - west_m), south_m + random.random() * (north_m - south_m)
        if inner.contains(Point(x_m, y_m)):
            return x_m, y_m


def _floor(random: Random) -> int:
    """Return a storey: -1 is a basement (3 %), 0 the ground floor, and fewer people the higher up."""
    return -1 if random.random() < 0.03 else min(17, math.floor(-6 * math.log(1 - random.random())))


def _mobility(random: Random) -> str:
    draw = random.random()
    return next(name for name, end in _MOBILITY if draw < end)
