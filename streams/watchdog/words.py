"""What the duty officers read, out of config/texts/duty."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from streams.city.model import City
from streams.observation.moments import to_datetime
from streams.watchdog.rule import Notice

FOLDER = Path(__file__).resolve().parents[2] / "config" / "texts" / "duty"
MOST_NAMED = 5
"""Districts that a text names; of more it tells how many there are."""


@lru_cache(maxsize=16)
def templates(language: str) -> dict[str, str]:
    """The texts of a language."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def languages_of() -> tuple[str, ...]:
    """Languages there are."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


def text_of(notice: Notice, city: City, language: str) -> str:
    """The text of a notice, with local time."""
    words = templates(language)
    named = words["between"].join(notice.districts[:MOST_NAMED])
    left = len(notice.districts) - MOST_NAMED
    since = to_datetime(notice.since_us).astimezone(city.zone_info).strftime("%H:%M:%S")
    return words[notice.what].format(
        sender=city.sender.name or city.name, districts=named + (words["more"].format(count=left) if left > 0 else ""), since=since
    )
