from __future__ import annotations

import re

import pytest

from models.verify.share import Share
from streams.bench.lead_time import LevelLead, by_lines, by_states, lead_times
from streams.bench.part import without_rain
from streams.city.load import load_city
from streams.evaluate.evaluation import Source
from streams.replay.recording import read_recording
from tests.streams.evaluate.made_up import told_by_a_seer, truth_of, write_storm
from tests.streams.towns import calm


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return write_storm(tmp_path_factory.mktemp("storms"), "2026-07-14")


@pytest.mark.parametrize("level", [3, 4])
def test_a_seer_is_ahead_of_every_crossing_by_lines_and_by_states(source: Source, level: int) -> None:
    truth = truth_of(source)
    outputs = told_by_a_seer(truth)
    crossed = sum(any(spell.crossed for spell in record.spells({3: 0.4, 4: 0.6}[level])) for record in truth.records.values())
    lines, states = by_lines(truth, outputs, level), by_states(truth, outputs, level)
    assert crossed > 0
    assert Share(crossed, crossed) == lines.ahead(30)
    assert Share(crossed, crossed) == states.ahead(20)
    assert Share(0, crossed) == states.ahead(20.5)
    assert Share(0, crossed) == lines.far == states.far


def test_who_says_nothing_is_ahead_of_nothing(source: Source) -> None:
    truth = truth_of(source)
    found = by_lines(truth, [], 3)
    assert 0 == found.ahead(0).of
    assert len(found.lead_min) == found.ahead(0).among > 0
    assert Share(0, 0) == found.far


def test_shares_count_points_that_were_ahead_by_so_much_or_more() -> None:
    found = LevelLead(3, [20.0, 29.9, 45.0, None], Share(1, 4))
    assert [Share(3, 4), Share(1, 4), Share(1, 4)] == [found.ahead(minutes) for minutes in (20, 30, 45)]


def test_without_rain_only_rain_is_gone(source: Source) -> None:
    city = load_city(source.city)
    whole = read_recording(city, source.inputs)
    dry = without_rain(city, whole)
    gauges = [number for number, station in enumerate(city.stations) if station.kind == "rain"]
    assert not set(dry.station_no.tolist()) & set(gauges)
    fallen = sum(int(number) in gauges for number in whole.station_no.tolist())
    assert 0 < fallen == len(whole) - len(dry)


def test_the_table_has_both_levels_counted_both_ways_with_rain_and_without(source: Source) -> None:
    city = load_city(source.city)
    rows = list(lead_times(city, read_recording(city, source.inputs), calm, lambda _: None))[2:]
    found = [re.findall(r"[^|]+", row)[:3] for row in rows]
    assert 8 == len({tuple(cells) for cells in found})
    assert ["on", "off"] * 4 == [cells[2].strip() for cells in found]


def test_an_interval_by_wilson_is_the_published_one() -> None:
    # Newcombe (1998), table I: 81 of 263 at 95 % is 0.2553 to 0.3662; at 90 % it must lie inside that
    low, high = Share(81, 263).interval
    assert 0.2553 < low < 81 / 263 < high < 0.3662
    assert 0.0 == Share(0, 10).interval[0] < Share(0, 10).interval[1]
    assert Share(0, 10).interval[1] == pytest.approx(1.6449**2 / (10 + 1.6449**2))
    assert (0.0, 1.0) == Share(0, 0).interval
