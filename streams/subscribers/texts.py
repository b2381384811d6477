"""The words of texts to subscribers, out of config/texts/subscribe: codes, and news of a road. None is an order (law 8)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from streams.city.model import City, LowPoint
from streams.messages.texts import DRILL_MARK, depth_words, known_languages, place_name
from streams.observation.moments import to_datetime

_FOLDER = Path(__file__).resolve().parents[2] / "config" / "texts" / "subscribe"


@lru_cache(maxsize=16)
def templates(language: str) -> dict[str, Any]:
    """The templates of a language."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def languages_of(city: City) -> tuple[str, ...]:
    """The languages of a city that subscribers can be texted in; never none."""
    known = {file.stem for file in _FOLDER.glob("*.toml")} & set(known_languages())
    return tuple(language for language in city.languages if language in known) or ("en",)


def code_texts(city: City, leaving: bool) -> dict[str, str]:
    """What carries a code, by language, with `{code}` still in it."""
    kind = "leave" if leaving else "subscribe"
    return {name: _filled(city, name, templates(name)["code"][kind], code="{code}") for name in languages_of(city)}


def road_texts(city: City, point: LowPoint, level: int, basis: str, unconfirmed: bool, issued_us: int) -> dict[str, str]:
    """That a road has come to a level, by language.

    Parameters
    ----------
    level
        1 to 4.
    basis
        What carries it; a report counts as seen, like a measurement.
    """
    kind = basis if basis in ("forecast", "officer") else "measured"
    depth_m = next((rung.depth_m for rung in point.levels if rung.level == level), 0.0)
    found = {}
    for name in languages_of(city):
        words = templates(name)
        text = words[kind][str(level)] + (words["notes"]["unconfirmed"] if unconfirmed else "")
        values = {"word": words["words"][str(level)], "cm": round(100 * depth_m), "to": depth_words(depth_m, name)}
        found[name] = _filled(city, name, text, **values, **_where(city, point, name, issued_us))
    return found


def over_texts(city: City, point: LowPoint, issued_us: int) -> dict[str, str]:
    """That it is over at a road, by language."""
    return {
        name: _filled(city, name, templates(name)["ended"]["over"], **_where(city, point, name, issued_us)) for name in languages_of(city)
    }


def _where(city: City, point: LowPoint, language: str, issued_us: int) -> dict[str, str]:
    time = to_datetime(issued_us).astimezone(city.zone_info).strftime("%H:%M")
    return {"place": place_name(point, language), "time": time}


def _filled(city: City, language: str, template: str, **values: object) -> str:
    mark = DRILL_MARK if city.drill else ""
    return mark + template.format(sender=city.sender.signature(language) or city.name, **values)
