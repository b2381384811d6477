"""Areas as polygons in lon and lat: outlined from cells under water, or drawn around a point where there is no terrain."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import rasterio.features
import shapely
from pyproj import Transformer
from shapely import Geometry
from shapely.geometry import mapping, shape

from streams.area.water import Bools, Water, span
from streams.city.model import Level
from streams.city.reach import DEEPEST_M, NEAR_M
from streams.city.terrain import Terrain

DECIMALS = 6
"""Of degrees: a tenth of a metre."""
_CORNERS = 64
_GRID = 10.0**-DECIMALS
NOWHERE: Geometry = shapely.MultiPolygon()


def outline(wet: Bools, affine: Any) -> Geometry:
    """Polygons around cells, holes kept, in the coordinates of the map.

    Parameters
    ----------
    wet
        Cells, shape (rows, columns).
    affine
        Leads from column and row to the map.

    Returns
    -------
    MultiPolygon
        Every wet cell whole and no other, valid; cells that share no more than a corner lie in polygons that touch there.
    """
    if not wet.any():
        return NOWHERE
    rows, columns = span(wet)
    cells = wet[rows, columns]
    here = affine @ affine.translation(columns.start, rows.start)
    # four neighbours: joined over a corner, a ring would touch itself, which no valid polygon does
    shapes = rasterio.features.shapes(cells.astype(np.uint8), mask=cells, connectivity=4, transform=here)
    return shapely.MultiPolygon([shape(geometry) for geometry, _ in shapes])


def under_water(terrain: Terrain, water: Water, number: int) -> Geometry:
    """Where water stands at one of its depths, in lon and lat.

    Parameters
    ----------
    number
        Of the depth, in the order they were asked for.

    Notes
    -----
    Cells stay whole: corners are saved along straight shores only, so nobody who stands in a wet cell is left out, and who counts the
    people inside the polygon finds the same. Moving a shore by half a cell saved a fifth of the text on the demo city.
    """
    area = outline(water.wet(number), terrain.affine @ terrain.affine.translation(water.left, water.top))
    return on_earth(area, terrain.crs)


def on_earth(area: Geometry, crs: str) -> Geometry:
    """An area of a map in lon and lat, rounded to `DECIMALS`, valid, outer rings counter-clockwise (RFC 7946)."""
    to_earth = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform
    return _rounded(shapely.transform(area, to_earth, interleaved=False))


def union(areas: Iterable[Geometry]) -> Geometry:
    """What lies in any of the areas, in lon and lat; rounded as they are."""
    return _rounded(shapely.union_all(list(areas), grid_size=_GRID))


def disc(lon: float, lat: float, radius_m: float) -> Geometry:
    """A disc around a place, in lon and lat."""
    if not radius_m > 0:
        return NOWHERE
    to_earth = _plane(lon, lat).transform
    around = shapely.buffer(shapely.Point(0, 0), radius_m, quad_segs=_CORNERS // 4)
    return _rounded(shapely.transform(around, lambda x, y: to_earth(x, y, direction="INVERSE"), interleaved=False))


def band_radius_m(levels: Sequence[Level], depth_m: float) -> float:
    """How far from a point its water is taken to stand where there is no terrain; 0 where it is dry.

    Notes
    -----
    The same answer for all depths of a band, that between two levels, and again by the *upper* edge of the band, because within it the
    water may stand anywhere (ADR 6). The top band has the 150 m within which a zone answers to a point without terrain
    (`streams.city.reach`), so nobody outside that is said to stand in danger. Below it the radius falls with the square root of the edge:
    in a bowl the area under water grows in proportion to depth.
    """
    if not depth_m > 0:
        return 0.0
    edges_m = [*(level.depth_m for level in levels), max(DEEPEST_M, 2 * levels[-1].depth_m)]
    band = sum(depth_m >= level.depth_m for level in levels)
    return NEAR_M * math.sqrt(edges_m[band] / edges_m[-1])


def in_metres(area: Geometry, lon: float, lat: float) -> Geometry:
    """An area of lon and lat on a plane in m around a place."""
    return shapely.transform(area, _plane(lon, lat).transform, interleaved=False)


def geojson(area: Geometry) -> dict[str, Any]:
    """An area as a GeoJSON MultiPolygon; one without coordinates where it is empty."""
    parts = [mapping(part)["coordinates"] for part in shapely.get_parts(area)]
    return {"type": "MultiPolygon", "coordinates": parts}


@lru_cache(maxsize=64)
def _plane(lon: float, lat: float) -> Transformer:
    return Transformer.from_crs("EPSG:4326", f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m", always_xy=True)


def _rounded(area: Geometry) -> Geometry:
    # unlike rounding corner by corner, this keeps an area valid
    parts = shapely.get_parts(shapely.set_precision(area, _GRID))
    return shapely.orient_polygons(shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"]))
