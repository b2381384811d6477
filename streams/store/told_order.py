"""One order by its identifier, whatever version of its incident it is."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine, select

from streams.store.decisions_schema import ORDER_STATES
from streams.store.engine import reading
from streams.store.queries import OpenOrder
from streams.store.schema import ORDERS


def told_order(engine: Engine, identifier: str) -> OpenOrder | None:
    """The order as last told; None where there is none of this identifier."""
    # what may change is told by its state, the rest by the order as it was issued
    columns = [(ORDER_STATES if name in ORDER_STATES.c else ORDERS).c[name] for name in OpenOrder.__struct_fields__]
    both = ORDERS.join(ORDER_STATES, ORDERS.c.identifier == ORDER_STATES.c.identifier)
    with reading(engine) as connection:
        row = connection.execute(select(*columns).select_from(both).where(ORDERS.c.identifier == identifier)).first()
    if row is None:
        return None
    decoded = {"texts": msgspec.json.decode(row.texts), "signed_by": tuple(msgspec.json.decode(row.signed_by))}
    return OpenOrder(**{**row._asdict(), **decoded})
