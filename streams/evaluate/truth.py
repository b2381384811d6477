"""What the water did in a storm, out of the recorded readings themselves, with hindsight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.verify.record import MINUTE_US, WET_M, Flood, Ints, Record
from streams.city.model import City
from streams.replay.recording import Recording
from streams.rules import limits, quality

APART_US = 30 * MINUTE_US
"""Wet spells less than this apart are one flood."""


@dataclass(frozen=True)
class Truth:
    """One storm: records and floods by low point; a point without a level sensor, or whose sensor never spoke, has no record.

    `left_out` counts readings that are no water: out of range, or a jump that the next reading denied.
    """

    storm: str
    city: City
    start_us: int
    end_us: int
    records: dict[str, Record]
    floods: dict[str, list[Flood]]
    left_out: int


def read_truth(storm: str, city: City, recording: Recording, first_number: int = 0) -> Truth:
    """Find the floods of a storm; they are numbered on from `first_number`.

    Where several level sensors watch a point, the one with the most readings speaks for it.
    """
    records, floods, left_out, number = {}, {}, 0, first_number
    count = np.bincount(recording.station_no, minlength=len(city.stations))
    for point in city.low_points:
        own = [no for no, station in enumerate(city.stations) if station.kind == "level" and station.low_point_id == point.low_point_id]
        best = max(own, key=lambda no: (count[no], -no), default=None)
        if best is None or not count[best]:
            continue
        record, odd = _record(recording, best, city.stations[best].mounting_height_m or limits.RANGE_HIGH_M)
        left_out += odd
        if len(record.time_us):
            records[point.low_point_id] = record
            floods[point.low_point_id] = find_floods(point.low_point_id, record, number)
            number += len(floods[point.low_point_id])
    moments = recording.observed_us if len(recording) else np.zeros(1, np.int64)
    return Truth(storm, city, int(moments.min()), int(moments.max()), records, floods, left_out)


def find_floods(low_point: str, record: Record, first_number: int = 0) -> list[Flood]:
    """Spells of 1 cm or more; those less than half an hour apart are one flood."""
    wet_us = record.time_us[record.depth_m >= WET_M]
    if not len(wet_us):
        return []
    dry_us = record.time_us[record.depth_m < WET_M]
    between = np.searchsorted(dry_us, wet_us[1:]) > np.searchsorted(dry_us, wet_us[:-1])
    breaks = np.flatnonzero(between & (np.diff(wet_us) >= APART_US))
    firsts, lasts = wet_us[np.concatenate([[0], breaks + 1])], wet_us[np.concatenate([breaks, [len(wet_us) - 1]])]
    spans = zip(firsts.tolist(), lasts.tolist(), strict=True)
    return [Flood(low_point, first_number + place, first, last) for place, (first, last) in enumerate(spans)]


def _record(recording: Recording, station_no: int, high_m: float) -> tuple[Record, int]:
    """A station's readings in time order, the first of each moment, without those that are no water; and how many were left out."""
    rows = np.flatnonzero(recording.station_no == station_no)
    time_us, first = np.unique(recording.observed_us[rows], return_index=True)
    depth_m = recording.value[rows][first]
    possible = (depth_m >= limits.RANGE_LOW_M) & (depth_m <= high_m)
    time_us, depth_m = time_us[possible], depth_m[possible]
    denied = _denied(time_us, depth_m)
    return Record(time_us[~denied], np.maximum(depth_m[~denied], 0.0)), int((~possible).sum() + denied.sum())


def _denied(time_us: Ints, depth_m: np.ndarray) -> np.ndarray:
    """Sudden rises of one reading that the very next one takes back: with hindsight, no water."""
    denied = np.zeros(len(depth_m), bool)
    rises = np.flatnonzero(quality.jumped(depth_m[:-1], depth_m[1:], np.diff(time_us))) + 1
    for place in rises.tolist():
        if place + 1 < len(depth_m) and not denied[place - 1]:
            denied[place] = not quality.stays(float(depth_m[place - 1]), float(depth_m[place]), float(depth_m[place + 1]))
    return denied
