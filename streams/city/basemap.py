"""The optional map below a city's own layers: the one address outside that a page of the console may load from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import msgspec

from streams.city.model import CityError

_ADDRESS = re.compile(r"(?P<origin>https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?)/[A-Za-z0-9/{}._~%@!$&'()*+,:=?-]+")
"""One host in ASCII and a path: what else an address may hold has no business in a content policy."""
_PLACES = ("{z}", "{x}", "{y}")


class Basemap(msgspec.Struct, frozen=True):
    """Where pictures of the map come from, https only, and who made them; empty where the city's own layers stand alone."""

    tiles: str = ""
    attribution: Annotated[str, msgspec.Meta(max_length=200)] = ""

    @property
    def origin(self) -> str:
        """What the content policy must allow for it; "" where it must allow nothing."""
        return origin_of(self.tiles)


def origin_of(tiles: str) -> str:
    """Scheme, host and port of an address of tiles; "" for what is none."""
    found = _ADDRESS.fullmatch(tiles)
    return found["origin"] if found else ""


def read_basemap(table: Any, file: Path) -> Basemap:
    """Read the table [map] of city.toml.

    Raises
    ------
    CityError
        Where no tiles can be fetched from what stands there.
    """
    try:
        basemap = msgspec.convert(table, Basemap)
    except msgspec.ValidationError as error:
        raise CityError(f"{file}: [map]: {error}") from None
    if not basemap.tiles:
        return basemap
    if not basemap.origin or any(basemap.tiles.count(place) != 1 for place in _PLACES):
        what = 'write one https address with {z}, {x} and {y}, such as "https://tiles.example/{z}/{x}/{y}.png", or leave it out'
        raise CityError(f"{file}: [map] tiles = {basemap.tiles!r}: {what}")
    return basemap
