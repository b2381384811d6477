"""When the levels of points changed, for those who must know since when something holds."""

from __future__ import annotations

from collections import defaultdict

import msgspec
from sqlalchemy import Engine, select

from streams.store.engine import reading
from streams.store.schema import WARNINGS


class LevelChange(msgspec.Struct, frozen=True):
    """A point's level from a moment of the log on; None for unknown."""

    issued_us: int
    level: int | None


def level_changes(engine: Engine, since_us: int) -> dict[str, list[LevelChange]]:
    """Changes since then by point, in their order; points whose level did not change are missing."""
    query = select(WARNINGS.c.low_point, WARNINGS.c.issued_us, WARNINGS.c.level).where(WARNINGS.c.issued_us >= since_us)
    found: dict[str, list[LevelChange]] = defaultdict(list)
    with reading(engine) as connection:
        for point, issued_us, level in connection.execute(query.order_by(WARNINGS.c.issued_us, WARNINGS.c.number)):
            found[point].append(LevelChange(issued_us, level))
    return dict(found)
