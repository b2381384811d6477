from __future__ import annotations

import numpy as np
import pytest

from streams.bench.part import name_of
from streams.bench.soil import Soiled, soil
from streams.city.load import load_city
from streams.city.model import City
from streams.evaluate.evaluation import Source
from streams.observation.moments import HOUR_US, MINUTE_US
from streams.replay.recording import Recording, read_recording
from tests.streams.evaluate.made_up import write_storm


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return write_storm(tmp_path_factory.mktemp("storms"), "2026-07-14")


@pytest.fixture(scope="module")
def city(source: Source) -> City:
    return load_city(source.city)


@pytest.fixture(scope="module")
def clean(source: Source, city: City) -> Recording:
    return read_recording(city, source.inputs)


@pytest.fixture(scope="module")
def soiled(city: City, clean: Recording) -> Soiled:
    return soil(city, clean, 1, "storm")


def identities(recording: Recording) -> list[tuple[int, int]]:
    return list(zip(recording.station_no.tolist(), recording.observed_us.tolist(), strict=True))


def test_a_tenth_is_lost_and_a_fiftieth_comes_twice(clean: Recording, soiled: Soiled) -> None:
    there = identities(soiled.recording)
    assert set(there) < set(identities(clean))
    assert 0.88 < len(set(there)) / len(clean) < 0.92
    assert 0.01 < 1 - len(set(there)) / len(there) < 0.03


def test_a_fifth_is_late_by_up_to_ten_minutes_and_all_stand_in_order_of_arrival(soiled: Soiled) -> None:
    heard = soiled.recording
    delay_us = heard.received_us - heard.observed_us
    assert (np.diff(heard.received_us) >= 0).all()
    assert 0.17 < (delay_us > 0).mean() < 0.25
    assert 8 * MINUTE_US < delay_us.max() <= 12 * MINUTE_US  # a second copy comes up to 2 min after the first


def test_a_stuck_sensor_says_the_same_to_the_end_and_the_truth_before(city: City, clean: Recording, soiled: Soiled) -> None:
    (stuck,) = soiled.stuck  # a tenth of six, at least one
    heard = soiled.recording
    own = heard.station_no == stuck.station_no
    assert 1 == len(set(heard.value[own & (heard.observed_us >= stuck.from_us)].tolist()))
    true_m = dict(zip(identities(clean), clean.value.tolist(), strict=True))
    before = np.flatnonzero(own & (heard.observed_us < stuck.from_us)).tolist()
    assert [true_m[stuck.station_no, int(heard.observed_us[row])] for row in before] == heard.value[before].tolist()


def test_every_value_that_is_not_the_true_one_is_named(clean: Recording, soiled: Soiled) -> None:
    true_m = dict(zip(identities(clean), clean.value.tolist(), strict=True))
    heard = soiled.recording
    wrong = {one for one, value in zip(identities(heard), heard.value.tolist(), strict=True) if value != true_m[one]}
    stuck = {one for one in wrong if one[0] in {sensor.station_no for sensor in soiled.stuck}}
    spikes = [identities(heard)[row] for row in soiled.spikes.tolist()]
    assert wrong - stuck == set(spikes)
    assert len(spikes) == len(set(spikes)) > 0
    assert all(heard.value[row] >= true_m[identities(heard)[row]] + 0.2 - 1e-9 for row in soiled.spikes.tolist())


def test_cars_park_only_over_points_that_are_named_and_change_nothing_else(city: City, clean: Recording, soiled: Soiled) -> None:
    names = sorted(station.low_point_id or "" for station in city.stations if station.kind == "level")
    free = [name for name in names if name != city.stations[soiled.stuck[0].station_no].low_point_id]
    parked = soil(city, clean, 1, "storm", free[:1])
    (car,) = parked.cars
    assert free[0] == city.stations[car.station_no].low_point_id
    heard = parked.recording
    assert identities(heard) == identities(soiled.recording)
    changed = heard.value != soiled.recording.value
    under = (heard.station_no == car.station_no) & (heard.observed_us >= car.from_us) & (heard.observed_us <= car.until_us)
    assert under.any()
    assert (under | ~changed).all()
    assert np.ptp(heard.value[under]) < 0.03
    assert 0.15 < heard.value[under].min() < 0.55
    assert car.until_us - car.from_us <= 3 * HOUR_US


def test_equal_seeds_soil_equally_and_others_do_not(city: City, clean: Recording, soiled: Soiled) -> None:
    again, other = soil(city, clean, 1, "storm"), soil(city, clean, 2, "storm")
    assert identities(again.recording) == identities(soiled.recording)
    assert (again.recording.value == soiled.recording.value).all()
    assert identities(other.recording) != identities(soiled.recording)


def test_observations_keep_their_fields(clean: Recording, soiled: Soiled, city: City) -> None:
    rain = [no for no, station in enumerate(city.stations) if station.kind == "rain"]
    rows = np.flatnonzero(np.isin(soiled.recording.station_no, rain)).tolist()
    assert rows
    assert all(60 == soiled.recording.extras[row].period_s for row in rows)
    assert name_of(city, soiled.recording, rows[0]).startswith("R/2026-07-14T")
