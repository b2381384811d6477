"""What the level sensors and cameras of the demo city say about the water, with the errors such instruments have."""

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from streams.demo.faults import CAR_M, Fault
from streams.demo.folder import Station
from streams.demo.hydraulics import Flood
from streams.demo.moment import DARK_H, DRY_S, DUSK_H, local_hour
from streams.demo.rain import STEP_S, Series
from streams.demo.reading import Reading, station_random

_DRY_BELOW_M = 0.01  # the instruments give a film of water, and their own noise below it, as 0
_SPIKES_IN_DRY, _SPIKES_IN_RAIN = 2, 2
_HEAVY_MM_H = 150.0


def level_readings(station: Station, flood: Flood, fault: Fault | None, seed: int, duration_s: int) -> Iterator[Reading]:
    """Yield the readings of one level sensor: truth, noise by its `error_sd_m`, and its fault."""
    rng = station_random(seed, station.station_id)
    time_s = np.arange(int(rng.integers(station.cadence_s)), duration_s, station.cadence_s, dtype=np.float64)
    depth_m = flood.depth_at(station.low_point_id, time_s)
    said_m = depth_m + rng.normal(0, station.error_sd_m, len(time_s))
    said_m = np.where((depth_m < _DRY_BELOW_M) | (said_m < _DRY_BELOW_M), 0.0, said_m)
    keep = np.ones(len(time_s), dtype=bool)
    if fault is not None:
        said_m, keep = _spoil(station, fault, time_s, said_m, rng)
    for at_s, value in zip(time_s[keep], said_m[keep], strict=True):
        yield Reading(station.station_id, "depth", int(at_s), round(float(value), 3))


def _spoil(station: Station, fault: Fault, time_s: Series, said_m: Series, rng: np.random.Generator) -> tuple[Series, NDArray[np.bool_]]:
    """Return what the sensor says with its fault, and which readings there are."""
    during = (time_s >= fault.from_s) & (time_s < fault.until_s)
    keep = np.ones(len(time_s), dtype=bool)
    if fault.kind == "stuck" and during.any():
        said_m = np.where(during, said_m[during.argmax()], said_m)
    elif fault.kind == "silent":
        keep = ~during
    elif fault.kind == "parked_car":
        said_m = np.where(during, CAR_M + rng.normal(0, 0.003, len(time_s)), said_m)
    elif fault.kind == "spikes":
        said_m = _spiked(station, time_s, said_m, rng)
    return said_m, keep


def _spiked(station: Station, time_s: Series, said_m: Series, rng: np.random.Generator) -> Series:
    """Add single readings that are wrong: believable depths while it is dry, and while it rains only ones above the sensor itself.

    In rain a believable jump is believed at once (law 2), as it must be: a spike there would be a false evacuation in the demo.
    """
    said_m = said_m.copy()
    dry = rng.choice(np.flatnonzero((time_s > 120) & (time_s < DRY_S - 120)), _SPIKES_IN_DRY, replace=False)
    said_m[dry] = rng.uniform(0.7, 1.8, _SPIKES_IN_DRY)
    wet = np.flatnonzero(time_s > DRY_S + 1200)
    if len(wet):
        picked = rng.choice(wet, _SPIKES_IN_RAIN, replace=False)
        said_m[picked] = station.mounting_height_m + rng.uniform(0.5, 5.0, _SPIKES_IN_RAIN)
    return said_m


def camera_readings(station: Station, flood: Flood, rain_mm: Series, seed: int, duration_s: int) -> Iterator[Reading]:
    """Yield what a picture shows: whole centimetres, worse in heavy rain and in the dark, now and then a reflection taken for water."""
    rng = station_random(seed, station.station_id)
    for at_s in range(int(rng.integers(station.cadence_s)), duration_s, station.cadence_s):
        depth_m = float(flood.depth_at(station.low_point_id, np.array([float(at_s)]))[0])
        murk = min(1.0, float(rain_mm[min(at_s // STEP_S, len(rain_mm) - 1)]) * 60 / _HEAVY_MM_H)
        dark = min(1.0, max(0.0, (local_hour(at_s) - DUSK_H) / (DARK_H - DUSK_H)))
        confidence = 0.95 - 0.3 * murk - 0.3 * dark + float(rng.normal(0, 0.03))
        error_m = float(rng.normal(0, station.error_sd_m)) * (1 + murk + dark)
        value = 0.0 if depth_m < 0.03 else max(0.0, depth_m + error_m)
        if float(rng.random()) < 0.01 * (1 + murk):
            value, confidence = value + float(rng.uniform(0.1, 0.35)), confidence * 0.4
        image = f"simulated:{zlib.crc32(f'{station.station_id}/{at_s}'.encode()):08x}"
        extra = {"confidence": round(min(0.99, max(0.05, confidence)), 2), "image": image}
        yield Reading(station.station_id, "camera_depth", at_s, round(value, 2), extra)
