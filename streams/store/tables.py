"""All tables of the store in one place, so that whoever opens it makes them all."""

from __future__ import annotations

from streams.store import (
    acts_schema,
    audit_schema,
    decisions_schema,
    duty_schema,
    history_schema,
    now_schema,
    officers_schema,
    outbox_schema,
    people_schema,
    reports_schema,
    subscriptions_schema,
)
from streams.store.schema import METADATA

__all__ = [
    "METADATA",
    "acts_schema",
    "audit_schema",
    "decisions_schema",
    "duty_schema",
    "history_schema",
    "now_schema",
    "officers_schema",
    "outbox_schema",
    "people_schema",
    "reports_schema",
    "subscriptions_schema",
]
