"""Lines and areas of GeoJSON, checked and made short: longitude and latitude to a tenth of a metre, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec

DIGITS = 6

Position = Annotated[list[float], msgspec.Meta(min_length=2)]
Course = Annotated[list[Position], msgspec.Meta(min_length=2)]
Ring = Annotated[list[Position], msgspec.Meta(min_length=4)]
Rings = Annotated[list[Ring], msgspec.Meta(min_length=1)]


class Line(msgspec.Struct, frozen=True, tag_field="type", tag="LineString"):
    """One line."""

    coordinates: Course


class Lines(msgspec.Struct, frozen=True, tag_field="type", tag="MultiLineString"):
    """Lines that belong together."""

    coordinates: list[Course]


class Area(msgspec.Struct, frozen=True, tag_field="type", tag="Polygon"):
    """One area: its outline, then its holes."""

    coordinates: Rings


class Areas(msgspec.Struct, frozen=True, tag_field="type", tag="MultiPolygon"):
    """Areas that belong together."""

    coordinates: list[Rings]


class ShapeError(ValueError):
    """A geometry that cannot be drawn: where in it, and why."""


def shortened(shape: Line | Lines | Area | Areas) -> dict[str, Any]:
    """The shape as GeoJSON, without heights and needless digits.

    Raises
    ------
    ShapeError
        Where a place is not on the earth, or a ring is open.
    """
    _check(shape)
    kind = shape.__struct_config__.tag
    return {"type": kind, "coordinates": _short(shape.coordinates)}


def _short(part: Any) -> Any:
    if isinstance(part[0], list):
        return [_short(one) for one in part]
    return [round(part[0], DIGITS), round(part[1], DIGITS)]


def _check(shape: Line | Lines | Area | Areas) -> None:
    if not shape.coordinates:
        raise ShapeError("the geometry is empty: leave the feature out")
    for positions in _positions(shape):
        for lon, lat in (position[:2] for position in positions):
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                raise ShapeError(f"[{lon:g}, {lat:g}] is no longitude and latitude: write degrees in WGS 84, the longitude first")
    for ring in _rings(shape):
        if ring[0][:2] != ring[-1][:2]:
            raise ShapeError(f"the ring from {ring[0][:2]} is open: let it end where it begins")


def _positions(shape: Line | Lines | Area | Areas) -> Iterator[Sequence[Position]]:
    match shape:
        case Line():
            yield shape.coordinates
        case Lines():
            yield from shape.coordinates
        case _:
            yield from _rings(shape)


def _rings(shape: Line | Lines | Area | Areas) -> Iterator[Ring]:
    match shape:
        case Area():
            yield from shape.coordinates
        case Areas():
            for rings in shape.coordinates:
                yield from rings
        case _:
            return
