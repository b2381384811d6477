"""The readings of one sensor through one storm: its floods as measured, and zeros while it stood dry.

Zeros before a flood count back from that flood's first reading, so nothing in their rhythm announces it. After a flood they start
again half a cadence to one and a half later: what a following flood's own rhythm gives at random, a hash gives where none follows.
So the pause does not tell whether the water comes back.
"""

from collections.abc import Iterator, Sequence
from zlib import crc32

from streams.importers.floods import Flood
from streams.importers.storms import Storm

Point = tuple[int, float]


def readings_of(sensor_id: str, floods: Sequence[Flood], storm: Storm, cadence_s: int) -> list[Point]:
    """Join floods (of this sensor, by start) and zeros.

    Returns
    -------
    list
        (seconds since 1970, depth in m), strictly rising in time; nothing is made up inside a flood, not even in its gaps.
    """
    points: list[Point] = []
    dry_from_s, phase_s = storm.start_s, _hash(sensor_id, storm.start_s) % cadence_s
    for flood in floods:
        points += _zeros_before(flood.start_s, dry_from_s, cadence_s)
        points += _measured(flood, points[-1][0] if points else None)
        dry_from_s, phase_s = points[-1][0] + cadence_s // 2, _hash(sensor_id, flood.start_s) % cadence_s
    return points + [(time_s, 0.0) for time_s in range(dry_from_s + phase_s, storm.end_s + 1, cadence_s)]


def _zeros_before(start_s: int, dry_from_s: int, cadence_s: int) -> Iterator[Point]:
    first_s = start_s - (start_s - dry_from_s) // cadence_s * cadence_s
    return ((time_s, 0.0) for time_s in range(first_s, start_s, cadence_s))


def _measured(flood: Flood, after_s: int | None) -> Iterator[Point]:
    """Where two floods of a sensor overlap, the first stands."""
    points = zip(flood.profile.time_s, flood.profile.depth_m, strict=True)
    return (point for point in points if after_s is None or point[0] > after_s)


def _hash(sensor_id: str, time_s: int) -> int:
    return crc32(f"{sensor_id} {time_s}".encode())
