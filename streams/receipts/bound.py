"""Finds the attempts that a gateway knows by its own ids only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Engine, select

from streams.store.attempts import Word
from streams.store.engine import reading
from streams.store.outbox_schema import ATTEMPTS

_CHUNK = 1_000


def bound(engine: Engine, words: Sequence[tuple[str, Word]]) -> list[Word | None]:
    """Each of a provider's words with the id of our attempt; None where no attempt has its id, or not yet.

    Ids are the provider's own: two providers may give the same one.
    """
    asked = sorted({(provider, word.provider_id or "") for provider, word in words if not word.attempt})
    found = dict(_attempts(engine, asked)) if asked else {}
    known: list[Word | None] = []
    for provider, word in words:
        attempt = word.attempt or found.get((provider, word.provider_id or ""))
        known.append(Word(attempt, word.said, word.provider_id) if attempt else None)
    return known


def _attempts(engine: Engine, asked: Sequence[tuple[str, str]]) -> Iterable[tuple[tuple[str, str], str]]:
    with reading(engine) as connection:
        for start in range(0, len(asked), _CHUNK):
            ids = [own for _, own in asked[start : start + _CHUNK]]
            query = select(ATTEMPTS.c.provider, ATTEMPTS.c.provider_id, ATTEMPTS.c.attempt).where(ATTEMPTS.c.provider_id.in_(ids))
            for row in connection.execute(query):
                yield (row.provider, row.provider_id), row.attempt
