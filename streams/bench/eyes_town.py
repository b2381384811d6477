"""A street with one low point, and what its sensor, cameras, gauge and passers-by say in a flood and in what only looks like one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from streams.city import defaults
from streams.city.model import City, LowPoint, Public, Sender, Station
from streams.observation.batch import Batch
from streams.observation.moments import MINUTE_US, SECOND_US
from streams.observation.observation import Extra
from streams.rules.plan import DistrictPlan

Floats = npt.NDArray[np.float64]
What = Literal["flash flood", "parked car", "stuck sensor"]

START_US = 1_784_016_000 * SECOND_US
LENGTH_MIN = 100
ONSET_MIN = 20.0
SENSOR_S, CAMERA_S = 30.0, 60.0
SENSOR_SD_M, CAMERA_SD_M = 0.01, 0.05
CANNOT_SEE = 0.25
"""Of the looks of a camera, by day and by night, in rain: then it says nothing."""
WRONG_LOOK = 0.01
"""Looks that take a reflection for water, or water for a road, and are sure of it."""
REPORTERS = 12
CALL_MIN, CALL_SPREAD = 54.0, 1.0
"""Citizens' calls trail the first water by a median of 54 min (log-normal, as wide as a factor of e)."""
WEIGHING_MIN = (0.5, 3.0)
"""Until an operator has accepted a report."""
LIARS = 0.2


@dataclass(frozen=True)
class Eyes:
    """What looks at the point beside its sensor."""

    name: str
    cameras: int = 0
    photos: bool = False


ALL_EYES = (
    Eyes("sensor alone"),
    Eyes("and photographs", photos=True),
    Eyes("and a camera", 1),
    Eyes("and two cameras", 2),
    Eyes("and both", 2, photos=True),
)


@dataclass(frozen=True)
class Event:
    """What happens: the water by second, what the sensor makes of it, and whether a gauge of the district sees rain."""

    what: What
    rains: bool
    truth_m: Floats
    sensor_m: Floats


def make_event(what: What, rains: bool, rng: np.random.Generator) -> Event:
    """One event of `LENGTH_MIN` minutes: dry for `ONSET_MIN`, and then it comes."""
    second = np.arange(LENGTH_MIN * 60, dtype=float)
    since_min = second / 60 - ONSET_MIN
    if what == "parked car":
        dry = np.zeros_like(second)
        return Event(what, rains, dry, np.where(since_min >= 0, rng.uniform(0.3, 0.6), 0.0))
    peak_m = rng.uniform(0.35, 0.9) if what == "flash flood" else rng.uniform(0.29, 0.38)
    rise_min, stand_min = rng.uniform(1.0, 6.0), rng.uniform(15.0, 35.0)
    up = np.clip(since_min / rise_min, 0.0, 1.0)
    down = np.clip((since_min - rise_min - stand_min) / 12.0, 0.0, 1.0)
    truth = peak_m * up * (1 - down)
    if what == "flash flood":
        return Event(what, rains, truth, truth)
    # it stays where it was when the water began to fall
    return Event(what, rains, truth, np.where(since_min > rise_min + stand_min, truth[int((ONSET_MIN + rise_min + stand_min) * 60)], truth))


def make_town(cameras: int) -> City:
    """A district of one point with a sensor, reports, a gauge and so many cameras."""
    stations = [
        Station("S", "level", SENSOR_S, "P", error_sd_m=SENSOR_SD_M),
        Station("Q", "reports", 86_400.0, "P"),
        Station("R", "rain", 60.0, district_ids=("D",)),
        *(Station(f"K{n}", "camera", CAMERA_S, "P", error_sd_m=CAMERA_SD_M) for n in range(cameras)),
    ]
    return City(
        name="Street",
        time_zone="Asia/Shanghai",
        districts=("D",),
        levels=defaults.LEVELS,
        approval=defaults.APPROVAL,
        sender=Sender(name="Street"),
        public=Public(cap_issuer="street"),
        low_points=(LowPoint("P", "D", "underpass", defaults.LEVELS, "P", "P", 113.6, 34.7),),
        stations=tuple(sorted(stations, key=lambda station: station.station_id)),
    )


Said = tuple[float, str, float, float, Extra | None]
"""Arrival in seconds, station, time in seconds, value, and what else."""


