"""Acts of the last day and what came of them, for those who must know what is in force."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Row, select

from streams.duty.hands import LONGEST_US, Done
from streams.store.decisions_schema import DECIDED
from streams.store.engine import reading
from streams.store.schema import ORDERS


def acts_done(engine: Engine, now_us: int) -> list[Done]:
    """All that took effect within the longest time that anything done by hand lasts, in its order."""
    names = ("key", "act_id", "district", "issued_us", "officer", "act", "subject", "outcome", "words")
    source = DECIDED.outerjoin(ORDERS, ORDERS.c.identifier == DECIDED.c.subject)
    lately = (DECIDED.c.issued_us > now_us - LONGEST_US) & (DECIDED.c.outcome == "done")
    columns: list[Any] = [*(DECIDED.c[name] for name in names), ORDERS.c.zone]
    query = select(*columns).select_from(source).where(lately)
    with reading(engine) as connection:
        return [_done(row) for row in connection.execute(query.order_by(DECIDED.c.issued_us, DECIDED.c.key))]


def _done(row: Row[Any]) -> Done:
    # the kind of subject stands in the key alone, behind parts that the other columns tell
    kind = row.key.removeprefix(f"d|{row.officer}|{row.act_id}|{row.district}|").partition("|")[0]
    return Done(row.issued_us, row.district, row.officer, row.act, kind, row.subject, row.outcome, row.words, row.zone or "")
