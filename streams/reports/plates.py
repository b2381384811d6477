"""Plates for the city's low points, each with a code that opens the form of a report with that place filled in."""

from __future__ import annotations

import msgspec
import segno
from markupsafe import Markup

from streams.city.model import City, CityError, LowPoint
from streams.reports.codes import plate_of, plates_of, shown


class Plate(msgspec.Struct, frozen=True):
    """What stands on a plate: the names of its low point, its code, its address, and that address drawn (SVG)."""

    names: tuple[str, ...]
    code: str
    address: str
    drawn: Markup


def plates(city: City, url: str) -> list[Plate]:
    """The plates of a city, in the order of their ids.

    Parameters
    ----------
    url
        Where people reach the public page, without a slash at its end.

    Raises
    ------
    CityError
        Where two low points have the same code: one of them needs another id.
    """
    known = plates_of(point.low_point_id for point in city.low_points)
    alike = [point.low_point_id for point in city.low_points if plate_of(point.low_point_id) not in known]
    if alike:
        raise CityError(f"{city.folder}: the low points {', '.join(alike)} have the same code on their plates: give one of them another id")
    return [_plate(point, url) for point in city.low_points]


def _plate(point: LowPoint, url: str) -> Plate:
    code = plate_of(point.low_point_id)
    address = f"{url}/p/{code}"
    names = tuple(dict.fromkeys(name for name in (point.name, point.name_en) if name)) or (point.low_point_id,)
    return Plate(names, shown(code), address, Markup(drawing(address).svg_inline(border=2, scale=1, omitsize=True)))


def drawing(address: str) -> segno.QRCode:
    """The code of an address. A quarter of it may be dirty or scratched (level Q)."""
    return segno.make_qr(address, error="q")
