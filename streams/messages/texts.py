"""Fills the templates of config/texts: what a resident reads, in each language of the city."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from streams.city.model import City, LowPoint
from streams.observation.moments import to_datetime

_FOLDER = Path(__file__).resolve().parents[2] / "config" / "texts"


@lru_cache(maxsize=16)
def templates(language: str) -> dict[str, Any]:
    """The templates of a language."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def known_languages() -> tuple[str, ...]:
    """Languages that have templates."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def order_texts(city: City, point: LowPoint, level: int, basis: str, now_us: int, ended: bool) -> dict[str, str]:
    """The text of an order in each language of the city that has templates.

    Parameters
    ----------
    point
        The low point that carries the danger.
    level
        1 to 4.
    basis
        What carries the level; a report counts as seen, like a measurement.
    now_us
        When the order is issued, in microseconds; people read it in local time.
    ended
        True for the all-clear.
    """
    time = to_datetime(now_us).astimezone(city.zone_info).strftime("%H:%M")
    depth_m = next((rung.depth_m for rung in point.levels if rung.level == level), 0.0)
    texts = {}
    for language in [name for name in city.languages if name in known_languages()]:
        words = templates(language)
        template = words["clear"]["text"] if ended else words["forecast" if basis == "forecast" else "measured"][str(level)]
        texts[language] = template.format(
            sender=city.sender.name, word=words["words"][str(level)], place=_place(point, language), time=time, cm=round(depth_m * 100)
        )
    return texts


def _place(point: LowPoint, language: str) -> str:
    names = (point.name, point.name_en) if language == "zh" else (point.name_en, point.name)
    return names[0] or names[1] or point.low_point_id
