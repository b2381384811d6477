"""How somebody wants the screens: language and colours, kept in cookies of their own, which say nothing about who they are."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from streams.city.model import City
from streams.words.catalogue import Words, choose, load_words

LANGUAGE, THEME = "lowpoint_lang", "lowpoint_theme"
THEMES = ("light", "dark")
YEAR_S = 365 * 86_400


class Look(msgspec.Struct, frozen=True):
    """Words of the reader's language, and "light", "dark" or "" for what the system says."""

    words: Words
    theme: str


def look_of(city: City, request: Request) -> Look:
    """What a reader has chosen, else what the browser and the city say."""
    words = load_words()
    wished = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    language = choose(tuple(words), wished, request.headers.get("accept-language", ""), city.languages)
    theme = request.cookies.get(THEME, "")
    return Look(words[language], theme if theme in THEMES else "")


def keep_look(response: Response, language: str | None, theme: str | None, secure: bool) -> None:
    """Remember a choice; what is none is passed over."""
    if language in load_words():
        response.set_cookie(LANGUAGE, str(language), YEAR_S, httponly=True, samesite="strict", secure=secure)
    if theme in (*THEMES, "auto"):
        response.set_cookie(THEME, "" if theme == "auto" else str(theme), YEAR_S, httponly=True, samesite="strict", secure=secure)
