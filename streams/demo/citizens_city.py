"""The demo storm as citizens meet it: the true water at each low point, and on streets that are none."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from streams.city.model import City
from streams.city.near import distance_m
from streams.demo.citizens import Street
from streams.observation.moments import SECOND_US, parse_us

FLOODED_M = 0.27
STREETS = 16
"""Places that are no low point; every second of them goes under water, as a low point of the city does."""
AWAY_M = 300.0
AROUND_DEG = 0.005
"""How far beyond its outermost low points the city still has streets."""
TRIES = 1000


class TrueWater:
    """The truth of the simulated storm, out of truth.json."""

    def __init__(self, file: Path):
        told = msgspec.json.decode(file.read_bytes())
        self.start_us, self.end_us, self.step_s = moment_us(told["start"]), moment_us(told["end"]), float(told["step_s"])
        self.depth_m = {point: np.array(one["depth_m"], float) for point, one in told["low_points"].items()}

    @property
    def duration_s(self) -> float:
        """How long the storm lasts."""
        return (self.end_us - self.start_us) / SECOND_US

    @property
    def flooded(self) -> list[str]:
        """Low points that truly go under water."""
        return [point for point, depth_m in self.depth_m.items() if depth_m.max() >= FLOODED_M]

    def at(self, point: str, second: float) -> float:
        """Depth in m at a second of the storm."""
        series = self.depth_m[point]
        return float(series[min(max(int(second / self.step_s), 0), len(series) - 1)])

    def onset_us(self, point: str) -> int:
        """When a point first stood under `FLOODED_M`."""
        return self.start_us + int((self.depth_m[point] >= FLOODED_M).argmax() * self.step_s) * SECOND_US

    def highest_m(self, point: str, from_us: int, until_us: int) -> float:
        """The deepest between two moments."""
        first, last = (int((us - self.start_us) / SECOND_US / self.step_s) for us in (from_us, until_us))
        return float(self.depth_m[point][max(first, 0) : max(last, 0) + 1].max(initial=0.0))


def streets_of(city: City, water: TrueWater, rng: np.random.Generator) -> list[Street]:
    """All low points, and made-up streets away from them."""
    streets = [
        Street(point.low_point_id, point.lon, point.lat, partial(water.at, point.low_point_id), point.low_point_id)
        for point in city.low_points
    ]
    lons, lats = [point.lon for point in city.low_points], [point.lat for point in city.low_points]
    for _ in range(TRIES):
        if len(streets) == len(city.low_points) + STREETS:
            break
        lon = float(rng.uniform(min(lons) - AROUND_DEG, max(lons) + AROUND_DEG))
        lat = float(rng.uniform(min(lats) - AROUND_DEG, max(lats) + AROUND_DEG))
        if min(distance_m(lon, lat, one.lon, one.lat) for one in streets) >= AWAY_M:
            like = str(rng.choice(water.flooded)) if len(streets) % 2 else ""
            streets.append(Street(f"street{len(streets)}", lon, lat, partial(_as_at, water, like)))
    return streets


def moment_us(text: str) -> int:
    """A moment of a file that we wrote ourselves."""
    found = parse_us(text)
    assert found is not None, text
    return found


def _as_at(water: TrueWater, like: str, second: float) -> float:
    """A little less than what stands at another place; nothing where there is none."""
    return 0.9 * water.at(like, second) if like else 0.0
