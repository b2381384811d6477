"""Reads who is on duty: telephone numbers, which stay in memory and are never written out (law 10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from streams.city.model import City
from streams.store.phone import refusal
from streams.watchdog.words import languages_of


class DutyError(ValueError):
    """A list of duty officers that cannot be used: which line, and what to do; never a number."""


@dataclass(frozen=True)
class Officer:
    """Somebody on duty, and the language of their texts."""

    phone: str = field(repr=False)
    language: str


def read_officers(file: Path, city: City) -> tuple[Officer, ...]:
    """Read a file of one number a line, with a language after it where that is not the city's first; blank lines and # are passed over.

    Raises
    ------
    DutyError
        Where nobody is in it, or a line is refused.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise DutyError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DutyError(f"{file} is not in UTF-8") from None
    told = [(number, line.partition("#")[0].split()) for number, line in enumerate(lines, start=1)]
    found = tuple(_officer(f"{file}, line {number}", words, city) for number, words in told if words)
    if not found:
        raise DutyError(f"{file} names nobody: write one number a line, such as +999 and the digits after it")
    if len({officer.phone for officer in found}) < len(found):
        raise DutyError(f"{file}: a number stands twice")
    return found


def _officer(where: str, words: list[str], city: City) -> Officer:
    phone, *rest = words
    # a typing error must not leave somebody out unnoticed, so nothing that is refused is passed over
    if refused := refusal(phone, city):
        raise DutyError(f"{where}: {refused}: write + and the digits without blanks; a city that is not live takes made-up numbers only")
    known = languages_of()
    if len(rest) > 1 or any(language not in known for language in rest):
        raise DutyError(f"{where}: after the number there may be one of {', '.join(known)}")
    return Officer(phone, rest[0] if rest else next((one for one in city.languages if one in known), known[0]))
