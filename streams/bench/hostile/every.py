"""All hostile files there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from streams.bench.hostile.bombs import bombs
from streams.bench.hostile.carriers import carriers
from streams.bench.hostile.file import Hostile
from streams.bench.hostile.others import others
from streams.bench.hostile.torn import torn


def hostile_files() -> Iterator[Hostile]:
    """One after the other, for some are large."""
    return chain(carriers(), torn(), bombs(), others())
