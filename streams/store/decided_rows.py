"""Rows of what became of orders and of what officers decided, and the deeds that the audit tells of them."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.audit.row import Deed
from streams.rules.outputs import Decided, Order, Output, RainSignalChange, Standing
from streams.store.outbox import issued_us
from streams.store.readable import readable

Row = dict[str, Any]

BY_RULE = "rule"
"""Who acts where no officer does: the rules of the step."""


def state_row(district: str, order: Order) -> Row:
    """What became of an order, as last told."""
    return {
        "identifier": order.identifier,
        "number": order.number,
        "district": district,
        "state": order.state,
        "reason": readable(order.reason),
        "unconfirmed": order.unconfirmed,
        "signed_by": msgspec.json.encode(order.signed_by),
        "decided_us": issued_us(order.decided_at) if order.decided_at else None,
        "decision": readable(order.decision),
        "texts": msgspec.json.encode(order.texts),
        "low_point": order.low_point,
    }


def decided_row(decided: Decided) -> Row:
    """What came of an act on one subject."""
    return {
        "key": readable(decided.key),
        "act_id": readable(decided.act_id),
        "district": decided.district,
        "issued_us": issued_us(decided.issued_at),
        "officer": readable(decided.officer),
        "act": decided.act,
        "subject": readable(decided.subject),
        "outcome": decided.outcome,
        "words": readable(decided.words),
    }


def district_row(standing: Standing) -> Row:
    """What a district says of its zones and its rain."""
    return {
        "district": standing.district,
        "as_of_us": issued_us(standing.issued_at),
        "level": standing.level,
        "signal": standing.signal,
        "unknown_points": sum(point.level == "unknown" for point in standing.points),
        "zones": msgspec.json.encode(standing.zones),
    }


def signal_row(change: RainSignalChange) -> Row:
    """A change of a district's rainfall signal."""
    return {
        "key": change.key,
        "district": change.district,
        "issued_us": issued_us(change.issued_at),
        "signal": change.signal,
        "rain_mm": change.rain_mm,
        "hours": change.hours,
        "reason": change.reason,
    }


def deeds_of(output: Output) -> list[Deed]:
    """What the audit tells of an output; one that comes twice has the same key."""
    if isinstance(output, Decided):
        detail = {
            "outcome": output.outcome,
            "words": readable(output.words),
            "act_id": readable(output.act_id),
            "district": output.district,
        }
        return [Deed(output.issued_at, readable(output.officer), output.act, readable(output.subject), detail, readable(output.key))]
    if not isinstance(output, Order):
        return []
    actor = readable(output.decided_by) or BY_RULE
    told: dict[str, Any] = {
        "incident": output.incident,
        "version": output.version,
        "msg_type": output.msg_type,
        "zone": output.zones[0],
        "level": output.level,
        "basis": output.basis,
        "unconfirmed": output.unconfirmed,
        "reason": readable(output.reason),
        "decision": readable(output.decision),
        "signed_by": [readable(name) for name in output.signed_by],
        "texts": output.texts,
    }
    return [Deed(output.decided_at or output.issued_at, actor, output.state, output.identifier, told, output.key)]
