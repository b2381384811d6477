from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.verify.record import MINUTE_US, Flood, Record
from streams.city.load import load_city
from streams.evaluate.evaluation import Source
from streams.evaluate.truth import find_floods, read_truth
from streams.observation.moments import to_text
from streams.replay.recording import read_recording
from tests.streams.evaluate.made_up import truth_of
from tests.streams.replay.storm import PEAK_M, write_city
from tests.streams.towns import START_US


def by_minute(*depths_m: float) -> Record:
    return Record(np.arange(len(depths_m), dtype=np.int64) * MINUTE_US, np.array(depths_m, float))


def spans(floods: list[Flood]) -> list[tuple[float, float]]:
    return [(flood.start_us / MINUTE_US, flood.end_us / MINUTE_US) for flood in floods]


def test_a_flood_is_a_spell_of_a_centimetre_or_more() -> None:
    assert [(2, 3)] == spans(find_floods("P", by_minute(0, 0.009, 0.01, 0.2, 0.005)))


def test_spells_less_than_half_an_hour_apart_are_one_flood() -> None:
    assert [(0, 30)] != spans(find_floods("P", by_minute(0.1, *[0.0] * 29, 0.1)))
    assert [(0, 29)] == spans(find_floods("P", by_minute(0.1, *[0.0] * 28, 0.1)))
    assert [(0, 0), (31, 31)] == spans(find_floods("P", by_minute(0.1, *[0.0] * 30, 0.1)))


def test_a_dry_point_has_no_flood() -> None:
    assert [] == find_floods("P", by_minute(0.0, 0.0))


def test_floods_of_the_made_up_storm_are_found_with_their_peaks(source: Source) -> None:
    truth = truth_of(source)
    flooded = {f"P{number}": peak_m for number, peak_m in enumerate(PEAK_M) if peak_m}
    assert set(flooded) == {name for name, floods in truth.floods.items() if floods}
    assert list(flooded.values()) == pytest.approx([float(truth.records[name].depth_m.max()) for name in flooded], abs=0.003)
    numbers = [flood.number for floods in truth.floods.values() for flood in floods]
    assert list(range(len(numbers))) == numbers


def recorded(folder: Path, depths_m: list[float]) -> Record:
    """Readings of P0 as they end up in the truth."""
    city = load_city(write_city(folder / "city"))
    file = folder / "o.ndjson"
    lines = [
        {"station": "S0", "kind": "depth", "time": to_text(START_US + minute * MINUTE_US), "value": value}
        for minute, value in enumerate(depths_m)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    truth = read_truth("s", city, read_recording(city, (file,)))
    assert {"P0"} == set(truth.records)  # a silent sensor has no record: unknown is not dry
    assert len(depths_m) - len(truth.records["P0"].time_us) == truth.left_out
    return truth.records["P0"]


def test_a_jump_that_the_next_reading_denies_is_no_flood(tmp_path: Path) -> None:
    assert 0 == recorded(tmp_path, [0, 0, 0.8, 0, 0]).depth_m.max()


def test_a_flash_flood_is_one(tmp_path: Path) -> None:
    assert [0, 0, 0.8, 0.7, 0.6] == recorded(tmp_path, [0, 0, 0.8, 0.7, 0.6]).depth_m.tolist()


def test_values_out_of_range_are_left_out_and_noise_below_the_road_is_dry(tmp_path: Path) -> None:
    assert [0.0, 0.1] == recorded(tmp_path, [-0.02, 25.0, 0.1, -3.0]).depth_m.tolist()
