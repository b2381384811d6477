"""Reports in the store: written once for each card, found by card or code, and grouped with those of the same water."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, select, update

from streams.city.near import M_PER_DEG
from streams.observation.moments import MINUTE_US
from streams.reports.grouping import APART_US, NEAR_M, WIDEST_M, Sight, group_of, is_too_far
from streams.reports.report import Report
from streams.store.engine import alone, insert_into, reading, writing
from streams.store.reports_schema import PICTURES, REPORTS

MOST_NEAR = 300
"""Reports nearby that a new one is held against, the last ones: more are of the same groups."""
OLDEST_SEEN_US = 240 * MINUTE_US
"""Water is reported within an hour of being seen, and a telephone without a network may keep that for some hours more."""
_DEG = NEAR_M / M_PER_DEG
_FIELDS = Report.__struct_fields__


class PictureTold(msgspec.Struct, frozen=True):
    """What the writer of a report is told of its picture."""

    width: int
    height: int
    bytes: int


def write_report(connection: Connection, report: Report, card: str, code: str) -> Report | None:
    """Write a report in the caller's transaction, with its group; `card` and `code` are digests.

    Returns
    -------
    Report
        As it is kept: the one that stands there already where its card was sent before. None where another report has its code by chance.
    """
    alone(connection, "reports")  # two first reports of one water must not found two groups
    grouped = msgspec.structs.replace(report, group_id=_group(connection, report))
    row = {**msgspec.structs.asdict(grouped), "training": int(grouped.training), "card": card, "code": code}
    insert = insert_into(connection, REPORTS).values(row).on_conflict_do_nothing().returning(REPORTS.c.report)
    return grouped if connection.scalars(insert).first() else _first(connection, REPORTS.c.card == card)


def report_of_card(engine: Engine, card: str) -> Report | None:
    """The report that was written on a card."""
    with reading(engine) as connection:
        return _first(connection, REPORTS.c.card == card)


def report_of_code(engine: Engine, code: str) -> Report | None:
    """The report that a code follows."""
    with reading(engine) as connection:
        return _first(connection, REPORTS.c.code == code)


def picture_told(engine: Engine, picture: str) -> PictureTold | None:
    """The size of a picture on the shelf; None where it is not there any more."""
    query = select(PICTURES.c.width, PICTURES.c.height, PICTURES.c.bytes).where(PICTURES.c.picture == picture)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return None if row is None else PictureTold(*row)


def write_answer(engine: Engine, code: str, answer: str) -> bool:
    """Keep what a writer answers to the question that was asked; False where none is asked, or it was answered before."""
    open_one = (REPORTS.c.code == code) & (REPORTS.c.state == "asked") & (REPORTS.c.answer == "")
    with writing(engine) as connection:
        return bool(connection.execute(update(REPORTS).where(open_one).values(answer=answer)).rowcount)


def write_place(engine: Engine, device: str, point: tuple[str, float | None, float | None], since_us: int) -> Report | None:
    """Give the last report that a device sent as a message without a place its low point (id, lon, lat); None where there is none."""
    low_point, lon, lat = point
    theirs = (REPORTS.c.device == device) & (REPORTS.c.channel == "mms") & (REPORTS.c.made_us >= since_us)
    waits = theirs & REPORTS.c.low_point.is_(None) & REPORTS.c.lon.is_(None) & REPORTS.c.state.in_(("new", "asked"))
    with writing(engine) as connection:
        alone(connection, "reports")
        row = connection.execute(select(REPORTS).where(waits).order_by(REPORTS.c.made_us.desc()).limit(1)).first()
        if row is None:
            return None
        placed = msgspec.structs.replace(as_report(row), low_point=low_point, lon=lon, lat=lat, place_by="plate")
        placed = msgspec.structs.replace(placed, group_id=_group(connection, msgspec.structs.replace(placed, group_id=placed.report)))
        changed = {name: getattr(placed, name) for name in ("low_point", "lon", "lat", "place_by", "group_id")}
        connection.execute(update(REPORTS).where(REPORTS.c.report == placed.report).values(changed))
    return placed


def as_report(row: Row[Any]) -> Report:
    """A row of the table as a report."""
    values = {name: getattr(row, name) for name in _FIELDS}
    return Report(**{**values, "training": bool(row.training)})


def sight_of(report: Report) -> Sight:
    """What of a report tells which water it saw."""
    own = report.group_id or report.report
    return Sight(own, report.training, report.observed_us, report.low_point, report.lon, report.lat, report.place_error_m)


def _first(connection: Connection, which: Any) -> Report | None:
    row = connection.execute(select(REPORTS).where(which)).first()
    return None if row is None else as_report(row)


def _group(connection: Connection, report: Report) -> str:
    """The group of a report that is being written."""
    near = []
    if report.low_point is not None:
        near.append(REPORTS.c.low_point == report.low_point)
    if report.lon is not None and report.lat is not None:
        # twice as wide as at the equator: enough up to 60 degrees of latitude, and what is too far is left out below
        tall, wide = _DEG, 2 * _DEG
        box = REPORTS.c.lat.between(report.lat - tall, report.lat + tall) & REPORTS.c.lon.between(report.lon - wide, report.lon + wide)
        near.append(box)
    if not near:
        return report.report
    from_us, to_us = report.observed_us - APART_US, report.observed_us + APART_US
    at_once = REPORTS.c.observed_us.between(from_us, to_us) & REPORTS.c.made_us.between(from_us, to_us + OLDEST_SEEN_US)
    around = at_once & (REPORTS.c.training == int(report.training)) & (REPORTS.c.report != report.report)
    found: dict[str, Report] = {}
    for where in near:
        query = select(REPORTS).where(around & where).order_by(REPORTS.c.made_us.desc()).limit(MOST_NEAR)
        found |= {row.report: as_report(row) for row in connection.execute(query)}
    barred = _barred(connection, report, {other.group_id for other in found.values()})
    return group_of(sight_of(report), [sight_of(other) for other in found.values() if other.group_id not in barred])


def _barred(connection: Connection, report: Report, groups: Collection[str]) -> set[str]:
    """Groups that a report may not join because of a member that is out of its sight: long ago by now, or further along the road."""
    of_them = REPORTS.c.group_id.in_(groups)
    if report.low_point is not None:
        named = select(REPORTS.c.group_id).where(of_them, REPORTS.c.low_point != report.low_point).distinct()
        return set(connection.scalars(named))
    if report.lon is None or report.lat is None:
        return set()
    new, near = sight_of(report), WIDEST_M / 1.5 / M_PER_DEG
    # nothing in a square of so much each way is too far, at any latitude, its corners included: most groups have no member outside of it
    inside = REPORTS.c.lat.between(report.lat - near, report.lat + near) & REPORTS.c.lon.between(report.lon - near, report.lon + near)
    places = select(REPORTS.c.group_id, REPORTS.c.lon, REPORTS.c.lat).where(of_them, ~inside).distinct()
    return {row.group_id for row in connection.execute(places) if is_too_far(new, msgspec.structs.replace(new, lon=row.lon, lat=row.lat))}
