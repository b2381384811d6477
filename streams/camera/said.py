"""What a user is told of a calibration: a text and its values, which a page says in the reader's language and a command in English."""

from __future__ import annotations

from typing import NamedTuple

from streams.words.catalogue import Words

_ENGLISH = Words("en", {})


class Said(NamedTuple):
    """A text with places, and what fills them."""

    text: str
    values: dict[str, object]

    def __str__(self) -> str:
        return self.told(_ENGLISH)

    def told(self, words: Words) -> str:
        """It in a language."""
        return words.say(self.text, **self.values)


def t(text: str, /, **values: object) -> Said:
    """A text that is looked up in the catalogues (`config/words`) when it is told."""
    return Said(text, values)
