"""What a resident who texts back is answered, out of config/texts/reply, in the form that Twilio reads (TwiML)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from streams.alerts.drill import status_of
from streams.city.model import City
from streams.delivery.reply import ReplyKind
from streams.messages.texts import DRILL_MARK
from streams.store.phone import is_made_up

TWIML = "text/xml; charset=utf-8"
ANSWERED: tuple[ReplyKind, ...] = ("help", "rescue")
_FOLDER = Path(__file__).resolve().parents[2] / "config" / "texts" / "reply"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
NO_ANSWER = f"{_HEAD}<Response/>"


@lru_cache(maxsize=16)
def templates(language: str) -> dict[str, str]:
    """The answers in a language."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Languages that have answers."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def answer_to(kind: ReplyKind, language: str, phone: str, city: City) -> str:
    """The answer to a text as TwiML; an empty one where there is nothing to say.

    Opt-outs the provider answers itself. An answer is a text to a telephone like any other: where the city's messages are not Actual,
    only numbers that nobody has get one (law 7).

    Parameters
    ----------
    language
        The resident's; "" where the number is nobody's.
    """
    if kind not in ANSWERED or not _may_answer(phone, city):
        return NO_ANSWER
    return _message(answer_text(kind, language, city))


def report_answer(kind: str, code: str, language: str, phone: str, city: City) -> str:
    """The answer to a message that is a report, as TwiML: its code, and what it lacks; who may get one is as in `answer_to`.

    Parameters
    ----------
    kind
        `report`, `report_where` (it has no place yet) or `report_placed`.
    """
    return _message(answer_text(kind, language, city, code=code)) if _may_answer(phone, city) else NO_ANSWER


def answer_text(kind: str, language: str, city: City, **values: str) -> str:
    """The words of an answer."""
    chosen = next((one for one in (language, *city.languages) if one in languages()), languages()[0])
    words = templates(chosen)
    mark = DRILL_MARK if city.drill else ""
    return mark + words[kind].format(sender=city.sender.signature(chosen) or city.name, emergency=words["emergency"], **values)


def _may_answer(phone: str, city: City) -> bool:
    return status_of(city, drill=city.drill) == "Actual" or is_made_up(phone)


def _message(text: str) -> str:
    return f"{_HEAD}<Response><Message>{escape(text)}</Message></Response>"
