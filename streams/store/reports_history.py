"""What was done to a group of reports, out of the audit."""

from __future__ import annotations

from sqlalchemy import Engine, select

from streams.audit.row import AuditRow
from streams.store.audit_schema import AUDIT
from streams.store.engine import reading

MOST_DEEDS = 200


def deeds_about(engine: Engine, group: str) -> list[AuditRow]:
    """Acts on a group, the oldest first."""
    # keys of acts on reports begin so, and keys are an index: the audit itself has none by subject
    own = (AUDIT.c.key >= "reports|") & (AUDIT.c.key < "reports}") & (AUDIT.c.subject == group)
    query = select(*[AUDIT.c[name] for name in AuditRow.__struct_fields__]).where(own).order_by(AUDIT.c.number).limit(MOST_DEEDS)
    with reading(engine) as connection:
        return [AuditRow(*row) for row in connection.execute(query)]
