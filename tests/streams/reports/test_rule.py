"""The written rule accepts only what it says, and never a training report."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from streams.city.model import Reporting
from streams.reports.report import Report
from streams.reports.rule import SCORE_FROM, accepts
from streams.reports.triage.around import Around
from streams.reports.triage.weigh import weigh
from tests.streams.reports.triage.made import around, likeness, report

KNOWN = around(rain_mm_30min=20.0)


def three(**changes: object) -> list[Report]:
    return [report(n, likeness=likeness(n), **changes) for n in range(3)]


def accepted(group: Sequence[Report], known: Around = KNOWN, accept_from: int = 3, *, training: bool = False) -> bool:
    return accepts(Reporting(accept_from), weigh(group, known), training=training)


def test_three_sources_with_a_picture_each_that_agree_are_accepted() -> None:
    assert accepted(three())


def test_a_city_without_the_rule_accepts_nothing_by_it() -> None:
    assert not accepted(three(), accept_from=0)


def test_a_training_report_is_never_accepted_by_the_rule() -> None:
    assert not accepted(three(), training=True)


@pytest.mark.parametrize(
    "group",
    [
        three()[:2],
        [*three()[:2], report(2)],
        [*three()[:2], report(2, likeness=likeness(0))],
        [*three()[:2], report(2, likeness=likeness(2), device="device0")],
        [*three()[:2], report(2, likeness=likeness(2), depth="")],
        [*three()[:2], report(2, likeness=likeness(2), depth="bonnet")],
    ],
    ids=["two", "no picture", "the same picture", "the same device", "no depth", "another depth"],
)
def test_one_thing_less_and_a_person_must_look(group: list[Report]) -> None:
    assert not accepted(group)


@pytest.mark.parametrize("word", ["dry", "ankle", "hub"])
def test_the_rule_accepts_water_and_never_that_there_is_none(word: str) -> None:
    assert ("dry" != word) == accepted(three(depth=word))


@pytest.mark.parametrize(
    "changes", [{"depth_m": 0.0, "depth_age_s": 10.0}, {"rain_mm_30min": 0.0}], ids=["the sensors read dry", "no rain fell"]
)
def test_what_instruments_contradict_is_for_a_person_however_many_say_it(changes: dict[str, float]) -> None:
    group = [report(n, likeness=likeness(n)) for n in range(9)]
    known = around(**{"rain_mm_30min": 20.0, "neighbours_m": (0.4,), "chance": 0.9, "accepted_here": 3, **changes})
    assert SCORE_FROM <= weigh(group, known).score
    assert not accepted(group, known)


@pytest.mark.parametrize("known", [around(rain_mm_30min=0.0, depth_m=0.0, depth_age_s=10.0), around(copies=frozenset({likeness(0)}))])
def test_what_speaks_against_it_keeps_the_rule_back(known: Around) -> None:
    assert not accepted(three(), known)
