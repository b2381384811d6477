"""The depth profile of one published flood, read and cleaned: only what a sensor knew at each second is used."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from streams.importers.units import M_PER_INCH, metres, number

GAP_S = 600
MAX_DIFFERS_M = 0.0005


@dataclass(frozen=True)
class Profile:
    """Seconds since 1970, strictly rising, and the depth then in m; `dropped` counts the points that were not used."""

    time_s: tuple[int, ...]
    depth_m: tuple[float, ...]
    dropped: Counter[str] = field(default_factory=Counter, compare=False)

    @property
    def wet(self) -> bool:
        """Whether there is any water in it."""
        return any(self.depth_m)

    @property
    def has_gap(self) -> bool:
        """Whether two readings stand more than ten minutes apart."""
        return any(later - earlier > GAP_S for earlier, later in pairwise(self.time_s))


def read_profile(start_s: int, seconds: str, inches: str) -> Profile | str:
    """Read the two lists of a flood (JSON text); a string is the reason why they cannot be used."""
    offsets, depths = _numbers(seconds), _numbers(inches)
    if offsets is None or depths is None:
        return "profile_unreadable"
    if len(offsets) != len(depths):
        return "profile_lists_differ_in_length"
    return _cleaned(start_s, offsets, depths)


def _numbers(text: str) -> list[Decimal | None] | None:
    try:
        values = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        return None
    return [number(value) for value in values] if isinstance(values, list) else None


def _cleaned(start_s: int, offsets: Sequence[Decimal | None], depths: Sequence[Decimal | None]) -> Profile:
    """Drop a point for what it or an earlier one says, never for a later one: that would be knowing the future."""
    time_s: list[int] = []
    depth_m: list[float] = []
    dropped: Counter[str] = Counter()
    for offset, depth in zip(offsets, depths, strict=True):
        if offset is None or depth is None:
            dropped["not_a_number"] += 1
        elif depth < 0:
            dropped["below_zero"] += 1
        elif time_s and start_s + round(offset) <= time_s[-1]:
            dropped["time_goes_back_or_stands"] += 1
        else:
            time_s.append(start_s + round(offset))
            depth_m.append(metres(depth, M_PER_INCH))
    return Profile(tuple(time_s), tuple(depth_m), dropped)
