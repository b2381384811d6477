"""Groups of reports as an operator asks for them: those that wait, one of them, and what else is known of their writers and pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Select, case, func, or_, select

from streams.reports.report import Report
from streams.reports.triage.room import MOST_OF_GROUP, MOST_OF_ONE, Guest, with_room
from streams.store.engine import reading
from streams.store.reports import as_report
from streams.store.reports_schema import REPORTS

PENDING = ("new", "asked", "merged")
"""States in which a report still waits for somebody who accepts or hides it."""
AT_ONCE = 1000
"""Reports that are asked for by their ids at once: a statement takes only so many."""

_COLUMNS = [REPORTS.c[name] for name in Report.__struct_fields__]


Place = tuple[bool, int, str]
"""In the list of groups: whether several addresses wait in it, its newest moment, its id."""


class GroupHead(msgspec.Struct, frozen=True):
    """A group without its reports: its newest moment, and from where those come that wait.

    `addresses` is from how many different addresses those come that wait; a device counts where its address is not known.
    """

    group_id: str
    newest_us: int
    addresses: int

    @property
    def place(self) -> Place:
        """Where it stands in the list; the list goes on after it."""
        return self.addresses > 1, self.newest_us, self.group_id


def group_heads(
    engine: Engine,
    *,
    state: str = "waiting",
    low_point: str | None = None,
    training: bool | None = None,
    least: int = 1,
    addresses: int = 0,
    before: Place | None = None,
    limit: int = 50,
) -> list[GroupHead]:
    """Groups: those first in which reports of several addresses wait, each kind the newest first.

    One address can found any number of groups: they must not push those of others off a page.

    Parameters
    ----------
    state
        "waiting" for those that somebody must decide on, "decided" for the others, "all".
    low_point
        Only those about it; "" for those about none.
    least, addresses
        Of groups that wait, only those in which so many reports wait, and from so many addresses.
    before
        Place of the last group that was seen: those after it follow.
    """
    newest = func.max(REPORTS.c.made_us)
    waiting = func.sum(_as_number(REPORTS.c.state.in_(PENDING)))
    whose = func.count(func.distinct(_whose_waits()))
    several = case((whose > 1, 1), else_=0)
    heads = select(REPORTS.c.group_id, newest, whose).group_by(REPORTS.c.group_id)
    if low_point is not None:
        heads = heads.where(REPORTS.c.low_point.is_(None) if low_point == "" else REPORTS.c.low_point == low_point)
    if training is not None:
        heads = heads.where(REPORTS.c.training == int(training))
    if state == "waiting":
        heads = heads.where(REPORTS.c.group_id.in_(_groups_that_wait())).having(waiting >= least, whose >= addresses)
    elif state == "decided":
        heads = heads.having(waiting == 0)
    if before is not None:
        flag, us, group = int(before[0]), before[1], before[2]
        older = or_(newest < us, (newest == us) & (REPORTS.c.group_id > group))
        heads = heads.having(or_(several < flag, (several == flag) & older))
    query = heads.order_by(several.desc(), newest.desc(), REPORTS.c.group_id).limit(limit)
    with reading(engine) as connection:
        return [GroupHead(*row) for row in connection.execute(query)]


def count_waiting(engine: Engine) -> int:
    """How many groups wait for somebody; exercises are not counted."""
    query = select(func.count(func.distinct(REPORTS.c.group_id))).where(REPORTS.c.state.in_(PENDING), REPORTS.c.training == 0)
    with reading(engine) as connection:
        return connection.scalar(query) or 0


def waiting_by_point(engine: Engine) -> dict[str, int]:
    """How many reports wait, by low point; exercises are not counted."""
    query = select(REPORTS.c.low_point, func.count()).where(REPORTS.c.state.in_(PENDING), REPORTS.c.training == 0)
    with reading(engine) as connection:
        rows = connection.execute(query.where(REPORTS.c.low_point.is_not(None)).group_by(REPORTS.c.low_point))
        return {str(point): int(count) for point, count in rows}


def reports_of(engine: Engine, groups: Collection[str]) -> dict[str, list[Report]]:
    """The reports of some groups, each in order of receipt; of one that has very many those for which there is room (`with_room`)."""
    with reading(engine) as connection:
        return reports_in(connection, groups)


def waiting_in(engine: Engine, groups: Collection[str]) -> dict[str, int]:
    """How many reports of each group wait, those too that are not read for want of room."""
    query = select(REPORTS.c.group_id, func.count()).where(REPORTS.c.group_id.in_(groups), REPORTS.c.state.in_(PENDING))
    with reading(engine) as connection:
        return {str(group): int(count) for group, count in connection.execute(query.group_by(REPORTS.c.group_id))}


def reports_in(connection: Connection, groups: Collection[str]) -> dict[str, list[Report]]:
    """The same within a transaction."""
    wanted = sorted(name for own in _guests(connection, groups).values() for name in with_room(own))
    rows: list[Report] = []
    for at in range(0, len(wanted), AT_ONCE):
        own = REPORTS.c.report.in_(wanted[at : at + AT_ONCE]) & REPORTS.c.group_id.in_(groups)
        rows += map(as_report, connection.execute(select(*_COLUMNS).where(own)))
    found: dict[str, list[Report]] = defaultdict(list)
    for report in sorted(rows, key=lambda one: (one.made_us, one.report)):
        found[report.group_id].append(report)
    return dict(found)


def named_in(connection: Connection, group: str, reports: Collection[str]) -> list[Report]:
    """Those reports of a group that are named, in order of receipt; nobody else decides on them until the end of the transaction."""
    named = select(*_COLUMNS).where(REPORTS.c.group_id == group, REPORTS.c.report.in_(reports))
    return [as_report(row) for row in connection.execute(named.order_by(REPORTS.c.made_us, REPORTS.c.report).with_for_update())]


def _guests(connection: Connection, groups: Collection[str]) -> dict[str, list[Guest]]:
    """Reports that may have room: of each device the newest, and of each address no more that are alike than there is room for."""
    waits = _as_number(REPORTS.c.state.in_(PENDING))
    pictured = _as_number(REPORTS.c.picture.is_not(None))
    own = [REPORTS.c[name] for name in ("group_id", "report", "made_us", "device", "address", "depth")]
    newest = (REPORTS.c.made_us.desc(), REPORTS.c.report)
    of_one = func.row_number().over(partition_by=(REPORTS.c.group_id, REPORTS.c.device, waits), order_by=newest)
    every = select(*own, pictured.label("pictured"), waits.label("waits"), of_one.label("of_one")).where(REPORTS.c.group_id.in_(groups))
    one = every.subquery()
    whose = case((one.c.address != "", one.c.address), else_=one.c.device)
    kind = (one.c.group_id, whose, one.c.depth, one.c.pictured, one.c.waits)
    alike = func.row_number().over(partition_by=kind, order_by=(one.c.made_us.desc(), one.c.report))
    some = select(*one.c, alike.label("alike")).where(or_(one.c.of_one <= MOST_OF_ONE, one.c.device == "")).subquery()
    found: dict[str, list[Guest]] = defaultdict(list)
    for row in connection.execute(select(some).where(some.c.alike <= MOST_OF_GROUP)):
        guest = Guest(row.report, row.made_us, row.device, row.address, row.depth, bool(row.pictured), bool(row.waits))
        found[row.group_id].append(guest)
    return found


def reports_since(engine: Engine, since_us: int, limit: int) -> list[Report]:
    """All reports since a moment, exercises apart, the newest first: against them it is seen what a writer or a picture said elsewhere."""
    query = select(*_COLUMNS).where(REPORTS.c.made_us >= since_us, REPORTS.c.training == 0)
    with reading(engine) as connection:
        return [as_report(row) for row in connection.execute(query.order_by(REPORTS.c.made_us.desc()).limit(limit))]


def reports_at(engine: Engine, low_point: str, since_us: int, limit: int) -> list[Report]:
    """Reports about a low point with a picture or a depth that are not hidden, the newest first; exercises apart."""
    own = (REPORTS.c.low_point == low_point) & (REPORTS.c.made_us >= since_us) & (REPORTS.c.training == 0) & (REPORTS.c.state != "hidden")
    with reading(engine) as connection:
        return [as_report(row) for row in connection.execute(select(*_COLUMNS).where(own).order_by(REPORTS.c.made_us.desc()).limit(limit))]


def accepted_between(engine: Engine, from_us: int, until_us: int, limit: int = 5000) -> list[Report]:
    """Accepted reports of water that was seen from one moment to another, in its order: ground truth."""
    own = (REPORTS.c.state == "accepted") & REPORTS.c.observed_us.between(from_us, until_us) & (REPORTS.c.training == 0)
    with reading(engine) as connection:
        return [as_report(row) for row in connection.execute(select(*_COLUMNS).where(own).order_by(REPORTS.c.observed_us).limit(limit))]


def _groups_that_wait() -> Select[Any]:
    """By the index of states: decided reports grow without end, those that wait do not."""
    return select(REPORTS.c.group_id).where(REPORTS.c.state.in_(PENDING)).distinct()


def _whose_waits() -> Any:
    """Whose a report is that waits; nothing of others, which are not counted."""
    whose = case((REPORTS.c.address != "", REPORTS.c.address), else_=REPORTS.c.device)
    return case((REPORTS.c.state.in_(PENDING), whose))


def _as_number(condition: ColumnElement[bool]) -> Any:
    return case((condition, 1), else_=0)
