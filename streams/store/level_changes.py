"""When the levels of points changed, for those who must know since when something holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import Engine, select

from streams.observation.moments import HOUR_US
from streams.store.engine import reading
from streams.store.queries import DistrictHeard
from streams.store.schema import WARNINGS

LATELY_US = 48 * HOUR_US
"""Who asks since when something holds looks no further back: the question comes every second."""


class LevelChange(msgspec.Struct, frozen=True):
    """A point's level from a moment of the log on; None for unknown."""

    issued_us: int
    level: int | None


def recent_changes(engine: Engine, heard: Iterable[DistrictHeard]) -> dict[str, list[LevelChange]]:
    """Changes of the last two days before the newest that was heard."""
    newest_us = max((row.up_to_us for row in heard), default=None)
    return {} if newest_us is None else level_changes(engine, newest_us - LATELY_US)


def level_changes(engine: Engine, since_us: int) -> dict[str, list[LevelChange]]:
    """Changes since then by point, in their order; points whose level did not change are missing."""
    query = select(WARNINGS.c.low_point, WARNINGS.c.issued_us, WARNINGS.c.level).where(WARNINGS.c.issued_us >= since_us)
    found: dict[str, list[LevelChange]] = defaultdict(list)
    with reading(engine) as connection:
        for point, issued_us, level in connection.execute(query.order_by(WARNINGS.c.issued_us, WARNINGS.c.number)):
            found[point].append(LevelChange(issued_us, level))
    return dict(found)
