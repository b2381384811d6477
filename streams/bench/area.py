"""How long a danger area takes: four million cells under seven depths, their outlines, and who of a million residents stands inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from rasterio import Affine
from scipy import ndimage
from shapely import Geometry

from streams.area.people import Points
from streams.area.polygons import under_water
from streams.area.water import flooded
from streams.bench.times import Times, held_against, timed
from streams.city.terrain import MARGIN_M, Terrain

CELLS_TARGET_S = 1.0
PEOPLE_TARGET_S = 0.2
SEVEN_M = (0.12, 0.18, 0.27, 0.40, 0.55, 0.75, 0.95)
RESIDENTS = 1_000_000
POLYGONS = 51
_CELL_M = 0.8
_SIDE = 2 * int(MARGIN_M / _CELL_M) + 1
_CRS = "EPSG:32649"
_EAST_M, _NORTH_M = 738_000.0, 3_845_000.0
_WEST, _SOUTH, _WIDE, _HIGH = 113.60, 34.70, 0.11, 0.09
"""Ten kilometres by ten, in degrees."""


@dataclass(frozen=True)
class Report:
    """What was measured, and on how much.

    Attributes
    ----------
    one, seven
        Cells under water on smooth ground, at one depth and at seven.
    noise
        Seven depths on ground without any shape, the worst that labelling can meet.
    outlined
        Seven depths and the seven outlines in lon and lat: a whole danger area.
    prepared
        Sorting the residents into a tree, once a city.
    inside
        Who stands in which polygon, with that tree.
    cells
        Of the terrain.
    wet
        Share of them under water, by depth.
    corners
        Of the seven outlines.
    found
        Pairs of a resident and a polygon.
    """

    one: Times
    seven: Times
    noise: Times
    outlined: Times
    prepared: Times
    inside: Times
    cells: int
    wet: tuple[float, ...]
    corners: int
    found: int


def measure(turns: int = 20, seed: int = 20_210_720) -> Report:
    """Time each part so many times, on made-up ground and made-up residents."""
    random = np.random.default_rng(seed)
    smooth, noise = _terrain(_hollow(random)), _terrain(random.uniform(0, 1, (_SIDE, _SIDE)))
    place = _middle()
    water = flooded(smooth, *place, SEVEN_M)
    lon, lat = random.uniform(_WEST, _WEST + _WIDE, RESIDENTS), random.uniform(_SOUTH, _SOUTH + _HIGH, RESIDENTS)
    areas, points = _rings(random), Points(lon, lat)
    count = f"{smooth.height_m.size:,} cells"

    def outlines() -> list[Geometry]:
        found = flooded(smooth, *place, SEVEN_M)
        return [under_water(smooth, found, number) for number in range(len(SEVEN_M))]

    return Report(
        one=timed(f"{count}, one depth", turns, lambda: flooded(smooth, *place, SEVEN_M[-1:])),
        seven=timed(f"{count}, {len(SEVEN_M)} depths", turns, lambda: flooded(smooth, *place, SEVEN_M)),
        noise=timed(f"{count} of noise, {len(SEVEN_M)} depths", turns, lambda: flooded(noise, *place, SEVEN_M)),
        outlined=timed(f"{count}, {len(SEVEN_M)} depths and their outlines", turns, outlines),
        prepared=timed(f"{RESIDENTS:,} residents into a tree", max(turns // 4, 1), lambda: Points(lon, lat)),
        # fresh copies: a polygon that was asked before is prepared
        inside=timed(f"{RESIDENTS:,} residents, {POLYGONS} polygons", turns, lambda: points.inside(_copies(areas))),
        cells=smooth.height_m.size,
        wet=tuple(float(water.wet(number).mean()) for number in range(len(SEVEN_M))),
        corners=int(sum(shapely.get_num_coordinates(area) for area in outlines())),
        found=sum(len(found) for found in points.inside(areas)),
    )


def lines(report: Report) -> Iterator[str]:
    """Say it, a line each."""
    yield str(report.one)
    yield f"{report.seven}; {held_against(report.seven, CELLS_TARGET_S)}"
    yield f"{report.noise}; {held_against(report.noise, CELLS_TARGET_S)}"
    yield f"{report.outlined}; {held_against(report.outlined, CELLS_TARGET_S)}"
    yield f"under water {', '.join(f'{share:.1%}' for share in report.wet)}; {report.corners:,} corners"
    yield f"{report.prepared} (once a city)"
    yield f"{report.inside}; {held_against(report.inside, PEOPLE_TARGET_S)}; {report.found:,} inside"


def _terrain(height_m: npt.NDArray[np.float64]) -> Terrain:
    return Terrain(height_m.astype(np.float32), Affine(_CELL_M, 0, _EAST_M, 0, -_CELL_M, _NORTH_M), _CRS, _CELL_M)


def _hollow(random: np.random.Generator) -> npt.NDArray[np.float64]:
    """A wide hollow, a metre deep, with waves and roughness as on a street map of heights."""
    down, across = np.indices((_SIDE, _SIDE)) / (_SIDE - 1) - 0.5
    rough = ndimage.gaussian_filter(random.normal(size=(_SIDE, _SIDE)), 3)
    height_m = 4 * (down**2 + across**2) + 0.05 * np.sin(50 * across) * np.cos(36 * down) + 0.3 * rough
    height_m[_SIDE // 2, _SIDE // 2] = -0.05
    return np.asarray(np.round(height_m, 2))


def _middle() -> tuple[float, float]:
    half_m = _SIDE * _CELL_M / 2
    lon, lat = Transformer.from_crs(_CRS, "EPSG:4326", always_xy=True).transform(_EAST_M + half_m, _NORTH_M - half_m)
    return float(lon), float(lat)


def _rings(random: np.random.Generator) -> list[Geometry]:
    """Areas of half a kilometre around points of a city, each with 200 corners and a hole with as many."""
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    areas = []
    for _ in range(POLYGONS):
        centre = np.array([_WEST + _WIDE * random.uniform(0.1, 0.9), _SOUTH + _HIGH * random.uniform(0.1, 0.9)])
        radius = 0.005 * (1 + 0.3 * np.sin(5 * angle) + 0.02 * random.uniform(-1, 1, len(angle)))
        shore = radius[:, None] * np.c_[np.cos(angle), np.sin(angle)]
        areas.append(shapely.Polygon(centre + shore, [centre + 0.3 * shore]))
    return areas


def _copies(areas: list[Geometry]) -> list[Geometry]:
    return list(shapely.transform(np.array(areas, dtype=object), lambda corners: corners))
