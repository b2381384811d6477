"""Reports as tests write them."""

from __future__ import annotations

from typing import Any

from streams.observation.moments import MINUTE_US
from streams.reports.depth import depth_of
from streams.reports.report import Report
from streams.reports.triage.around import Around
from tests.streams.towns import us

NOW_US = us(3600)


def report(number: int, **changes: Any) -> Report:
    """A report of knee-deep water at P0, five minutes old, of somebody who has reported nothing else."""
    word = changes.pop("depth", "knee")
    known = depth_of(word)
    values: dict[str, Any] = {
        "report": f"r{number}",
        "made_us": NOW_US - 4 * MINUTE_US + number,
        "observed_us": NOW_US - 5 * MINUTE_US + number,
        "language": "zh",
        "lon": 113.6,
        "lat": 34.7,
        "place_by": "map",
        "low_point": "P0",
        "depth": word,
        "depth_m": known.depth_m if known else None,
        "device": f"device{number}",
        "address": f"address{number}",
        "group_id": "r0",
    }
    return Report(**{**values, **changes})


def around(**changes: Any) -> Around:
    """Nothing is known but that it is a low point."""
    return Around(**{"now_us": NOW_US, "at_low_point": True, **changes})


def likeness(number: int) -> str:
    """Likenesses of pictures that have nothing to do with each other."""
    return f"{(0x9E3779B97F4A7C15 * (number + 1)) % 2**64:016x}"
