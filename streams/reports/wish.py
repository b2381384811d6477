"""What a form of a report says, read and checked: a place, a depth, words and a time, or which of them cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Literal

import msgspec

from streams.city.near import placed
from streams.observation.moments import MINUTE_US, SECOND_US
from streams.reports.depth import depth_of
from streams.reports.grouping import is_rough
from streams.reports.place import Places
from streams.reports.report import PlaceBy

LONGEST_WORDS = 500
AGES_MIN = (0, 5, 15, 30, 60)
"""How long ago water was seen, as the form offers it."""
LONGEST_WAIT_S = 86_400.0
WORST_ERROR_M = 5_000.0
OLDEST_TAKEN_US = 7 * 24 * 60 * MINUTE_US
"""A picture of an older storm is none of this one; a telephone may have kept a report for some days."""
EARLY_US = 10 * MINUTE_US
"""A telephone's clock may be off by so much, and no more is believed."""
ELSEWHERE = "?"
"""In place of a low point: the place is told in words."""
BY_PHOTO = "+"
"""In place of a low point: the place is where the picture says it was taken."""
HERE = "@"
"""In place of a low point: the place is the one that was chosen on the map, or the position."""

Wrong = Literal["place", "around", "depth", "words", "ago", "nothing"]
"""The field that cannot be taken; "around": a place far from the city; "nothing": neither depth nor picture nor words."""


class Wish(msgspec.Struct, frozen=True):
    """What is to be reported; places in degrees, times in microseconds.

    Attributes
    ----------
    ago_us
        How long before the report the water was seen.
    consent
        Whether time and place may be taken from the picture's own data.
    taken_us
        When the picture was taken as the page knows it, told with consent only.
    """

    language: str
    low_point: str | None = None
    lon: float | None = None
    lat: float | None = None
    place_by: PlaceBy = ""
    place_error_m: float | None = None
    depth: str = ""
    words: str = ""
    ago_us: int = 0
    consent: bool = False
    taken_us: int | None = None


def read_wish(fields: Mapping[str, str], places: Places, language: str, has_picture: bool, now_us: int) -> Wish | Wrong:
    """Read the fields of a form.

    Parameters
    ----------
    has_picture
        Whether a picture came with it: then neither depth nor words need be told, and its own data may tell the place.
    """
    words = cleaned(fields.get("words", ""))
    if len(words) > LONGEST_WORDS:
        return "words"
    depth = fields.get("depth", "")
    if depth and depth_of(depth) is None:
        return "depth"
    ago = fields.get("ago", "") or "0"
    if ago not in map(str, AGES_MIN):
        return "ago"
    consent = fields.get("consent") == "1"
    taken_us = _taken_us(fields, now_us) if consent else None
    wish = Wish(language, depth=depth, words=words, ago_us=int(ago) * MINUTE_US + _waited_us(fields), consent=consent, taken_us=taken_us)
    placed = _placed(wish, fields, places, consent and has_picture)
    if isinstance(placed, Wish) and not (depth or words or has_picture):
        return "nothing"
    return placed


def cleaned(text: str) -> str:
    """Words as every database and screen takes them: no control characters but ends of lines, and those in one form."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or sign.isprintable() or sign == "\u200d").strip()


def believed(taken_us: int, received_us: int) -> int | None:
    """When a picture was taken, as it or the page says; None where that is after it was received, or over a week before."""
    return taken_us if received_us - OLDEST_TAKEN_US <= taken_us <= received_us + EARLY_US else None


def _placed(wish: Wish, fields: Mapping[str, str], places: Places, by_picture: bool) -> Wish | Wrong:
    """The same with its place: the position or the place on the map if that was chosen, else the low point."""
    chosen = fields.get("point", "")
    if chosen == HERE or (not chosen and fields.get("lon")):
        return _here(wish, fields, places)
    if chosen == BY_PHOTO:
        return wish if by_picture else "place"
    if chosen == ELSEWHERE:
        # a place in words is better than none: somebody who knows the city reads them
        return wish if wish.words else "words"
    point = places.point(chosen)
    if point is None:
        return "place"
    by: PlaceBy = "plate" if fields.get("plate") == chosen else "point"
    known = placed(point)
    return msgspec.structs.replace(
        wish, low_point=point.low_point_id, lon=point.lon if known else None, lat=point.lat if known else None, place_by=by
    )


def _here(wish: Wish, fields: Mapping[str, str], places: Places) -> Wish | Wrong:
    lon, lat = _number(fields.get("lon", "")), _number(fields.get("lat", ""))
    if lon is None or lat is None:
        return "place"
    if not places.is_around(lon, lat):
        return "around"
    error_m = _number(fields.get("error_m", ""))
    error_m = None if error_m is None else min(WORST_ERROR_M, max(1.0, error_m))
    near = None if is_rough(error_m) else places.nearest(lon, lat)
    return msgspec.structs.replace(
        wish,
        low_point=near.point.low_point_id if near else None,
        lon=lon,
        lat=lat,
        place_by="position" if fields.get("by") == "position" else "map",
        place_error_m=error_m,
    )


def _number(text: str) -> float | None:
    try:
        number = float(text[:32])
    except ValueError:
        return None
    return number if isfinite(number) else None


def _waited_us(fields: Mapping[str, str]) -> int:
    """How long a report waited in its writer's browser for a network, as the page says."""
    waited_s = _number(fields.get("waited_s", "")) or 0.0
    return round(min(max(0.0, waited_s), LONGEST_WAIT_S) * SECOND_US)


def _taken_us(fields: Mapping[str, str], now_us: int) -> int | None:
    """When the page says the picture was taken (milliseconds since 1970); None where that is not to be believed."""
    text = fields.get("taken_ms", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        return None
    return believed(int(text) * (SECOND_US // 1000), now_us)
