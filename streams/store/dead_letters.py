"""The newest dead letters, for who has to find out what is wrong with a feed."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine, func, select

from streams.store.engine import reading
from streams.store.schema import DEAD_LETTERS


class LetterSeen(msgspec.Struct, frozen=True):
    """A dead letter: where it came from, the first bytes of it, and when it was written here; None where an older Lowpoint wrote it."""

    id: str
    reason: str
    file: str
    line: int
    bytes: str
    detail: str
    written_us: int | None


def newest_letters(engine: Engine, limit: int) -> list[LetterSeen]:
    """The newest letters, newest first; those of which nobody knows when they came are the last."""
    columns = [DEAD_LETTERS.c[name] for name in LetterSeen.__struct_fields__]
    newest = select(*columns).order_by(func.coalesce(DEAD_LETTERS.c.written_us, -1).desc(), DEAD_LETTERS.c.id)
    with reading(engine) as connection:
        return [LetterSeen(*row) for row in connection.execute(newest.limit(limit))]
