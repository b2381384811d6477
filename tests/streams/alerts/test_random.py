"""Some hundreds of random incidents of the bench; `lowpoint bench cap` makes ten thousand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from streams.alerts.thread import threads_of
from streams.bench.cap import CapReport, Spoiled, check_incidents
from streams.bench.cap_incidents import random_incidents
from streams.bench.cap_mutations import MUTATIONS


@pytest.fixture(scope="module")
def report() -> CapReport:
    return check_incidents(300, seed=7)


def test_every_message_passes_the_schema_and_our_rules_and_comes_back(report: CapReport) -> None:
    assert [] == report.faults
    assert 0 == report.misread
    assert 300 == report.incidents
    assert report.messages.total() > 900
    assert {"Alert", "Update", "Cancel"} == set(report.messages)


def test_every_spoiled_message_is_refused_and_by_us_alone(report: CapReport) -> None:
    assert set(MUTATIONS) == {one.name for one in report.spoiled}
    assert [] == [one for one in report.spoiled if not one.holds]


def test_no_drill_enters_the_live_path(report: CapReport) -> None:
    assert 0 == report.let_in
    assert report.not_for_real > 300


def test_a_report_tells_when_something_does_not_hold(report: CapReport) -> None:
    assert report.holds
    assert not replace(report, faults=["x"]).holds
    assert not replace(report, misread=1).holds
    assert not replace(report, let_in=1).holds
    assert not replace(report, spoiled=[]).holds
    assert not replace(report, spoiled=[Spoiled("x", 2, 2, 1)]).holds
    assert not replace(report, spoiled=[Spoiled("x", 2, 1, 1)]).holds
    assert any("0 faults" in line for line in report.lines())


def test_the_same_seed_gives_the_same_incidents() -> None:
    assert list(random_incidents(20, 1)) == list(random_incidents(20, 1)) != list(random_incidents(20, 2))


def test_a_thread_holds_together_whatever_stayed_a_draft() -> None:
    for incident in random_incidents(200, 3):
        alerts = list(threads_of(incident.city, incident.orders, lambda _: incident.place, "Actual"))  # noqa: B023
        assert ["Alert"] == [alert.msg_type for alert in alerts[:1]] or not alerts
        for before, after in pairwise(alerts):
            assert (before.as_reference,) == after.references
            assert "Alert" != after.msg_type
