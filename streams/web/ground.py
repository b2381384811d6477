"""Roads and water of the city below the map's marks, as coarse as it takes to keep the page small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import msgspec
import shapely
from shapely.geometry import shape

from streams.city.layers import Layers
from streams.web.frame import WIDTH, Frame

MOST_BYTES = 6_000
"""Of all paths together: a phone in the rain has better things to wait for."""
FINEST, COARSEST = 2.0, 64.0
"""Tolerance in units of the drawing, the first as wide as a hair on a phone."""


def ground(layers: Layers, frame: Frame) -> dict[str, str]:
    """Paths of SVG by name: `water` (areas), `rivers` and `roads` (lines); what does not fit is left out, side streets first."""
    water, roads = _features(layers.water), _features(layers.roads)
    main = [one for one in roads if one["properties"].get("class") == "main"]
    for chosen in (roads, main, []):
        tolerance = FINEST
        while tolerance <= COARSEST:
            paths = _paths(water, chosen, frame, tolerance)
            if sum(map(len, paths.values())) <= MOST_BYTES:
                return paths
            tolerance *= 2
    return {}


def _paths(water: Iterable[dict[str, Any]], roads: Iterable[dict[str, Any]], frame: Frame, tolerance: float) -> dict[str, str]:
    box = (0, 0, WIDTH, frame.height)

    def drawn(features: Iterable[dict[str, Any]], kind: type[Any], write: Callable[[Any], str]) -> str:
        return "".join(write(part) for feature in features for part in _parts(feature, frame, box, tolerance) if isinstance(part, kind))

    found = {
        "water": drawn(water, shapely.Polygon, _area),
        "rivers": drawn(water, shapely.LineString, _line),
        "roads": drawn(roads, shapely.LineString, _line),
    }
    return {name: path for name, path in found.items() if path}


def _parts(feature: dict[str, Any], frame: Frame, box: tuple[float, ...], tolerance: float) -> Iterator[Any]:
    """The simple shapes of a feature in units of the drawing, cut at its edge."""
    placed = shapely.transform(shape(feature["geometry"]), lambda places: [frame.at(lon, lat) for lon, lat in places[:, :2]])
    for part in shapely.get_parts(shapely.clip_by_rect(shapely.make_valid(placed), *box)):
        simple = shapely.simplify(part, tolerance)
        if not simple.is_empty:
            yield simple


def _line(line: Any) -> str:
    return _steps(line.coords)


def _area(area: Any) -> str:
    return "".join(f"{_steps(list(ring.coords)[:-1])}z" for ring in (area.exterior, *area.interiors))


def _steps(coordinates: Iterable[Any]) -> str:
    """A path in steps, which are shorter to write than places."""
    places = [(round(x), round(y)) for x, y in coordinates]
    steps = [f"{x - x0} {y - y0}" for (x0, y0), (x, y) in pairwise(places) if (x, y) != (x0, y0)]
    return f"M{places[0][0]} {places[0][1]}l{' '.join(steps)}" if steps else ""


def _features(collection: bytes) -> list[dict[str, Any]]:
    return list(msgspec.json.decode(collection)["features"])
