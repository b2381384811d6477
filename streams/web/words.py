"""The words of the page, from config/page, and which language a reader gets."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

_FOLDER = Path(__file__).resolve().parents[2] / "config" / "page"


class Words(msgspec.Struct, frozen=True):
    """All texts of one language."""

    code: str
    texts: dict[str, Any]

    def say(self, name: str, /, **values: object) -> str:
        """The text of a dotted name with its places filled."""
        return self.raw(name).format(**values)

    def raw(self, name: str) -> str:
        """The text of a dotted name as it stands in the file."""
        found: Any = self.texts
        for part in name.split("."):
            found = found[part]
        return str(found)


def load_words() -> dict[str, Words]:
    """All languages the page can be read in, by code."""
    return {file.stem: Words(file.stem, tomllib.loads(file.read_text("utf-8"))) for file in sorted(_FOLDER.glob("*.toml"))}


def choose(known: Sequence[str], wished: str | None, accepted: str, otherwise: Sequence[str]) -> str:
    """The language of a reader.

    Parameters
    ----------
    known
        Languages there are.
    wished
        What the address asks for; unknown ones are passed over.
    accepted
        The Accept-Language header.
    otherwise
        The city's languages, for readers who accept none of ours.
    """
    order = [wished or "", *_by_weight(accepted), *otherwise, *known]
    return next(name for name in (tag.lower().split("-")[0] for tag in order) if name in known)


def _by_weight(accepted: str) -> list[str]:
    """Tags of an Accept-Language header, the dearest first."""
    weighted: list[tuple[float, int, str]] = []
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            dear = float(weight or 1)
        except ValueError:
            dear = 0.0
        if dear > 0:
            weighted.append((-dear, len(weighted), tag))
    return [tag for _, _, tag in sorted(weighted)]
