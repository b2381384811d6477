"""What a picture message says beside its picture: the low point it names, and how deep the water is."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from streams.city.near import placed
from streams.reports.place import Places
from streams.reports.wish import LONGEST_WORDS, Wish, cleaned

_DEPTHS: dict[str, re.Pattern[str]] = {
    "ankle": re.compile(r"\bankles?\b|脚踝|腳踝|脚面|腳面"),
    "hub": re.compile(r"\b(?:wheels?|hubs?|tyres?|tires?)\b|车轮|車輪|轮胎|輪胎|轮毂|輪轂|半轮|半輪"),
    "knee": re.compile(r"\bknees?\b|膝"),
    "thigh": re.compile(r"\bthighs?\b|大腿"),
    "bonnet": re.compile(r"\b(?:bonnets?|hoods?)\b|引擎盖|引擎蓋|发动机盖|機蓋|机盖"),
}


def read_message(words: str, places: Places, language: str) -> Wish:
    """Read a message; a place or a depth that is named twice differently is not named."""
    clean = cleaned(words)[:LONGEST_WORDS]
    wish = Wish(language, depth=depth_in(clean), words=clean)
    point = places.in_text(clean)
    if point is None:
        return wish
    known = placed(point)
    place = {"low_point": point.low_point_id, "lon": point.lon if known else None, "lat": point.lat if known else None}
    return msgspec.structs.replace(wish, place_by="plate", **place)


def depth_in(words: str) -> str:
    """The depth that words name; "" where they name none, or several."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    found = [word for word, named in _DEPTHS.items() if named.search(plain)]
    return found[0] if len(found) == 1 else ""