def said_of(event: Event, eyes: Eyes, rng: np.random.Generator) -> list[Said]:
    """All that is said of an event, in order of arrival. The sensor says the same whatever else looks."""
    own, others = rng.spawn(2)
    said = [*_sensor(event, own), *_gauge(event)]
    for number, generator in enumerate(others.spawn(2)[: eyes.cameras]):
        said += _camera(event, f"K{number}", generator)
    if eyes.photos:
        said += _photos(event, others.spawn(1)[0])
    return sorted(said, key=lambda one: (one[0], one[1]))


def _sensor(event: Event, rng: np.random.Generator) -> list[Said]:
    times = np.arange(rng.uniform(0, SENSOR_S), LENGTH_MIN * 60, SENSOR_S)
    # a thing and a stuck instrument do not move as water does
    noise_m = np.where(event.sensor_m[times.astype(int)] == event.truth_m[times.astype(int)], SENSOR_SD_M, 0.003)
    values = event.sensor_m[times.astype(int)] + rng.normal(0, 1, len(times)) * noise_m
    return [(t, "S", t, round(max(value, 0.0), 3), None) for t, value in zip(times.tolist(), values.tolist(), strict=True)]


def _gauge(event: Event) -> list[Said]:
    amount = 0.5 if event.rains else 0.0
    return [(60.0 * n, "R", 60.0 * n, amount if n > ONSET_MIN - 10 else 0.0, Extra(period_s=60.0)) for n in range(1, LENGTH_MIN)]


def _camera(event: Event, name: str, rng: np.random.Generator) -> list[Said]:
    found: list[Said] = []
    for at_s in np.arange(rng.uniform(0, CAMERA_S), LENGTH_MIN * 60, CAMERA_S).tolist():
        blind, wrong = rng.random() < CANNOT_SEE, rng.random() < WRONG_LOOK
        depth_m = float(event.truth_m[int(at_s)])
        seen_m = max(0.0, depth_m + float(rng.normal(0, CAMERA_SD_M))) if depth_m >= 0.03 else 0.0
        if wrong:
            seen_m = float(rng.uniform(0.1, 0.4)) if depth_m < 0.1 else 0.0
        if not blind:
            found.append((at_s + 2, name, at_s, round(seen_m, 2), Extra(confidence=round(float(rng.uniform(0.55, 0.95)), 2))))
    return found


def _photos(event: Event, rng: np.random.Generator) -> list[Said]:
    """Photographs by people who stood there; beside them, in a fifth of all events, one liar whose picture somebody accepted."""
    found: list[Said] = []
    delays_min = CALL_MIN * np.exp(rng.normal(0, CALL_SPREAD, REPORTERS))
    for number, delay_min in enumerate(sorted(delays_min.tolist())):
        at_s = (ONSET_MIN + delay_min) * 60
        weighed_s = at_s + 60 * float(rng.uniform(*WEIGHING_MIN))
        if weighed_s < LENGTH_MIN * 60 and event.truth_m[int(at_s)] >= 0.05:
            value = max(0.0, round(float(event.truth_m[int(at_s)] + rng.normal(0, 0.08)), 2))
            found.append((weighed_s, "Q", at_s, value, Extra(id=f"r{number}", image=f"{number}", error_sd_m=0.08)))
    if rng.random() < LIARS:
        at_s = (ONSET_MIN + float(rng.uniform(1, 40))) * 60
        found.append((at_s + 90, "Q", at_s, 0.48, Extra(id="liar", image="lie", error_sd_m=0.08)))
    return found


def batch_of(plan: DistrictPlan, said: list[Said]) -> Batch:
    """All of it as one message, with a tick every ten seconds."""
    arrival, station, observed, value, extra = zip(*said, strict=True)
    return Batch(
        plan.district_id,
        np.array([plan.station_no[name] for name in station], np.int64),
        START_US + np.round(np.array(observed) * SECOND_US).astype(np.int64),
        START_US + np.round(np.array(arrival) * SECOND_US).astype(np.int64),
        np.array(value, float),
        {row: more for row, more in enumerate(extra) if more is not None},
        START_US + np.arange(10, LENGTH_MIN * 60, 10, dtype=np.int64) * SECOND_US,
    )


def minute_of(time_us: int) -> float:
    """Minutes since the start."""
    return (time_us - START_US) / MINUTE_US
