"""Claims on outbox rows: a row belongs to one sender, and its post is on record, before anything leaves; durably."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from streams.delivery.job import Job
from streams.store.engine import reading, writing
from streams.store.give_way import tell_after_all
from streams.store.outbox import CALLED_OFF, SMS, SUPERSEDED, VOICE, with_texts
from streams.store.outbox_schema import ATTEMPTS, DISPATCH_TEXTS, DISPATCHES, OUTBOX
from streams.store.people_schema import OPT_OUTS, RESIDENTS
from streams.store.recipients import OPTED_OUT, TOLD, ends_us, may_have_come, says_something

MOST_ROWS = 5_000
"""Rows in one claim: SQLite takes 32,766 parameters in a statement."""


class Claimed(msgspec.Struct, frozen=True):
    """What a claim gave: texts to post, and how many were dropped because it is too late for them."""

    jobs: list[Job]
    dropped: int

    def __bool__(self) -> bool:
        return bool(self.jobs or self.dropped)


NOTHING = Claimed([], 0)


def claim(
    engine: Engine, kind: str, owner: str, provider: str, now_us: int, most: int, *, expires: bool = True, spares_actual: bool = False
) -> Claimed:
    """Claim up to `most` pending rows, the most dangerous first; the claim, with an attempt for each, stands when this returns.

    Parameters
    ----------
    kind
        "sms" or "voice".
    provider
        Whom they will be posted to.
    expires
        Whether what has expired by the clock is dropped; a storm of another day, played again, has all expired.
    spares_actual
        Leave alone what is for real: a dry run that knows no city must not swallow a warning.
    """
    due = select(OUTBOX.c.id).where(OUTBOX.c.state == "pending", OUTBOX.c.channel == kind, OUTBOX.c.not_before_us <= now_us)
    if spares_actual:
        due = due.where(OUTBOX.c.identifier.not_in(select(DISPATCHES.c.identifier).where(DISPATCHES.c.status == "Actual")))
    with reading(engine) as connection:
        if connection.execute(due.limit(1)).first() is None:
            return NOTHING  # an idle sender takes no write lock
    first = due.order_by(OUTBOX.c.priority, OUTBOX.c.rank, OUTBOX.c.id).limit(min(most, MOST_ROWS))
    with writing(engine) as connection:
        ids = list(connection.scalars(first.with_for_update(skip_locked=True)))
        rows = _rows(connection, ids)
        drop = _too_late(connection, rows, now_us if expires else None)
        for reason, late in drop.items():
            _drop(connection, late, reason, now_us)
        expired = set(drop.get("expired", ()))
        tell_after_all(connection, [(row.incident, row.resident) for row in rows if row.id in expired], now_us)
        gone = {row_id for late in drop.values() for row_id in late}
        jobs = [_job(row, provider) for row in rows if row.id not in gone]
        _begin(connection, jobs, owner, now_us)
        return Claimed(jobs, len(gone))


def jobs_of(connection: Connection, attempts: Sequence[str]) -> list[Job]:
    """The jobs of attempts that were begun before."""
    query = _query().add_columns(ATTEMPTS.c.attempt, ATTEMPTS.c.number, ATTEMPTS.c.provider).where(ATTEMPTS.c.attempt.in_(attempts))
    source = _source().join(ATTEMPTS, ATTEMPTS.c.row_id == OUTBOX.c.id)
    return [_job(row, row.provider, row.attempt, row.number) for row in connection.execute(query.select_from(source))]


def new_attempt() -> str:
    """An id that nobody can guess: who knows it may say that a text came."""
    return secrets.token_urlsafe(16)


def _source() -> Any:
    return with_texts().outerjoin(RESIDENTS, RESIDENTS.c.resident == OUTBOX.c.resident)


def _query() -> Any:
    names = ("id", "identifier", "incident", "version", "resident", "channel", "language", "attempts")
    columns = [OUTBOX.c[name] for name in names]
    texts = [DISPATCH_TEXTS.c.text, DISPATCH_TEXTS.c.segments]
    dispatch = [DISPATCHES.c.level, ends_us(DISPATCHES).label("expires_us"), DISPATCHES.c.status, DISPATCHES.c.msg_type]
    return select(*columns, *texts, *dispatch, RESIDENTS.c.phone, RESIDENTS.c.lookup)


def _rows(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    query = _query().select_from(_source()).where(OUTBOX.c.id.in_(ids)).order_by(OUTBOX.c.priority, OUTBOX.c.rank, OUTBOX.c.id)
    return list(connection.execute(query))


def _job(row: Row[Any], provider: str, attempt: str = "", number: int = 0) -> Job:
    return Job(
        row_id=row.id,
        attempt=attempt or new_attempt(),
        number=number or row.attempts + 1,
        identifier=row.identifier,
        incident=row.incident,
        version=row.version,
        resident=row.resident,
        channel=row.channel,
        language=row.language,
        text=row.text,
        segments=row.segments,
        level=0 if row.msg_type == "Cancel" else row.level,
        expires_us=row.expires_us,
        status=row.status,
        provider=provider,
        phone=row.phone,
    )


def _too_late(connection: Connection, rows: Iterable[Row[Any]], now_us: int | None) -> dict[str, list[int]]:
    """Rows that must not go out any more, by reason: superseded, expired, opted out since, or reached by text before they are called."""
    rows = list(rows)
    newest = _newest(connection, {row.incident for row in rows})
    out = _opted_out(connection, {row.lookup for row in rows if row.lookup})
    reached = _reached(connection, [row.resident for row in rows if row.channel == VOICE])
    warned = _warned(connection, [row for row in rows if row.msg_type == "Cancel"])
    late: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        version, msg_type = newest.get(row.incident, (row.version, row.msg_type))
        if version > row.version:
            late[CALLED_OFF if msg_type == "Cancel" else SUPERSEDED].append(row.id)
        elif now_us is not None and 0 < row.expires_us <= now_us and row.msg_type != "Cancel":
            late["expired"].append(row.id)
        elif row.lookup in out:
            late[OPTED_OUT].append(row.id)
        elif row.msg_type == "Cancel" and (row.incident, row.resident) not in warned:
            late["not_warned"].append(row.id)
        elif row.channel == VOICE and (row.identifier, row.resident) in reached:
            late["reached"].append(row.id)
    return late


def _newest(connection: Connection, incidents: Iterable[str]) -> dict[str, tuple[int, str]]:
    of_these = DISPATCHES.c.incident.in_(list(incidents)) & (DISPATCHES.c.state == "released") & says_something(DISPATCHES)
    last = select(DISPATCHES.c.incident, func.max(DISPATCHES.c.version).label("version")).where(of_these)
    newest = last.group_by(DISPATCHES.c.incident).subquery()
    same = (DISPATCHES.c.incident == newest.c.incident) & (DISPATCHES.c.version == newest.c.version)
    query = select(DISPATCHES.c.incident, DISPATCHES.c.version, DISPATCHES.c.msg_type).join(newest, same)
    return {row.incident: (row.version, row.msg_type) for row in connection.execute(query)}


def _opted_out(connection: Connection, lookups: Iterable[str]) -> set[str]:
    return set(connection.scalars(select(OPT_OUTS.c.lookup).where(OPT_OUTS.c.lookup.in_(list(lookups)))))


def _warned(connection: Connection, all_clears: Sequence[Row[Any]]) -> set[tuple[str, str]]:
    """Incidents and residents, of these all-clears, that a warning went out to.

    One that was claimed when the all-clear was written may have been given back since, and never have left.
    """
    if not all_clears:
        return set()
    of_these = OUTBOX.c.resident.in_([row.resident for row in all_clears]) & OUTBOX.c.incident.in_({row.incident for row in all_clears})
    warning = OUTBOX.c.identifier.not_in({row.identifier for row in all_clears})
    query = select(OUTBOX.c.incident, OUTBOX.c.resident).where(of_these, warning, OUTBOX.c.state.in_(TOLD) | may_have_come())
    return {(row.incident, row.resident) for row in connection.execute(query)}


def _reached(connection: Connection, residents: Sequence[str]) -> set[tuple[str, str]]:
    """Orders and residents, of these, whose text has come: they need no call."""
    if not residents:
        return set()
    come = (OUTBOX.c.channel == SMS) & (OUTBOX.c.state == "delivered") & OUTBOX.c.resident.in_(residents)
    return {(row.identifier, row.resident) for row in connection.execute(select(OUTBOX.c.identifier, OUTBOX.c.resident).where(come))}


def _drop(connection: Connection, ids: Sequence[int], reason: str, now_us: int) -> None:
    connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(state="suppressed", reason=reason, changed_us=now_us))


def _begin(connection: Connection, jobs: Sequence[Job], owner: str, now_us: int) -> None:
    if not jobs:
        return
    values = {"state": "claimed", "owner": owner, "claimed_us": now_us, "changed_us": now_us, "attempts": OUTBOX.c.attempts + 1}
    connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_([job.row_id for job in jobs])).values(**values))
    begun = [
        {
            "attempt": job.attempt,
            "row_id": job.row_id,
            "number": job.number,
            "provider": job.provider,
            "state": "posting",
            "posted_us": now_us,
            "changed_us": now_us,
        }
        for job in jobs
    ]
    connection.execute(insert(ATTEMPTS), begun)
