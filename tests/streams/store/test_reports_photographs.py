"""Photographs of one source, or of one picture, are one for the districts, however often and in however many acts they are accepted."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from streams.city.model import Station
from streams.observation.moments import MINUTE_US
from streams.observation.observation import Extra
from streams.reports.report import Report
from streams.store.reports_acts import Asked, accept, hide
from streams.store.reports_readings import mark_sent, unsent
from tests.streams.reports.kept import keep
from tests.streams.reports.triage.made import NOW_US, likeness, report
from tests.streams.towns import Reading, Run, depths, town

STATIONS = {point: Station(point.replace("P", "Q"), "reports", 86_400.0, point, owner="hotline") for point in ("P0", "P1")}


def station_of(of: Report) -> Station | None:
    return STATIONS.get(of.low_point or "")


def pictured(number: int, **changes: Any) -> Report:
    return report(number, **{"picture": f"{number:064x}", "likeness": likeness(number), "group_id": f"r{number}", **changes})


def accepted(engine: Engine, *reports: Report) -> list[str]:
    """The names under which their photographs went out, in the order in which they were accepted, one act each."""
    keep(engine, *reports)
    for number, one in enumerate(reports):
        accept(engine, Asked(f"a{one.report}", "li", one.group_id, NOW_US + number, (one.report,)), 0.9, station_of, {})
    lines = {line["id"]: line for line in (msgspec.json.decode(reading.line) for reading in unsent(engine, 100))}
    return [lines[f"report-{one.report}"].get("image", "") for one in reports]


def bent(of: str, bits: int) -> str:
    """A likeness that differs in so many bits: the picture saved again."""
    return f"{int(of, 16) ^ (2**bits - 1):016x}"


def test_three_pictures_of_three_people_are_three(engine: Engine) -> None:
    assert 3 == len(set(accepted(engine, *[pictured(number) for number in range(3)])))


def test_a_picture_that_is_saved_again_by_others_goes_out_under_its_first_name(engine: Engine) -> None:
    again = [pictured(number, likeness=bent(likeness(0), 2 * number)) for number in range(1, 4)]
    assert {f"{0:064x}"} == set(accepted(engine, pictured(0), *again))


@pytest.mark.parametrize("same", [{"device": "one"}, {"address": "one"}])
def test_unlike_pictures_of_one_source_are_one(engine: Engine, same: dict[str, str]) -> None:
    assert {f"{0:064x}"} == set(accepted(engine, *[pictured(number, **same) for number in range(3)]))


def test_a_name_is_handed_on_though_the_first_is_over_an_hour_old(engine: Engine) -> None:
    ages = {0: 70, 1: 40, 2: 1}
    own = [pictured(n, device="one", made_us=NOW_US - age * MINUTE_US, observed_us=NOW_US - age * MINUTE_US) for n, age in ages.items()]
    keep(engine, *own)
    for one in own:
        accept(engine, Asked(f"a{one.report}", "li", one.group_id, one.made_us, (one.report,)), 0.9, station_of, {})
    assert {f"{0:064x}"} == {msgspec.json.decode(reading.line)["image"] for reading in unsent(engine, 10)}


def test_the_same_picture_at_another_point_keeps_its_own_name(engine: Engine) -> None:
    names = accepted(engine, pictured(0), pictured(1, device="device0", low_point="P1"))
    assert [f"{0:064x}", f"{1:064x}"] == names


def test_one_that_was_taken_back_after_it_went_out_still_counts_as_the_first(engine: Engine) -> None:
    first, again = pictured(0), pictured(1, device="device0")
    keep(engine, first, again)
    accept(engine, Asked("a0", "li", "r0", NOW_US, ("r0",)), 0.9, station_of, {})
    mark_sent(engine, ["report-r0"], NOW_US)
    hide(engine, Asked("h0", "li", "r0", NOW_US, ("r0",)), "wrong", accepted=True)
    accept(engine, Asked("a1", "li", "r1", NOW_US, ("r1",)), 0.9, station_of, {})
    assert [f"{0:064x}"] == [msgspec.json.decode(reading.line)["image"] for reading in unsent(engine, 10)]


def test_reports_without_a_picture_name_none(engine: Engine) -> None:
    assert ["", f"{1:064x}"] == accepted(engine, report(0, group_id="r0"), pictured(1, device="device0"))


@pytest.mark.parametrize("people", [1, 3])
def test_a_sensor_is_confirmed_by_the_pictures_of_three_people_and_not_by_three_of_one(engine: Engine, people: int) -> None:
    """The whole way: a stuck sensor says 0.9 m while it is dry all around, and pictures are accepted one after the other."""
    every = [pictured(number, device=f"device{number % people}", address=f"address{number % people}") for number in range(3)]
    told = [
        Reading("Q0", 130.0 + n, 0.9, 131.0 + n, Extra(id=f"report-r{n}", image=name, error_sd_m=0.08))
        for n, name in enumerate(accepted(engine, *every))
    ]
    run = Run(town()).hear([*depths("S0", [0.0, 0.0, 0.9]), *told], until_s=140)
    assert (4 if people == 3 else 0) == run.state.measured[0]
