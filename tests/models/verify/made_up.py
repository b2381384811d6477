"""Floods made up for tests: records in minutes after zero, and forecasts that say what came, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from models.verify.cases import LEAD_MIN, QUANTILES, Cases, Told, Watched, cases_while_wet, join
from models.verify.record import MINUTE_US, Flood, Record

LADDER_M = np.array([0.15, 0.27, 0.40, 0.60])


def record(depths_m: Sequence[float], every_min: float = 1.0, start_min: float = 0.0) -> Record:
    """Readings at an even pace."""
    time_us = np.round((start_min + every_min * np.arange(len(depths_m))) * MINUTE_US).astype(np.int64)
    return Record(time_us, np.array(depths_m, float))


def hump(peak_m: float, rise_min: int = 15, fall_per_min: float = 0.04, before_min: int = 60, after_min: int = 180) -> list[float]:
    """Dry, then water that rises evenly and drains exponentially, by the minute; below 1 mm it is dry."""
    rise = [peak_m * minute / rise_min for minute in range(1, rise_min + 1)]
    fall = [peak_m * float(np.exp(-fall_per_min * minute)) for minute in range(1, after_min)]
    return [0.0] * before_min + rise + [depth_m if depth_m > 0.001 else 0.0 for depth_m in fall] + [0.0] * 60


def minutes(*values: float) -> np.ndarray:
    """Microseconds of minutes."""
    return np.round(np.array(values, float) * MINUTE_US).astype(np.int64)


Teller = Callable[[Record], Told]


def nothing(_: Record) -> Told:
    """No forecast at all."""
    return Told(np.zeros(0, np.int64), np.zeros((0, 7, 6)), np.zeros((0, 4, 6)))


def dry(measured: Record) -> Told:
    """Every minute: no water will come."""
    count = len(measured.time_us)
    return Told(measured.time_us, np.zeros((count, 7, 6)), np.zeros((count, 4, 6)))


def perfect(measured: Record) -> Told:
    """Every minute: what will come, as if it were known."""
    valid_us = measured.time_us[:, None] + LEAD_MIN * MINUTE_US
    depth_m = np.nan_to_num(measured.at(valid_us.ravel()).reshape(valid_us.shape))
    peak_m = np.nan_to_num(np.column_stack([measured.peak(measured.time_us, column) for column in valid_us.T]))
    chance = (peak_m[:, None, :] >= LADDER_M[None, :, None]).astype(float)
    return Told(measured.time_us, np.repeat(depth_m[:, None, :], len(QUANTILES), axis=1), chance)


def cases(peaks_m: Sequence[float], tell: Teller, storms: int = 3) -> Cases:
    """A flood for each peak, dealt out to storms, each at a point of its own."""
    pieces = []
    for number, peak_m in enumerate(peaks_m):
        measured = record(hump(peak_m))
        wet_us = measured.time_us[measured.depth_m >= 0.01]
        flood = Flood(f"P{number}", number, int(wet_us[0]), int(wet_us[-1]))
        pieces.append(cases_while_wet(Watched(f"storm {number % storms}", f"P{number}", LADDER_M, measured, tell(measured)), [flood]))
    return join(pieces)
