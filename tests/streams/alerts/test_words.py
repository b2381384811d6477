"""The templates: every language says the same things."""

from __future__ import annotations

import re
from typing import Any

import pytest

from streams.alerts.words import FALLBACK, known_languages, languages_of, templates
from streams.messages import texts


def keys(words: dict[str, Any], path: str = "") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, value in words.items():
        if isinstance(value, dict):
            found |= keys(value, f"{path}{name}.")
        else:
            found[f"{path}{name}"] = set(re.findall(r"\{(\w+)\}", value)) - {"zone", "place", "time"}
    return found


@pytest.mark.parametrize("language", known_languages())
def test_every_language_says_what_the_fallback_says(language: str) -> None:
    assert keys(templates(FALLBACK)) == keys(templates(language))


def test_the_languages_of_the_short_messages_are_spoken_here_too_and_stay_those() -> None:
    assert texts.known_languages() == known_languages() == ("en", "zh")


def test_known_languages_are_kept_in_their_order_and_english_stands_in() -> None:
    assert ("zh", "en") == languages_of(("zh", "fr", "en", "zh"))
    assert ("en",) == languages_of(("fr",))
    assert ("en",) == languages_of(())


@pytest.mark.parametrize("language", known_languages())
def test_a_headline_fits_into_what_lists_show(language: str) -> None:
    longest = "Railway underpass by the western gate"
    fields = {"place": longest, "level": 4, "word": templates(language)["words"]["3"], "cm": 60}
    assert all(len(text.format(**fields)) <= 160 for text in templates(language)["headline"].values())
