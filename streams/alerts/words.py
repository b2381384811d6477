"""Fills the templates of config/texts/cap: what a CAP message says, in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "config" / "texts" / "cap"
FALLBACK = "en"


@lru_cache(maxsize=16)
def templates(language: str) -> dict[str, Any]:
    """The templates of a language."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def known_languages() -> tuple[str, ...]:
    """Languages that have templates."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


def languages_of(languages: Sequence[str]) -> tuple[str, ...]:
    """Those of a city's languages that have templates; English where none has, for a warning in English is better than none."""
    return tuple(dict.fromkeys(one for one in languages if one in known_languages())) or (FALLBACK,)
