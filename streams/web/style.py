"""The style sheet: the page's own, and the colours of the city's ladder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import msgspec

from streams.city import defaults
from streams.city.model import Level

NONE = "#b4bcc2"
"""The colour of no warning (DESIGN 8)."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SHEET = Path(__file__).parent / "templates" / "page.css"


class Style(msgspec.Struct, frozen=True):
    """A style sheet and its address, which changes when it does; `rules` are those of the ladder alone."""

    body: bytes
    address: str
    rules: bytes = b""


def make_style(levels: Iterable[Level]) -> Style:
    """The style sheet of a city; a colour that is none is passed over for the default of its level."""
    colours = {0: NONE} | {rung.level: rung.colour for rung in defaults.LEVELS}
    colours |= {rung.level: rung.colour for rung in levels if _COLOUR.fullmatch(rung.colour)}
    rules = [line for level, colour in colours.items() for line in _rules(level, colour)]
    body = "\n".join([_SHEET.read_text("utf-8"), *rules, ""]).encode()
    return Style(body, f"/page.css?v={sha256(body).hexdigest()[:12]}", "\n".join([*rules, ""]).encode())


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on a colour; the better one always has a contrast of 4.5 or more."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, colour))


def _rules(level: int, colour: str) -> list[str]:
    return [
        f".f{level} {{ fill: {colour}; }}",
        f".t{level} {{ fill: {ink_on(colour)}; }}",
        f".o{level} {{ fill: {colour}; }}",
        f".x{level}, .x{level} td:first-child {{ border-left-color: {colour}; }}",
    ]


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
