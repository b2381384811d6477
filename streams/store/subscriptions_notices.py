"""News of roads for their subscribers: each change of a level that matters once, in one thread from the first to the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, select

from streams.audit.row import Deed
from streams.observation.moments import HOUR_US, to_text
from streams.store.audit import append
from streams.store.engine import alone, reading, writing
from streams.store.outbox_schema import DISPATCHES
from streams.store.recipients import warned_by
from streams.store.schema import WARNINGS
from streams.store.subscriptions_texts import Kind, Notice, subscribers_of, write_notice

GOOD_FOR_US = HOUR_US
"""Nobody needs to hear later of a road that is under water."""
LONGEST_US = 7 * 24 * HOUR_US
"""No road stays under water longer without a rise, as far as its end is looked for."""


class RoadChange(msgspec.Struct, frozen=True):
    """A change of a road's level; `before` is the level known last, `level` is never unknown."""

    key: str
    low_point: str
    issued_us: int
    level: int
    before: int
    basis: str
    unconfirmed: bool


Texts = Callable[[RoadChange], Mapping[str, str]]


def road_changes(engine: Engine, roads: Collection[str], since_us: int) -> list[RoadChange]:
    """Changes of these roads from a moment of the log on, in their order; that a road became unknown is none."""
    columns = [WARNINGS.c[name] for name in ("key", "low_point", "issued_us", "level", "basis", "unconfirmed")]
    order = (WARNINGS.c.issued_us, WARNINGS.c.number)
    new = select(*columns).where(WARNINGS.c.issued_us >= since_us, WARNINGS.c.level.is_not(None)).order_by(*order)
    before: dict[str, int] = {}
    found: list[RoadChange] = []
    with reading(engine) as connection:
        for row in connection.execute(new).all():
            if row.low_point not in roads:
                continue
            if row.low_point not in before:
                before[row.low_point] = _level_before(connection, row.low_point, since_us)
            found.append(
                RoadChange(row.key, row.low_point, row.issued_us, row.level, before[row.low_point], row.basis, bool(row.unconfirmed))
            )
            before[row.low_point] = row.level
    return found


def late_ends(engine: Engine, roads: Collection[str], since_us: int, before_us: int) -> list[RoadChange]:
    """The ends from one moment of the log to before another of roads whose last notice was of a rise: nobody was there to tell them."""
    columns = [DISPATCHES.c[name] for name in ("zone", "msg_type", "issued_us")]
    notices = DISPATCHES.c.identifier.startswith("notice_", autoescape=True) & (DISPATCHES.c.issued_us >= since_us - LONGEST_US)
    found: list[RoadChange] = []
    with reading(engine) as connection:
        rows = connection.execute(select(*columns).where(notices).order_by(DISPATCHES.c.issued_us, DISPATCHES.c.version))
        for place, last in {row.zone: row for row in rows}.items():
            road = place.removeprefix("road:")
            if road not in roads or place == road or last.msg_type == "Cancel" or last.issued_us >= before_us:
                continue
            end = connection.execute(_levels_before(road, before_us, WARNINGS).limit(1)).first()
            if end is not None and end.level == 0 and end.issued_us >= max(last.issued_us, since_us):
                before = _level_before(connection, road, end.issued_us)
                found.append(RoadChange(end.key, road, end.issued_us, 0, before, end.basis, bool(end.unconfirmed)))
    return found


def write_change(engine: Engine, change: RoadChange, texts: Texts, status: str, subscribed_until_us: int, expires_us: int) -> int:
    """Tell subscribers of a change if it is one for them; how many rows were written, 0 where it was told before.

    A rise is told to who had subscribed by then. The end is told to exactly those who were told of the rise. Whatever two processes do at
    once, the change is in the outbox once.

    Parameters
    ----------
    subscribed_until_us
        The moment of the change by the wall clock.
    expires_us
        When it is no news any more, by the wall clock.
    """
    if not (change.level > change.before or (change.level == 0 and change.before > 0)):
        return 0
    identifier = f"notice_{change.key}"
    with reading(engine) as connection:
        if connection.scalars(select(DISPATCHES.c.identifier).where(DISPATCHES.c.identifier == identifier)).first() is not None:
            return 0
    with writing(engine) as connection:
        alone(connection, "dispatch")
        place = f"road:{change.low_point}"
        last = _last_of(connection, place)
        going_on = last is not None and last.msg_type != "Cancel" and change.before > 0
        if change.level == 0 and not going_on:
            return 0  # nobody was told that it began
        incident, version = (last.incident, last.version + 1) if going_on else (identifier, 1)
        kind: Kind = "Cancel" if change.level == 0 else "Update" if going_on else "Alert"
        people = warned_by(incident, version) if kind == "Cancel" else subscribers_of(change.low_point, subscribed_until_us)
        # an end is written even where nobody was told yet: it calls off what is unsent
        if kind != "Cancel" and connection.execute(people.limit(1)).first() is None:
            return 0
        notice = Notice(identifier, incident, version, kind, place, status, change.issued_us, expires_us, texts(change))
        rows = write_notice(connection, notice, people)
        if rows:
            detail = {"rows": rows, "place": place, "level": change.level, "texts": dict(notice.texts)}
            append(connection, [Deed(to_text(change.issued_us), "notifier", "texted", identifier, detail, f"t|{identifier}|sms")])
        return rows or 0


def _last_of(connection: Connection, place: str) -> Any:
    """The last notice of a road; None where there was none."""
    mine = select(DISPATCHES.c.incident, DISPATCHES.c.version, DISPATCHES.c.msg_type).where(DISPATCHES.c.zone == place)
    return connection.execute(mine.order_by(DISPATCHES.c.issued_us.desc(), DISPATCHES.c.version.desc()).limit(1)).first()


def _level_before(connection: Connection, road: str, at_us: int) -> int:
    """The level known last before a moment; 0 where none ever was."""
    return connection.scalars(_levels_before(road, at_us, WARNINGS.c.level).limit(1)).first() or 0


def _levels_before(road: str, at_us: int, *columns: Any) -> Select[Any]:
    """Changes to a known level before a moment, newest first."""
    earlier = (WARNINGS.c.low_point == road) & (WARNINGS.c.issued_us < at_us) & WARNINGS.c.level.is_not(None)
    return select(*columns).where(earlier).order_by(WARNINGS.c.issued_us.desc(), WARNINGS.c.number.desc())
