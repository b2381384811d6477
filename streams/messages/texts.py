"""Fills the templates of config/texts: what a resident reads, in each language of the city."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from streams.city.model import City, LowPoint, Zone
from streams.observation.moments import to_datetime

DRILL_MARK = "【演练】"
"""Every text of a drill opens with it, in whatever language."""

_FOLDER = Path(__file__).resolve().parents[2] / "config" / "texts"


@lru_cache(maxsize=16)
def templates(language: str) -> dict[str, Any]:
    """The templates of a language."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def known_languages() -> tuple[str, ...]:
    """Languages that have templates."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def order_texts(city: City, place: LowPoint | Zone, level: int, basis: str, now_us: int) -> dict[str, str]:
    """The text of an order in each language of the city that has templates.

    Parameters
    ----------
    place
        The low point that carries the danger, or the zone that an officer raised as a whole.
    level
        1 to 4.
    basis
        What carries the level; a report counts as seen, like a measurement.
    now_us
        When the order is issued, in microseconds; people read it in local time.
    """
    levels = place.levels if isinstance(place, LowPoint) else city.levels
    depth_m = next((rung.depth_m for rung in levels if rung.level == level), 0.0)
    kind = basis if basis in ("forecast", "officer") else "measured"
    return {
        language: _mark(city)
        + words[kind][str(level)].format(
            **_common(city, place, language, now_us),
            word=words["words"][str(level)],
            cm=round(depth_m * 100),
            to=depth_words(depth_m, language),
        )
        for language, words in _spoken(city).items()
    }


def ended_texts(city: City, place: LowPoint | Zone, now_us: int, kind: str) -> dict[str, str]:
    """The text of an end: "clear" where the danger is over, "correction" where there was none."""
    return {
        language: _mark(city) + words["ended"][kind].format(**_common(city, place, language, now_us))
        for language, words in _spoken(city).items()
    }


def _mark(city: City) -> str:
    return DRILL_MARK if city.drill else ""


def depth_words(depth_m: float, language: str) -> str:
    """A depth in words that people know, such as "knee-deep": the lowest mark on a grown person that it reaches."""
    marks = templates(language)["depths"]
    reached = [word for mark, word in sorted((float(m), word) for m, word in marks.items()) if depth_m >= mark - 1e-9]
    return str(reached[-1] if reached else next(iter(marks.values())))


def _spoken(city: City) -> dict[str, dict[str, Any]]:
    return {name: templates(name) for name in city.languages if name in known_languages()}


def _common(city: City, place: LowPoint | Zone, language: str, now_us: int) -> dict[str, str]:
    time = to_datetime(now_us).astimezone(city.zone_info).strftime("%H:%M")
    return {"sender": city.sender.signature(language), "place": place_name(place, language), "time": time}


def place_name(place: LowPoint | Zone, language: str) -> str:
    """Its name in a language, else in the other, else its id."""
    names = (place.name, place.name_en) if language == "zh" else (place.name_en, place.name)
    return names[0] or names[1] or (place.low_point_id if isinstance(place, LowPoint) else place.zone_id)
