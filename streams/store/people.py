"""How many people live where: counts only, never who."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine, func, select

from streams.store.engine import reading
from streams.store.people_schema import HOMES


def people_by_zone(engine: Engine, zones: Collection[str]) -> dict[str, int]:
    """Residents of these zones; who lives in two is counted in both, and a zone without any is left out."""
    counts = select(HOMES.c.zone, func.count().label("people")).where(HOMES.c.zone.in_(zones)).group_by(HOMES.c.zone)
    with reading(engine) as connection:
        return {row.zone: row.people for row in connection.execute(counts)}
