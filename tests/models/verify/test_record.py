from __future__ import annotations

import numpy as np
import pytest

from models.verify.record import Record, Spell
from tests.models.verify.made_up import minutes, record


def test_depth_between_two_readings_lies_on_the_line_between_them() -> None:
    assert [0.1, 0.15, 0.2] == pytest.approx(record([0.1, 0.2]).at(minutes(0, 0.5, 1)).tolist())


def test_inside_a_silence_of_more_than_ten_minutes_nothing_is_known() -> None:
    assert [True, False] == np.isnan(Record(minutes(0, 11), np.array([0.1, 0.2])).at(minutes(5, 11))).tolist()
    assert not np.isnan(Record(minutes(0, 10), np.array([0.1, 0.2])).at(minutes(5))).any()


def test_before_the_record_nothing_is_known() -> None:
    assert np.isnan(record([0.0, 0.1], start_min=5).at(minutes(4))).all()


def test_a_record_that_ends_dry_stays_dry_for_two_hours_and_one_that_ends_wet_is_unknown() -> None:
    assert [0.0, 0.0] == record([0.2, 0.0]).at(minutes(2, 121)).tolist()
    assert np.isnan(record([0.2, 0.0]).at(minutes(122))).all()
    assert np.isnan(record([0.0, 0.2]).at(minutes(2))).all()


def test_a_rule_knows_only_readings_up_to_the_moment() -> None:
    seen = record([0.1, 0.2, 0.9], every_min=2)
    assert [0.1, 0.2] == seen.known(minutes(1.9, 3.9)).tolist()


def test_a_reading_over_ten_minutes_old_tells_nothing() -> None:
    assert [False, True] == np.isnan(record([0.1]).known(minutes(10, 10.1))).tolist()


def test_the_rise_is_measured_back_from_the_newest_reading() -> None:
    seen = record([0.00, 0.01, 0.02, 0.03, 0.08, 0.5])
    assert 0.07 == pytest.approx(float(seen.rise(minutes(4.9), 3)[0]))


def test_the_peak_leaves_out_the_moment_of_issue_and_takes_in_the_end() -> None:
    seen = record([0.9, 0.1, 0.2, 0.4])
    assert [0.1, 0.2, 0.3] == pytest.approx(seen.peak(minutes(0, 0, 0), minutes(1, 2, 2.5)).tolist())


def test_a_spell_is_over_after_ten_minutes_at_three_centimetres_below() -> None:
    dip = [0.0, 0.16] + [0.119] * 10 + [0.16, 0.16]
    assert [Spell(60_000_000, 13 * 60_000_000, True)] == record(dip).spells(0.15)
    longer = [0.0, 0.16] + [0.119] * 11 + [0.16, 0.16]
    assert 2 == len(record(longer).spells(0.15))


def test_water_that_stands_above_at_the_first_reading_did_not_cross() -> None:
    assert [False] == [spell.crossed for spell in record([0.2, 0.2, 0.0]).spells(0.15)]


def test_a_record_without_readings_knows_nothing() -> None:
    empty = record([])
    assert np.isnan(empty.at(minutes(1))).all() and np.isnan(empty.known(minutes(1))).all()
    assert np.isnan(empty.peak(minutes(0), minutes(1))).all()
    assert [] == empty.spells(0.15)
