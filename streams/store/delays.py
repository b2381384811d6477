"""How long texts took from the release of their order, and which of them may have come twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, Select, and_, case, func, or_, select

from streams.delivery.faults import TABLE
from streams.observation.moments import SECOND_US
from streams.store.attempts import NOT_THERE
from streams.store.engine import reading
from streams.store.outbox import SMS
from streams.store.outbox_schema import ATTEMPTS, DISPATCHES, OUTBOX

_CHUNK = 20_000
_NEVER_KNOWN = (NOT_THERE, *(code for code, fault in TABLE.items() if fault.cure == "unknown"))
"""Codes of an attempt of which nobody can say for sure that its text did not go out."""

_Seconds = npt.NDArray[np.float64]


class Spread(msgspec.Struct, frozen=True):
    """Seconds that so many texts took; None where there were none."""

    count: int
    p50_s: float | None
    p95_s: float | None


class OrderDelays(msgspec.Struct, frozen=True):
    """Of one order, from its release to the provider's yes and to the receipt."""

    identifier: str
    accepted: Spread
    delivered: Spread


class Delays(msgspec.Struct, frozen=True):
    """Of all orders together, and of each that has a text the provider took, by identifier."""

    accepted: Spread
    delivered: Spread
    orders: tuple[OrderDelays, ...]


class Doubles(msgspec.Struct, frozen=True):
    """Texts that were posted more than once.

    Attributes
    ----------
    taken_again
        The provider took more than one post of it, as it does where the first was never delivered.
    perhaps_twice
        Of these, those with more than one post that is not known to have failed: somebody may have got the text twice.
    again_though_unknown
        Posted again though nobody could tell for sure that the post before had not gone out: for an evacuation, or where the provider did
        not know of it.
    """

    taken_again: int
    perhaps_twice: int
    again_though_unknown: int


def delays(engine: Engine, identifiers: Sequence[str] | None = None) -> Delays:
    """Seconds from the release of an order, by log time, to when its texts were taken and delivered, by the sender's clock.

    Calls do not count: they begin late on purpose. In a storm that is played again on another day the two clocks are days apart.

    Parameters
    ----------
    identifiers
        Only these orders; None for all.
    """
    accepted: dict[str, list[_Seconds]] = defaultdict(list)
    delivered: dict[str, list[_Seconds]] = defaultdict(list)
    with reading(engine) as connection:
        taken = connection.execution_options(yield_per=_CHUNK).execute(_taken(identifiers))
        for rows in taken.partitions():
            names = np.array([row[0] for row in rows], object)
            seconds = np.array([row[1:] for row in rows], float) / SECOND_US  # None becomes NaN
            for name in dict.fromkeys(names):
                of_order = seconds[names == name]
                accepted[name].append(of_order[:, 0])
                delivered[name].append(of_order[~np.isnan(of_order[:, 1]), 1])
    orders = [OrderDelays(name, _spread(accepted[name]), _spread(delivered[name])) for name in sorted(accepted)]
    return Delays(
        _spread([part for parts in accepted.values() for part in parts]),
        _spread([part for parts in delivered.values() for part in parts]),
        tuple(orders),
    )


def doubles(engine: Engine) -> Doubles:
    """How many texts were posted again, and why that may matter."""
    taken = or_(ATTEMPTS.c.provider_id.is_not(None), ATTEMPTS.c.state.in_(("accepted", "sent", "delivered", "failed")))
    came = and_(taken, ATTEMPTS.c.state != "failed")
    unclear = case((ATTEMPTS.c.code.in_(_NEVER_KNOWN), ATTEMPTS.c.number))
    again = ATTEMPTS.alias("again")
    source = ATTEMPTS.join(OUTBOX, OUTBOX.c.id == ATTEMPTS.c.row_id)
    rows = (
        select(
            func.sum(case((taken, 1), else_=0)).label("taken"),
            func.sum(case((came, 1), else_=0)).label("came"),
            func.min(unclear).label("unclear"),
            func.max(ATTEMPTS.c.number).label("last"),
        )
        .select_from(source)
        .where(OUTBOX.c.channel == SMS, ATTEMPTS.c.row_id.in_(select(again.c.row_id).where(again.c.number > 1)))
        .group_by(ATTEMPTS.c.row_id)
        .subquery()
    )
    counts = [rows.c.taken > 1, rows.c.came > 1, rows.c.unclear < rows.c.last]
    with reading(engine) as connection:
        found = connection.execute(select(*(func.count(case((one, 1))) for one in counts)).select_from(rows)).one()
    return Doubles(found[0], found[1], found[2])


def _taken(identifiers: Sequence[str] | None) -> Select[Any]:
    since = [OUTBOX.c[name] - DISPATCHES.c.issued_us for name in ("accepted_us", "delivered_us")]
    query = select(OUTBOX.c.identifier, *since).join(DISPATCHES, DISPATCHES.c.identifier == OUTBOX.c.identifier)
    query = query.where(OUTBOX.c.channel == SMS, OUTBOX.c.accepted_us.is_not(None))
    return query if identifiers is None else query.where(OUTBOX.c.identifier.in_(identifiers))


def _spread(parts: Sequence[_Seconds]) -> Spread:
    seconds = np.concatenate(parts) if parts else np.empty(0)
    if not len(seconds):
        return Spread(0, None, None)
    p50_s, p95_s = np.percentile(seconds, (50, 95)).tolist()
    return Spread(len(seconds), round(p50_s, 3), round(p95_s, 3))
