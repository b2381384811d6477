"""Soils a clean recording, as the field does: readings lost, sent twice, late, wrong for once, wrong for good, and cars over sensors."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from streams.bench.part import part_of
from streams.city.model import City
from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.replay.recording import Recording

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LOST, TWICE, LATE, SPIKES, STUCK = 0.10, 0.02, 0.20, 0.002, 0.10
"""Shares: of the readings that arrive; of those of level sensors; and of the level sensors."""
LATEST_US = 10 * MINUTE_US
SPIKE_M = (0.2, 1.5)
CARS = 0.2
"""Share of the points that stay dry over which a car parks."""
CAR_M, CAR_H, CAR_NOISE_M = (0.2, 0.5), (1.0, 3.0), 0.003


@dataclass(frozen=True)
class Blocked:
    """A level sensor that sees no water from one moment to another: stuck, or under a car."""

    station_no: int
    from_us: int
    until_us: int


@dataclass(frozen=True)
class Soiled:
    """A soiled recording, and what is wrong with it; `spikes` are rows of it, in order of arrival."""

    recording: Recording
    spikes: Ints
    stuck: tuple[Blocked, ...]
    cars: tuple[Blocked, ...]


def soil(city: City, clean: Recording, seed: int, storm: str, dry_points: Iterable[str] = ()) -> Soiled:
    """Soil a recording; equal arguments soil it equally.

    Parameters
    ----------
    dry_points
        Low points that stay dry throughout; cars park over some of them, none where there are none.
    """
    rng = np.random.default_rng([seed, zlib.crc32(storm.encode())])
    value = clean.value.copy()
    level = np.array([station.kind == "level" for station in city.stations], bool)
    stuck = _stick(clean, value, np.unique(clean.station_no[level[clean.station_no]]), rng)
    odd = _spike(clean, value, level, stuck, rng)
    rows, received_us = _deliver(clean, rng)
    # drawn last, so that the same recording is soiled equally with cars and without
    cars = _park(city, clean, value, sorted(dry_points), stuck, rng)
    order = np.argsort(received_us, kind="stable")
    rows = rows[order]
    recording = replace(part_of(clean, rows), received_us=received_us[order], value=value[rows])
    return Soiled(recording, np.flatnonzero(odd[rows] & ~_again(rows)), stuck, cars)


def _stick(clean: Recording, value: Floats, stations: Ints, rng: np.random.Generator) -> tuple[Blocked, ...]:
    """Level sensors that say the same from some reading on."""
    count = min(len(stations), max(1, round(STUCK * len(stations))))
    found = []
    for station in sorted(rng.choice(stations, count, replace=False).tolist()):
        own = _in_time(clean, station)
        at = int(rng.integers(len(own)))
        value[own[at:]] = value[own[at]]
        found.append(Blocked(station, int(clean.observed_us[own[at]]), int(clean.observed_us[own[-1]])))
    return tuple(found)


def _spike(clean: Recording, value: Floats, level: npt.NDArray[np.bool_], stuck: Iterable[Blocked], rng: np.random.Generator) -> Ints:
    """Single readings that are far too deep; never of a stuck sensor, which has no other readings to deny them."""
    sound = level.copy()
    sound[[one.station_no for one in stuck]] = False
    odd = sound[clean.station_no] & (rng.random(len(clean)) < SPIKES)
    value[odd] = np.round(value[odd] + rng.uniform(*SPIKE_M, len(clean))[odd], 3)
    return np.asarray(odd)


def _deliver(clean: Recording, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Rows that arrive, some of them twice, and when."""
    there = np.flatnonzero(rng.random(len(clean)) >= LOST)
    again = there[rng.random(len(there)) < TWICE]
    late = rng.random(len(there)) < LATE
    delay_us = np.where(late, rng.uniform(0, LATEST_US, len(there)), 0.0).astype(np.int64)
    first_us = clean.received_us[there] + delay_us
    second_us = first_us[np.isin(there, again)] + rng.integers(1, 2 * MINUTE_US // SECOND_US, len(again)) * SECOND_US
    return np.concatenate([there, again]), np.concatenate([first_us, second_us])


def _park(
    city: City, clean: Recording, value: Floats, dry_points: list[str], stuck: Iterable[Blocked], rng: np.random.Generator
) -> tuple[Blocked, ...]:
    """Cars over sensors of dry points: a jump that stays flat, but for the noise of the sensor, until the car drives off."""
    taken = {one.station_no for one in stuck}
    watching = [no for no, station in enumerate(city.stations) if station.kind == "level" and station.low_point_id in dry_points]
    free = [no for no in watching if no not in taken and (clean.station_no == no).any()]
    count = min(len(free), max(1, round(CARS * len(free))))
    found = []
    for station in sorted(rng.choice(free, count, replace=False).tolist()) if free else ():
        own = _in_time(clean, station)
        first_us, last_us = int(clean.observed_us[own[0]]), int(clean.observed_us[own[-1]])
        from_us = int(rng.uniform(first_us, max(last_us - HOUR_US, first_us)))
        until_us = from_us + round(rng.uniform(*CAR_H) * HOUR_US)
        under = own[(clean.observed_us[own] >= from_us) & (clean.observed_us[own] < until_us)]
        value[under] = np.round(rng.uniform(*CAR_M) + rng.normal(0, CAR_NOISE_M, len(under)), 3)
        found.append(Blocked(station, from_us, min(until_us, last_us)))
    return tuple(found)


def _in_time(clean: Recording, station: int) -> Ints:
    """Rows of one station in order of observation."""
    own = np.flatnonzero(clean.station_no == station)
    return own[np.argsort(clean.observed_us[own], kind="stable")]


def _again(rows: Ints) -> npt.NDArray[np.bool_]:
    """Rows that were there before."""
    again = np.ones(len(rows), bool)
    again[np.unique(rows, return_index=True)[1]] = False
    return again
