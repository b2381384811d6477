"""Reads the address points of a city: where people live and how many, never who."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from streams.city.model import CityError

FILE = "addresses.geojson"
_ADVICE = (
    'a feature is {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, '
    '"properties": {"address_id": "A1", "people": 3, "floor": 0}}, people and floor may be left out'
)


@dataclass(frozen=True)
class Addresses:
    """Address points in the order of their ids, shape (N,) each.

    Attributes
    ----------
    address_id
        Text, unique.
    lon, lat
        Degrees.
    people
        How many live there.
    floor
        Storeys above the ground, negative below it; nan where it is not known.
    """

    address_id: tuple[str, ...]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    people: npt.NDArray[np.int64]
    floor: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.address_id)


class _Point(msgspec.Struct, tag_field="type", tag="Point"):
    coordinates: Annotated[list[float], msgspec.Meta(min_length=2)]


class _Properties(msgspec.Struct):
    address_id: Annotated[str, msgspec.Meta(min_length=1)]
    # null is what many writers put where nothing is known
    people: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    floor: Annotated[int, msgspec.Meta(ge=-20, le=300)] | None = None


class _Feature(msgspec.Struct):
    geometry: _Point
    properties: _Properties


class _Collection(msgspec.Struct):
    type: Literal["FeatureCollection"]
    features: list[_Feature]


def read_addresses(folder: Path) -> Addresses | None:
    """Read `addresses.geojson` of a city folder; None where there is none, which is not the same as nobody living there.

    Each feature is a point with `address_id`, and optionally `people` (1 where it is not said) and `floor`. Nothing else is taken in, so
    that a file that says who lives there gives away nothing.

    Raises
    ------
    CityError
        Where the file cannot be used: which feature, and what to do.
    """
    file = folder / FILE
    try:
        rows = msgspec.json.decode(file.read_bytes(), type=_Collection).features
    except FileNotFoundError:
        return None
    except msgspec.ValidationError as error:
        raise CityError(f"{file}: {_told(str(error))}: {_ADVICE}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CityError(f"{file} is not JSON: {error}") from None
    rows.sort(key=lambda row: row.properties.address_id)
    found = Addresses(
        tuple(row.properties.address_id for row in rows),
        np.array([row.geometry.coordinates[0] for row in rows], np.float64),
        np.array([row.geometry.coordinates[1] for row in rows], np.float64),
        np.array([1 if row.properties.people is None else row.properties.people for row in rows], np.int64),
        np.array([np.nan if row.properties.floor is None else row.properties.floor for row in rows], np.float64),
    )
    _check(found, file)
    return found


def _told(error: str) -> str:
    """What msgspec found, with the feature counted from 1 as people do."""
    return re.sub(r" - at `\$(?:\.features\[(\d+)\])?(.*)`$", _where, error)


def _where(at: re.Match[str]) -> str:
    inside = at[2].lstrip(".")
    feature = f", feature {int(at[1]) + 1}" if at[1] else ""
    return feature + (f", {inside}" if inside else "")


def _check(found: Addresses, file: Path) -> None:
    for name, following in zip(found.address_id, found.address_id[1:], strict=False):
        if name == following:
            raise CityError(f"{file}: address_id {name!r} stands twice: ids are unique")
    off = np.flatnonzero((np.abs(found.lon) > 180) | (np.abs(found.lat) > 90))
    if len(off):
        at = int(off[0])
        place = f"{found.lon[at]:g}, {found.lat[at]:g}"
        raise CityError(f"{file}: {found.address_id[at]}: {place} is no place on earth: write [lon, lat] in degrees (WGS 84)")
