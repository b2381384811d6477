"""Who gave way to a text that never came is told after all."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from streams.store.engine import among
from streams.store.outbox_schema import OUTBOX
from streams.store.recipients import TOLD_BY


def tell_after_all(connection: Connection, never_told: Iterable[tuple[str, str]], now_us: int) -> None:
    """Make due again the texts that were not sent because another would be.

    Parameters
    ----------
    never_told
        Incidents and residents of the texts that will not come: expired or failed.
    """
    pairs = {(TOLD_BY + incident, resident) for incident, resident in never_told}
    if not pairs:
        return
    gave_way = OUTBOX.c.reason.startswith(TOLD_BY) & (OUTBOX.c.state == "suppressed")
    query = select(OUTBOX.c.id, OUTBOX.c.reason, OUTBOX.c.resident).where(
        gave_way, among(connection, OUTBOX.c.resident, {one for _, one in pairs})
    )
    ids = [row.id for row in connection.execute(query) if (row.reason, row.resident) in pairs]
    if ids:
        due = update(OUTBOX).where(OUTBOX.c.id.in_(ids))
        connection.execute(due.values(state="pending", reason="", changed_us=now_us))
