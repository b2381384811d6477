"""The words of the screens: English stands in the source, other languages in catalogues of gettext (Babel), `config/words/LANGUAGE`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[2] / "config" / "words"
SOURCE = "en"
"""The language of the source: it needs no catalogue."""

OWN_NAMES = {"en": "English", "zh": "中文"}
_PLACE = re.compile(r"\{(\w+)\}")


class CatalogueError(ValueError):
    """A catalogue that cannot be used: which, and what is wrong."""


class Words(msgspec.Struct, frozen=True):
    """All texts of one language by their English source."""

    code: str
    texts: Mapping[str, str]

    def say(self, text: str, /, **values: object) -> str:
        """A text in this language with its places filled; English where nobody has translated it.

        Values are put in as they are: they may hold braces.
        """
        told = self.texts.get(text, text)
        return _PLACE.sub(lambda place: str(values[place[1]]), told) if values else told

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return OWN_NAMES.get(self.code, self.code)


@cache
def load_words() -> dict[str, Words]:
    """All languages the screens can be read in, by code, English first.

    Raises
    ------
    CatalogueError
        Where two catalogues of a language say the same thing in different words.
    """
    folders = sorted(folder for folder in FOLDER.iterdir() if folder.is_dir())
    return {SOURCE: Words(SOURCE, {}), **{folder.name: Words(folder.name, _texts(folder)) for folder in folders}}


def places_of(text: str) -> frozenset[str]:
    """Names of the places of a text that are filled."""
    return frozenset(_PLACE.findall(text))


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


def _texts(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.po")):
        with file.open("rb") as opened:
            messages = [message for message in read_po(opened) if message.id and message.string and not message.fuzzy]
        for message in messages:
            source, told = str(message.id), str(message.string)
            if found.setdefault(source, told) != told:
                raise CatalogueError(f"{file}: {source!r} is {told!r} here and {found[source]!r} in another catalogue: use one of them")
    return found


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
