"""One simulated reading on its way: what it says, when it was taken, and when it arrives."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from streams.demo.moment import rfc3339

LOST_SHARE, LATE_SHARE, LATEST_S = 0.01, 0.03, 600.0


@dataclass(frozen=True)
class Reading:
    """An observation by the contract; times in seconds from the start of the storm."""

    station_id: str
    kind: str
    time_s: int
    value: float
    extra: dict[str, Any] = field(default_factory=dict)


def station_random(seed: int, name: str) -> np.random.Generator:
    """Return random numbers of one station's own, so that one station more or less changes nothing for the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def deliver(readings: Iterable[Reading], seed: int, ahead_s: Mapping[str, int]) -> Iterator[tuple[float, str]]:
    """Lose 1 % of the readings, delay 3 % by up to 10 min and all by some seconds; yield arrival and line.

    What one station says at one time travels together. `ahead_s` holds the stations whose clock runs ahead: what they write as `time`
    is later than it is.
    """
    rngs: dict[str, np.random.Generator] = {}
    on_the_way: tuple[str, int] = ("", 0)
    delay_s: float | None = None
    for reading in readings:
        if (reading.station_id, reading.time_s) != on_the_way:
            on_the_way = reading.station_id, reading.time_s
            delay_s = _delay_s(rngs.setdefault(reading.station_id, station_random(seed, reading.station_id + "/delivery")))
        if delay_s is not None:
            yield round(reading.time_s + delay_s, 3), _line(reading, ahead_s.get(reading.station_id, 0), reading.time_s + delay_s)


def _delay_s(rng: np.random.Generator) -> float | None:
    """Return how long a message travels, None if it gets lost."""
    fate, latency_s, late_s = float(rng.random()), float(rng.uniform(0.5, 5.0)), float(rng.uniform(10.0, LATEST_S - 5))
    if fate < LOST_SHARE:
        return None
    return latency_s + (late_s if fate < LOST_SHARE + LATE_SHARE else 0.0)


def _line(reading: Reading, ahead_s: int, received_s: float) -> str:
    return json.dumps(
        {
            "station": reading.station_id,
            "kind": reading.kind,
            "time": rfc3339(reading.time_s + ahead_s),
            "value": reading.value,
            "received_at": rfc3339(received_s),
            **reading.extra,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
