"""The account: what became of everybody who was targeted, at one moment, by zone and order (law 6). Counts only, never who."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Engine, Row, case, func, literal, select

from streams.store.engine import reading
from streams.store.outbox import SMS
from streams.store.outbox_schema import DISPATCHES, OUTBOX, STATES
from streams.store.reasons import TOLD_ELSEWHERE, folded
from streams.store.recipients import TOLD_BY
from streams.store.subscriptions_texts import CODE

TOLD_WHY = ("failed", "suppressed")
"""States that are told with their reasons."""


class Tally(msgspec.Struct, frozen=True):
    """Rows of one channel by state.

    Attributes
    ----------
    targeted
        How many were written, as it was noted when they were.
    states
        How many are in each state, those with none included.
    reasons
        Of what failed and what was suppressed: how many for which reason.
    """

    targeted: int
    states: dict[str, int]
    reasons: dict[str, dict[str, int]]

    @property
    def adds_up(self) -> bool:
        """Whether everybody who was targeted is in some state; it always does."""
        return sum(self.states.values()) == self.targeted


class OrderAccount(msgspec.Struct, frozen=True):
    """What became of the texts and calls of an order that was released."""

    identifier: str
    incident: str
    version: int
    msg_type: str
    zone: str
    level: int
    issued_us: int
    texts: Tally
    calls: Tally


class ZoneAccount(msgspec.Struct, frozen=True):
    """What became of the texts and calls of a zone, in all and by order, the newest first."""

    zone: str
    texts: Tally
    calls: Tally
    orders: tuple[OrderAccount, ...]


def account_by_zone(engine: Engine) -> list[ZoneAccount]:
    """The account of all orders that were released, by zone, as of one moment."""
    by_order: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in _counts(engine):
        by_order[row.identifier].append(row)
    by_zone: dict[str, list[OrderAccount]] = defaultdict(list)
    for rows in by_order.values():
        order = _order(rows)
        by_zone[order.zone].append(order)
    return [_zone(zone, by_zone[zone]) for zone in sorted(by_zone)]


def total(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one."""
    tallies = list(tallies)
    states = Counter[str]()
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for tally in tallies:
        states.update(tally.states)
        for state, counts in tally.reasons.items():
            reasons[state].update(counts)
    return _tally(sum(tally.targeted for tally in tallies), states, reasons)


def _counts(engine: Engine) -> list[Row[Any]]:
    """Released orders with the counts of their rows, in one statement: PostgreSQL shows each statement a moment of its own."""
    why = case((OUTBOX.c.state.in_(TOLD_WHY), _folded(OUTBOX.c.reason)), else_=literal("")).label("why")
    by = (OUTBOX.c.identifier, OUTBOX.c.channel, OUTBOX.c.state, why)
    counts = select(*by, func.count().label("count")).group_by(*by).subquery("counts")
    names = ("identifier", "incident", "version", "msg_type", "zone", "level", "issued_us", "rows")
    columns = [DISPATCHES.c[name] for name in names]
    # what a row of the dispatch is in is not what it is in itself
    found = [counts.c.channel, counts.c.state.label("row_state"), counts.c.why, counts.c.count.label("how_many")]
    query = select(*columns, *found).select_from(DISPATCHES.outerjoin(counts, counts.c.identifier == DISPATCHES.c.identifier))
    with reading(engine) as connection:
        return list(connection.execute(query.where(DISPATCHES.c.state == "released", DISPATCHES.c.msg_type != CODE)))


def _folded(reason: ColumnElement[str]) -> ColumnElement[str]:
    return case((reason.startswith(TOLD_BY), literal(TOLD_ELSEWHERE)), else_=reason)


def _order(rows: list[Row[Any]]) -> OrderAccount:
    first = rows[0]
    counted = [row for row in rows if row.row_state is not None]
    texts = [row for row in counted if row.channel == SMS]
    calls = [row for row in counted if row.channel != SMS]
    return OrderAccount(
        identifier=first.identifier,
        incident=first.incident,
        version=first.version,
        msg_type=first.msg_type,
        zone=first.zone,
        level=first.level,
        issued_us=first.issued_us,
        texts=_tally_of(first.rows, texts),
        # calls are added as texts go unanswered, so nobody has noted beforehand how many there are to be
        calls=_tally_of(sum(row.how_many for row in calls), calls),
    )


def _tally_of(targeted: int, rows: list[Row[Any]]) -> Tally:
    states = Counter[str]()
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        states[row.row_state] += row.how_many
        if row.row_state in TOLD_WHY:
            reasons[row.row_state][folded(row.why)] += row.how_many
    return _tally(targeted, states, reasons)


def _tally(targeted: int, states: Counter[str], reasons: dict[str, Counter[str]]) -> Tally:
    return Tally(
        targeted=targeted,
        states={state: states[state] for state in STATES},
        reasons={state: dict(sorted(reasons[state].items())) for state in TOLD_WHY if reasons[state]},
    )


def _zone(zone: str, orders: list[OrderAccount]) -> ZoneAccount:
    newest = sorted(orders, key=lambda order: (-order.issued_us, order.incident, -order.version))
    return ZoneAccount(zone, total(order.texts for order in orders), total(order.calls for order in orders), tuple(newest))
