"""Orders rebuilt from their rows, whole incidents at a time: what a version refers to hangs on all the versions before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine, Select, or_, select

from streams.observation.moments import to_text
from streams.rules.outputs import Order
from streams.store.decisions_schema import ORDER_STATES
from streams.store.engine import reading
from streams.store.schema import ORDERS

Mark = tuple[tuple[str, int], ...]
"""Identifier and number of what was told last, of each version of an incident: it changes whenever anything of it does."""

_MOST = 500
"""Incidents in one question: SQLite takes 32,766 parameters in a statement."""

_TOLD = ORDERS.join(ORDER_STATES, ORDERS.c.identifier == ORDER_STATES.c.identifier)
# what may change is told by its state, the rest by the order as it was issued
_COLUMNS = (
    *(ORDERS.c[name] for name in ("incident", "version", "msg_type", "identifier", "references", "zone", "level", "basis")),
    *(ORDERS.c[name] for name in ("issued_us", "expires_us")),
    *(ORDER_STATES.c[name] for name in ("state", "texts", "reason", "unconfirmed", "signed_by")),
    *(ORDER_STATES.c[name] for name in ("decided_us", "decision", "number", "low_point")),
)


def marks_since(engine: Engine, since_us: int) -> dict[str, Mark]:
    """The mark of every incident of which anything was issued, decided or still held at some moment since then."""
    lately = or_(ORDERS.c.issued_us >= since_us, ORDERS.c.expires_us >= since_us, ORDER_STATES.c.decided_us >= since_us)
    incidents = select(ORDERS.c.incident).select_from(_TOLD).where(lately)
    query = select(ORDERS.c.incident, ORDERS.c.identifier, ORDER_STATES.c.number).select_from(_TOLD)
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    with reading(engine) as connection:
        for row in connection.execute(query.where(ORDERS.c.incident.in_(incidents)).order_by(ORDERS.c.incident, ORDERS.c.version)):
            found[row.incident].append((row.identifier, row.number))
    return {incident: tuple(versions) for incident, versions in found.items()}


def orders_of(engine: Engine, incidents: Sequence[str]) -> dict[str, list[Order]]:
    """All versions of incidents as last told, in their order."""
    found: dict[str, list[Order]] = defaultdict(list)
    with reading(engine) as connection:
        for start in range(0, len(incidents), _MOST):
            query = _orders().where(ORDERS.c.incident.in_(incidents[start : start + _MOST]))
            for row in connection.execute(query):
                found[row.incident].append(_order(row))
    return dict(found)


def incident_with(engine: Engine, identifier: str) -> list[Order]:
    """All versions of the incident that an order belongs to, in their order; none where there is no such order."""
    incident = select(ORDERS.c.incident).where(ORDERS.c.identifier == identifier).scalar_subquery()
    with reading(engine) as connection:
        return [_order(row) for row in connection.execute(_orders().where(ORDERS.c.incident == incident))]


def _orders() -> Select[Any]:
    return select(*_COLUMNS).select_from(_TOLD).order_by(ORDERS.c.incident, ORDERS.c.version)


def _order(row: Any) -> Order:
    return Order(
        incident=row.incident,
        version=row.version,
        msg_type=row.msg_type,
        identifier=row.identifier,
        references=msgspec.json.decode(row.references),
        zones=[row.zone],
        level=row.level,
        basis=row.basis,
        state=row.state,
        issued_at=to_text(row.issued_us),
        expires=to_text(row.expires_us),
        texts=msgspec.json.decode(row.texts),
        reason=row.reason,
        unconfirmed=row.unconfirmed,
        signed_by=tuple(msgspec.json.decode(row.signed_by)),
        decided_at=to_text(row.decided_us) if row.decided_us is not None else "",
        decision=row.decision,
        number=row.number,
        low_point=row.low_point,
    )
