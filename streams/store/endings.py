"""Who has asked for an order's incident to be ended by hand, while a second officer's word is still lacking."""

from __future__ import annotations

from itertools import takewhile

from sqlalchemy import Engine, select

from streams.store.decisions_schema import DECIDED
from streams.store.engine import reading

ENDS = ("call_off", "correct")


def asked_to_end(engine: Engine, identifier: str) -> tuple[str, tuple[str, ...]]:
    """The act that was asked for last and who did, ("", ()) where nobody has: a signature to call off is none to correct."""
    counted = (DECIDED.c.subject == identifier) & DECIDED.c.act.in_(ENDS) & (DECIDED.c.outcome == "counted")
    newest = select(DECIDED.c.act, DECIDED.c.officer).where(counted).order_by(DECIDED.c.issued_us.desc(), DECIDED.c.key.desc())
    with reading(engine) as connection:
        rows = connection.execute(newest).all()
    if not rows:
        return "", ()
    act = str(rows[0].act)
    return act, tuple(reversed([row.officer for row in takewhile(lambda row: row.act == act, rows)]))
