from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.verify.record import MINUTE_US, Record
from streams.bench.company import Company
from streams.bench.mistakes import Mistake, blocked, spikes
from streams.bench.soil import Blocked, Soiled
from streams.city.model import City
from streams.city.reach import Reach
from streams.evaluate.offline import run_offline
from streams.replay.recording import Recording
from streams.rules.outputs import Output
from streams.rules.plan import plan_districts
from tests.streams.towns import calm, town, us

HOUR = 60


def heard(city: City, readings: Sequence[tuple[str, float, float]]) -> Recording:
    """Readings as (station, minute, value), in order of arrival, which is when they were taken."""
    place = {station.station_id: number for number, station in enumerate(city.stations)}
    rows = sorted(readings, key=lambda row: row[1])
    time_us = np.array([us(60 * minute) for _, minute, _ in rows], np.int64)
    return Recording(np.array([place[name] for name, _, _ in rows]), time_us, time_us, np.array([value for *_, value in rows]), {}, [])


def series(station: str, values: Sequence[float], from_min: float = 0, every_min: float = 0.5) -> list[tuple[str, float, float]]:
    return [(station, from_min + every_min * number, value) for number, value in enumerate(values)]


def run(city: City, recording: Recording) -> tuple[list[Output], Company]:
    outputs = run_offline(city, recording, calm)
    return outputs, Company(city, recording, plan_districts(city, Reach(city)).values(), outputs)


def judged_spikes(city: City, recording: Recording) -> list[Mistake]:
    outputs, company = run(city, recording)
    odd = np.flatnonzero(recording.value == 0.8)
    return list(spikes(city, Soiled(recording, odd, (), ()), outputs, company))


def judged_car(city: City, recording: Recording, true_m: float = 0.0) -> list[Mistake]:
    outputs, company = run(city, recording)
    station = next(number for number, station in enumerate(city.stations) if station.station_id == "S0")
    truth = {"P0": Record(np.arange(us(0), us(7200), MINUTE_US), np.full(120, true_m))}
    car = Blocked(station, us(5 * 60), us(65 * 60))
    return list(blocked(city, "car", [car], outputs, truth, company))


def test_a_spike_alone_that_is_denied_in_time_raises_nothing() -> None:
    city = town()
    assert [Mistake("spike, denied within 60 s", False, False, False)] == judged_spikes(city, heard(city, series("S0", [0, 0, 0.8, 0, 0])))


def test_a_spike_that_nothing_denies_in_time_is_counted_apart() -> None:
    city = town()
    recording = heard(city, [*series("S0", [0, 0, 0.8]), *series("S0", [0, 0], from_min=3)])
    assert [Mistake("spike, not denied within 60 s", False, True, False)] == judged_spikes(city, recording)


def test_a_spike_beside_a_wet_neighbour_is_counted_as_in_company() -> None:
    city = town(points=2)
    recording = heard(city, [*series("S1", [0.02] * 4, every_min=0.4), *series("S0", [0, 0, 0.8, 0, 0])])
    assert [Mistake("spike, denied within 60 s", True, True, True)] == judged_spikes(city, recording)


def test_a_neighbour_whose_water_was_set_aside_is_no_company() -> None:
    city = town(points=2)
    recording = heard(city, [*series("S1", [0, 0.7, 0, 0], every_min=0.4), *series("S0", [0, 0, 0, 0, 0.8, 0, 0])])
    assert [Mistake("spike, denied within 60 s", False, False, False)] == judged_spikes(city, recording)


@pytest.mark.parametrize("company", [False, True])
def test_a_car_is_raised_and_only_in_company_told_as_confirmed(company: bool) -> None:
    city = town(points=2)
    beside = 0.02 if company else 0.0
    dry = series("S1", [beside] * 2 * 70, every_min=0.5)
    recording = heard(city, [*dry, *series("S0", [0] * 5 + [0.3] * HOUR, every_min=1)])
    assert [Mistake("car", company, True, company)] == judged_car(city, recording)


def test_what_stands_under_true_water_is_no_mistake() -> None:
    city = town(points=2)
    recording = heard(city, series("S0", [0] * 5 + [0.3] * HOUR, every_min=1))
    assert [Mistake("car", False, False, False)] == judged_car(city, recording, true_m=0.3)
