"""What is wrong with a CAP polygon or circle, in words (CAP 1.2, 3.2.4)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from shapely.geometry import Polygon
from shapely.validation import explain_validity

from streams.alerts.alert import Ring
from streams.alerts.cap import CapError, read_ring

FEWEST_PAIRS = 4
_CIRCLE = re.compile(r"(\S+),(\S+) (\S+)")


def ring_faults(text: str) -> Iterator[str]:
    """Say what a polygon's text breaks."""
    try:
        ring = read_ring(text)
    except CapError as error:
        yield f"polygon: {error}"
        return
    misplaced = list(_place_faults("polygon", ring))
    yield from misplaced
    if len(ring) < FEWEST_PAIRS:
        yield f"polygon: {len(ring)} pairs, and {FEWEST_PAIRS} are the fewest"
    elif ring[0] != ring[-1]:
        yield "polygon: not closed, its last pair is not its first"
    elif not misplaced and not (shape := Polygon(ring)).is_valid:
        yield f"polygon: not a plain ring ({explain_validity(shape)})"


def circle_faults(text: str) -> Iterator[str]:
    """Say what a circle's text breaks: its centre and its radius in km."""
    match = _CIRCLE.fullmatch(text)
    try:
        lat, lon, radius_km = (float(part) for part in match.groups()) if match else (math.nan,) * 3
    except ValueError:
        lat = lon = radius_km = math.nan
    if math.isnan(radius_km):
        yield f"circle: {text!r} is not latitude,longitude and a radius"
        return
    yield from _place_faults("circle", ((lon, lat),))
    if radius_km < 0:
        yield f"circle: its radius is {radius_km:g} km"


def _place_faults(what: str, places: Ring) -> Iterator[str]:
    for lon, lat in places:
        if not (abs(lat) <= 90 and abs(lon) <= 180):  # not a number fails as well
            swapped = abs(lon) <= 90 < abs(lat) <= 180
            yield f"{what}: latitude {lat:g}, longitude {lon:g} is nowhere on Earth" + (" (swapped?)" if swapped else "")
            return
