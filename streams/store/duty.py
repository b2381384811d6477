"""The duty log in the store: what is written stays as it is, and stands in the audit in the same transaction."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, func, insert, select

from streams.audit.row import Deed
from streams.duty.entry import Entry, LogPage, Place, page_of
from streams.duty.holder import HAND_OVER, NOTE, TAKE_OVER, Duty, Written, check_hand_over, duty_of, words_of_taking_over
from streams.observation.moments import to_text
from streams.store.audit import append
from streams.store.duty_schema import DUTY_LOG
from streams.store.engine import alone, reading, writing
from streams.store.happened import LONG_AGO_US, happened_before
from streams.store.officers_schema import OFFICERS

SOURCE = "duty"
NEVER_YET_US = 10**16 - 1
"""Later than anything that is written: the year 2286."""

_COLUMNS = [DUTY_LOG.c[name] for name in Written.__struct_fields__]


def write_note(engine: Engine, officer: str, text: str, refers: str, at_us: int) -> Written:
    """Add a note; `refers` names what it is about, "" for nothing."""
    with writing(engine) as connection:
        return _write(connection, officer, NOTE, text, refers, at_us)


def hand_over(engine: Engine, officer: str, text: str, at_us: int) -> Written:
    """Announce that duty is handed over, with what is open.

    Raises
    ------
    DutyRefused
        Where they do not have it.
    """
    with writing(engine) as connection:
        alone(connection, "duty")
        check_hand_over(_duty(connection), officer)
        return _write(connection, officer, HAND_OVER, text, "", at_us)


def take_over(engine: Engine, officer: str, at_us: int) -> Written:
    """Take duty over: from now on they have it, and nobody else.

    Raises
    ------
    DutyRefused
        Where they have it already.
    """
    with writing(engine) as connection:
        alone(connection, "duty")  # of two who take over at once the second one takes over from the first
        return _write(connection, officer, TAKE_OVER, words_of_taking_over(_duty(connection), officer), "", at_us)


def duty_now(engine: Engine) -> Duty:
    """Who has duty."""
    with reading(engine) as connection:
        return _duty(connection)


def display_name_of(engine: Engine, name: str) -> str:
    """What the others see of an account; "" where there is none."""
    with reading(engine) as connection:
        return connection.scalar(select(OFFICERS.c.display_name).where(OFFICERS.c.name == name)) or ""


def log_page(engine: Engine, before: Place | None, limit: int) -> LogPage:
    """What was written and what happened by itself, the newest first; of what is before a place, where one is given."""
    before_us = NEVER_YET_US if before is None else before.at_us
    found = happened_before(engine, before_us, limit + 1)
    return page_of([*_written_before(engine, before_us, limit + 1), *found], before, limit)


def written_between(engine: Engine, from_us: int, until_us: int) -> list[Entry]:
    """What was written from one moment to another, both included."""
    query = select(*_COLUMNS).where(DUTY_LOG.c.at_us.between(from_us, until_us))
    with reading(engine) as connection:
        return [entry_of(Written(*row)) for row in connection.execute(query)]


def entry_of(written: Written) -> Entry:
    """An entry of the log; keys sort as they were written."""
    place = Place(written.at_us, SOURCE, f"{written.entry:012d}")
    what = written.text if written.kind == TAKE_OVER else ""
    return Entry(place, written.officer, written.kind, written.text, what=what, refers=written.refers)


def _written_before(engine: Engine, before_us: int, most: int) -> list[Entry]:
    earlier = select(DUTY_LOG.c.at_us).where(DUTY_LOG.c.at_us < before_us).order_by(DUTY_LOG.c.at_us.desc())
    last = earlier.limit(1).offset(most - 1).scalar_subquery()
    query = select(*_COLUMNS).where(DUTY_LOG.c.at_us <= before_us, DUTY_LOG.c.at_us >= func.coalesce(last, LONG_AGO_US))
    with reading(engine) as connection:
        return [entry_of(Written(*row)) for row in connection.execute(query)]


def _duty(connection: Connection) -> Duty:
    """Out of the entries since the last one that moved the duty: all before it say nothing of who has it now."""
    moved = select(func.max(DUTY_LOG.c.entry)).where(DUTY_LOG.c.kind == TAKE_OVER).scalar_subquery()
    query = select(*_COLUMNS).where(DUTY_LOG.c.entry >= moved, DUTY_LOG.c.kind != NOTE).order_by(DUTY_LOG.c.entry)
    return duty_of(Written(*row) for row in connection.execute(query))


def _write(connection: Connection, officer: str, kind: str, text: str, refers: str, at_us: int) -> Written:
    row = {"at_us": at_us, "officer": officer, "kind": kind, "text": text, "refers": refers}
    entry = connection.execute(insert(DUTY_LOG).returning(DUTY_LOG.c.entry), row).scalar_one()
    written = Written(entry, at_us, officer, kind, text, refers)
    subject = f"duty log {entry}"
    append(connection, [Deed(to_text(at_us), officer, f"duty_{kind}", subject, {"text": text, "refers": refers}, f"duty|{entry}")])
    return written
