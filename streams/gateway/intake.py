"""The one place where bytes that came in become readings or dead letters, whatever way they came."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import msgspec

from streams import clock
from streams.city.model import City
from streams.gateway.buffer import Buffer, Letter
from streams.observation.dead_letter import DeadLetter, Reason, shown
from streams.observation.observation import Observation
from streams.observation.parse import Parser, Refused

MOST_IN_LIST = 50_000
_MOST_COMMAS = 16 * MOST_IN_LIST
_LIST = re.compile(rb"[ \t\r\n]*\[")
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])


class TooMany(Exception):
    """A list longer than a request may bring, nothing of it was taken in; `begun` is how it begins."""

    def __init__(self, message: str, begun: bytes):
        super().__init__(message)
        self.begun = begun


@dataclass(frozen=True)
class Refusal:
    """What was refused, by its place: `line` counts from 1."""

    line: int
    reason: Reason
    detail: str


@dataclass(frozen=True)
class Outcome:
    """What became of what came in; it is safe only when `written` is done."""

    accepted: int
    refused: tuple[Refusal, ...]
    written: Future[None]


class Intake:
    """Checks what comes in by the contract of DESIGN 5 and puts it into the buffer."""

    def __init__(self, city: City, buffer: Buffer, now_us: Callable[[], int] = clock.now_us):
        self._parser = Parser(city, trusted_arrival=False)
        self._buffer = buffer
        self._now_us = now_us
        self._run = secrets.token_hex(4)
        self._count = itertools.count()

    def take(self, raw: bytes, owner: str, source: str, line: int | None = None, lists: bool = False) -> Outcome:
        """Take in one object, or a list of them where lists are allowed.

        Parameters
        ----------
        raw
            The bytes as they came.
        owner
            Who sent them, as known from key, user or topic: only stations of that owner are heard.
        source
            By which way, for the dead letters.
        line
            The place within the source, from 1, where the source numbers what it holds: the same place gives the same dead letter.

        Raises
        ------
        Full
            Try again later; nothing was taken in.
        TooMany
            The list is too long; nothing was taken in.
        """
        if not owner:
            raise ValueError("an owner without a name has no stations")
        self._buffer.check_room()
        accepted: list[Observation] = []
        refused: list[Refusal] = []
        letters: list[Letter] = []
        now_us = self._now_us()
        for place, piece in enumerate(_pieces(raw) if lists else [raw], line or 1):
            try:
                accepted.append(self._parser.parse(piece, now_us, owner))
            except Refused as error:
                refused.append(Refusal(place, error.reason, error.detail))
                letters.append(self._letter(piece, refused[-1], source, line is not None))
        return Outcome(len(accepted), tuple(refused), self._buffer.put(accepted, letters))

    def refuse(self, raw: bytes, reason: Reason, detail: str, source: str) -> Outcome:
        """Make a dead letter of something that is not even to be parsed."""
        refusal = Refusal(1, reason, detail)
        return Outcome(0, (refusal,), self._buffer.put([], [self._letter(raw, refusal, source, False)]))

    def _letter(self, raw: bytes, refusal: Refusal, source: str, numbered: bool) -> Letter:
        key = f"{source}/{refusal.line}" if numbered else f"{source}/{self._run}/{next(self._count)}"
        return Letter(key, DeadLetter(refusal.reason, source, refusal.line, shown(raw), refusal.detail))


def _pieces(raw: bytes) -> Sequence[bytes]:
    """The elements of a list as they stand in the text; anything else is one piece."""
    if not _LIST.match(raw):
        return [raw]
    if raw.count(b",") > _MOST_COMMAS:  # known before a list of millions of zeros is laid out in memory
        raise TooMany(f"more than {MOST_IN_LIST} in one list", raw[:200])
    try:
        elements = _ELEMENTS.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return [raw]
    if len(elements) > MOST_IN_LIST:
        raise TooMany(f"{len(elements)} in one list, {MOST_IN_LIST} may be", raw[:200])
    return [bytes(element) for element in elements]
