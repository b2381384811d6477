"""What is decided about reports is done once, all of it or nothing, and stands in the audit; lists are bounded and fair."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from streams.audit.chain import verify
from streams.city.model import Station
from streams.observation.moments import MINUTE_US, to_text
from streams.reports.observed import ReportStations
from streams.reports.report import Report
from streams.reports.triage.room import MOST_OF_GROUP, MOST_OF_ONE
from streams.store.audit import audit_rows
from streams.store.reports_acts import Asked, Done, ReportsRefused, UnknownReports, accept, ask_back, hide, merge
from streams.store.reports_groups import (
    Place,
    accepted_between,
    count_waiting,
    group_heads,
    reports_of,
    waiting_by_point,
    waiting_in,
)
from streams.store.reports_history import deeds_about
from streams.store.reports_readings import mark_sent, readings_of, unsent
from tests.streams.reports.kept import keep, public_pictures, states
from tests.streams.reports.triage.made import NOW_US, likeness, report
from tests.streams.towns import METRES, town

STATION = Station("Q0", "reports", 86_400.0, "P0", owner="hotline")


def asked(act_id: str = "a1", group: str = "r0", actor: str = "li", reports: tuple[str, ...] = ("r0",)) -> Asked:
    return Asked(act_id, actor, group, NOW_US, reports)


def some(*numbers: int) -> tuple[str, ...]:
    return tuple(f"r{number}" for number in numbers)


def pictured(number: int, **changes: Any) -> Report:
    return report(number, **{"picture": f"{number:064x}", "likeness": likeness(number), **changes})


def accept_it(engine: Engine, told: Asked | None = None, station: Station | None = STATION, **more: bool) -> Done:
    return accept(engine, told or asked(), 0.5, lambda _: station, {"score": 0.8}, **more)


def lines(engine: Engine) -> list[dict[str, Any]]:
    return [msgspec.json.decode(reading.line) for reading in unsent(engine, 100)]


def test_accepted_reports_are_one_observation_a_source(engine: Engine) -> None:
    keep(engine, pictured(0), pictured(1), report(2, device="device1"), pictured(3, likeness=likeness(0)))
    done = accept_it(engine, asked(reports=some(0, 1, 2, 3)))
    assert (4, 2) == (len(done.reports), done.readings)
    assert [
        {
            "station": "Q0",
            "kind": "report_depth",
            "time": to_text(report(number).observed_us),
            "value": 0.5,
            "id": f"report-r{number}",
            "error_sd_m": 0.08,
            "image": f"{picture:064x}",
        }
        for number, picture in ((0, 0), (2, 1))
    ] == lines(engine), "the newest of each source, with the picture of that time"


def test_an_observation_goes_to_the_low_point_that_its_report_names_and_to_the_groups_where_it_names_none(engine: Engine) -> None:
    other = Station("Q1", "reports", 86_400.0, "P1", owner="hotline")
    city = msgspec.structs.replace(town(points=3), stations=(STATION, other))
    points = {0: "P0", 1: "P1", 2: None, 3: "P2"}
    keep(engine, *[pictured(number, low_point=point) for number, point in points.items()])
    assert 3 == accept(engine, asked(reports=some(0, 1, 2, 3)), 0.5, ReportStations(city).of_group("P0"), {}).readings, "P2 has no station"
    assert {"report-r0": "Q0", "report-r1": "Q1", "report-r2": "Q0"} == {line["id"]: line["station"] for line in lines(engine)}
    assert "Q0, Q1" == next(iter(audit_rows(engine))).facts["station"]


def test_water_that_was_seen_elsewhere_is_no_observation_of_the_groups_low_point(engine: Engine) -> None:
    city = msgspec.structs.replace(town(), stations=(STATION,))
    (point,) = city.low_points[:1]
    north = {0: 0, 1: 149, 2: 1400}
    places = {number: {"low_point": None, "lon": point.lon, "lat": point.lat + metres * METRES} for number, metres in north.items()}
    keep(engine, *[pictured(number, **place) for number, place in places.items()])
    accept(engine, asked(reports=some(0, 1, 2)), 0.5, ReportStations(city).of_group("P0"), {})
    assert {"report-r0", "report-r1"} == {line["id"] for line in lines(engine)}
    assert {"accepted"} == set(states(engine).values())


def test_the_same_act_sent_again_is_done_once(engine: Engine) -> None:
    keep(engine, pictured(0), pictured(1))
    first, second = (accept_it(engine, asked(reports=some(0, 1))) for _ in range(2))
    assert (False, True) == (first.again, second.again)
    assert first.reports == second.reports
    assert 2 == len(lines(engine))
    assert 1 == len(list(audit_rows(engine)))


def test_an_id_is_good_for_one_act_of_one_person(engine: Engine) -> None:
    keep(engine, report(0))
    ask_back(engine, asked(), "how deep?")
    with pytest.raises(ReportsRefused, match="used for something else"):
        accept_it(engine)
    with pytest.raises(ReportsRefused, match="used for something else"):
        ask_back(engine, asked(actor="wang"), "how deep?")


def test_of_two_who_decide_at_once_one_is_told_who_was_first(engine: Engine) -> None:
    keep(engine, *[pictured(number) for number in range(5)])
    told: list[str] = []

    def decide(name: str, do: Callable[[Asked], Done]) -> None:
        try:
            do(asked(act_id=name, actor=name, reports=some(*range(5))))
            told.append("done")
        except ReportsRefused as refused:
            told.append(str(refused))

    people = [
        Thread(target=decide, args=("li", lambda one: accept_it(engine, one))),
        Thread(target=decide, args=("wang", lambda one: hide(engine, one, "an old picture"))),
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert 1 == told.count("done")
    assert any(words.startswith(("li has accepted", "wang has hidden")) for words in told)
    assert 1 == len(set(states(engine).values()))


def test_a_training_report_is_never_an_observation_nor_shown(engine: Engine) -> None:
    keep(engine, pictured(0, training=True), pictured(1, training=True))
    assert 0 == accept_it(engine, asked(reports=("r0", "r1")), show_pictures=True).readings
    assert [] == unsent(engine, 10)
    assert set() == public_pictures(engine)
    assert [] == accepted_between(engine, 0, 2**60)


def test_without_a_station_nothing_is_lost_but_the_level(engine: Engine) -> None:
    keep(engine, report(0))
    assert 0 == accept_it(engine, station=None).readings
    assert ["r0"] == [one.report for one in accepted_between(engine, 0, 2**60)]


def test_only_pictures_of_accepted_reports_are_public_and_hiding_takes_them_back(engine: Engine) -> None:
    keep(engine, pictured(0), pictured(1, group_id="r1"), pictured(2, group_id="r2"))
    accept_it(engine, asked(reports=("r0",)), show_pictures=True)
    accept_it(engine, asked("a2", "r1", reports=("r1",)))
    assert {f"{0:064x}"} == public_pictures(engine)
    keep(engine, pictured(3, group_id="r3", picture=f"{0:064x}"))
    hide(engine, asked("a3", "r3", reports=("r3",)), "a copy")
    assert {f"{0:064x}"} == public_pictures(engine)  # the accepted one still shows it


def test_a_part_of_a_group_is_decided_and_the_rest_waits(engine: Engine) -> None:
    keep(engine, report(0), report(1), report(2))
    assert ("r1",) == hide(engine, asked(reports=("r1",)), "a joke").reports
    assert ("r0", "r2") == accept_it(engine, asked("a2", reports=some(0, 2))).reports
    with pytest.raises(ReportsRefused, match="li has hidden"):
        accept_it(engine, asked("a3", reports=("r1",)))
    with pytest.raises(UnknownReports, match="r9"):
        accept_it(engine, asked("a4", reports=("r9",)))
    with pytest.raises(UnknownReports):
        accept_it(engine, asked("a5", group="none"))


def test_merged_reports_are_decided_with_the_group_they_went_to(engine: Engine) -> None:
    keep(engine, report(0), report(1, group_id="r1", low_point=None), report(2, group_id="r1", low_point=None))
    merge(engine, asked(group="r1", reports=some(1, 2)), "r0")
    assert {"r0"} == {head.group_id for head in group_heads(engine)}
    assert ["P0"] * 3 == [one.low_point for one in reports_of(engine, ["r0"])["r0"]]
    assert 3 == accept_it(engine, asked("a2", reports=some(0, 1, 2))).readings
    assert merge(engine, asked(group="r1", reports=some(1, 2)), "r0").again


@pytest.mark.parametrize("into", ["r0", "none"])
def test_a_group_goes_into_another_that_is_there(engine: Engine, into: str) -> None:
    keep(engine, report(0))
    with pytest.raises(UnknownReports):
        merge(engine, asked(), into)
    assert {"r0": "new"} == states(engine)


def test_what_is_real_and_what_is_an_exercise_are_not_merged_nor_is_anything_into_what_is_decided(engine: Engine) -> None:
    keep(engine, report(0), report(1, group_id="r1", training=True), report(2, group_id="r2"))
    with pytest.raises(ReportsRefused, match="exercise"):
        merge(engine, asked(), "r1")
    accept_it(engine, asked("a2", "r2", reports=("r2",)))
    with pytest.raises(ReportsRefused, match="decided"):
        merge(engine, asked("a3"), "r2")


def test_what_is_asked_waits_and_is_kept(engine: Engine) -> None:
    keep(engine, report(0))
    ask_back(engine, asked(), "Which side of the bridge?")
    found = reports_of(engine, ["r0"])["r0"][0]
    assert ("asked", "Which side of the bridge?") == (found.state, found.question)
    assert 1 == count_waiting(engine)


def test_every_act_is_a_row_of_a_chain_that_holds(engine: Engine) -> None:
    keep(engine, report(0), report(1), report(2))
    ask_back(engine, asked("a1"), "how deep?")
    hide(engine, asked("a2", reports=("r2",)), "a joke")
    accept_it(engine, asked("a3", actor="rule", reports=some(0, 1)))
    rows = list(audit_rows(engine))
    assert ["reports_asked", "reports_hidden", "reports_accepted"] == [row.act for row in rows]
    assert ["li", "li", "rule"] == [row.actor for row in rows]
    assert {"depth_m": 0.5, "score": 0.8, "reports": ["r0", "r1"], "low_point": "P0"}.items() <= rows[2].facts.items()
    assert rows == deeds_about(engine, "r0")
    assert [] == deeds_about(engine, "r1")
    assert None is verify(rows)


def test_a_reading_waits_until_it_is_sent_and_only_once(engine: Engine) -> None:
    keep(engine, pictured(0), pictured(1))
    accept_it(engine, asked(reports=some(0, 1)))
    mark_sent(engine, ["report-r0"], 5)
    mark_sent(engine, ["report-r0"], 9)
    assert ["report-r1"] == [one.reading for one in unsent(engine, 10)]
    assert {"r0": 5, "r1": None} == readings_of(engine, ["r0", "r1", "r2"])


def test_groups_come_newest_first_in_pages_that_miss_none(engine: Engine) -> None:
    keep(engine, *[report(n, group_id=f"g{n}", made_us=NOW_US - (n // 2) * MINUTE_US) for n in range(9)])
    found: list[str] = []
    before: Place | None = None
    keep(engine, *[report(20 + n, group_id=f"g{n}", made_us=NOW_US - 60 * MINUTE_US) for n in (3, 6, 7)])
    while some := group_heads(engine, before=before, limit=2):
        found += [head.group_id for head in some]
        before = some[-1].place
    assert ["g3", "g6", "g7", "g0", "g1", "g2", "g4", "g5", "g8"] == found, "those of several addresses before all others"


def test_one_address_buries_no_group_of_others(engine: Engine) -> None:
    own = [report(n, made_us=NOW_US - 60 * MINUTE_US) for n in range(3)]
    lies = [report(100 + n, group_id=f"g{n}", device="", address="liar") for n in range(60)]
    more = [report(1000 + n, group_id="g0", device=f"cookie{n}", address="liar") for n in range(4)]
    keep(engine, *own, *lies, *more)
    assert "r0" == group_heads(engine, limit=1)[0].group_id
    assert ["r0"] == [head.group_id for head in group_heads(engine, least=3, addresses=3, limit=50)]
    assert ["g0", "r0"] == sorted(head.group_id for head in group_heads(engine, least=3, limit=50))
    hide(engine, asked(reports=("r2",)), "a joke")
    assert [] == group_heads(engine, addresses=3), "who waits no more is not counted"


def test_messages_are_told_apart_by_their_numbers_where_there_is_no_address(engine: Engine) -> None:
    keep(engine, report(0, address=""), report(1, address=""))
    assert [2] == [head.addresses for head in group_heads(engine)]


def test_lists_are_of_what_waits_or_is_decided_of_a_place_or_of_none(engine: Engine) -> None:
    keep(engine, report(0), report(1, group_id="r1", low_point=None), report(2, group_id="r2", training=True))
    accept_it(engine)

    def found(**asks: Any) -> list[str]:
        return sorted(head.group_id for head in group_heads(engine, **asks))

    assert ["r1", "r2"] == found()
    assert ["r0"] == found(state="decided")
    assert ["r0", "r1", "r2"] == found(state="all")
    assert ["r1"] == found(state="all", low_point="")
    assert ["r0", "r2"] == found(state="all", low_point="P0")
    assert ["r2"] == found(training=True)
    assert 1 == count_waiting(engine)
    assert {} == waiting_by_point(engine)


def test_who_floods_a_group_pushes_nobody_out_of_it(engine: Engine) -> None:
    flood = [report(1000 + n, device="liar", address=f"x{n}") for n in range(3 * MOST_OF_GROUP)]
    keep(engine, *[report(n) for n in range(10)], *flood)
    found = reports_of(engine, ["r0"])["r0"]
    assert 10 + MOST_OF_ONE == len(found)
    assert {f"r{n}" for n in range(10)} <= {one.report for one in found}
    accept_it(engine, asked("a0", reports=tuple(f"r{1000 + n}" for n in range(3 * MOST_OF_GROUP - MOST_OF_ONE, 3 * MOST_OF_GROUP))))
    assert MOST_OF_ONE == sum(one.state == "new" and one.device == "liar" for one in reports_of(engine, ["r0"])["r0"])


def test_what_was_accepted_can_be_taken_back_once_and_its_pictures_with_it(engine: Engine) -> None:
    keep(engine, pictured(0), pictured(1), report(2), pictured(3, group_id="r3", picture=f"{0:064x}"))
    accept_it(engine, asked(reports=("r0", "r1")), show_pictures=True)
    accept_it(engine, asked("a2", "r3", reports=("r3",)), show_pictures=True)
    mark_sent(engine, ["report-r0"], 5)
    told = [hide(engine, asked("a3", reports=some(0, 1)), "a face", accepted=True) for _ in range(2)]
    assert [False, True] == [one.again for one in told]
    assert [("r0", "r1")] * 2 == [one.reports for one in told]
    assert set() == public_pictures(engine), "also where another accepted report has the same"
    assert {"r0": "hidden", "r1": "hidden", "r2": "new", "r3": "accepted"} == states(engine)
    assert ({"r0": 5}, ["report-r3"]) == (readings_of(engine, ["r0", "r1"]), [one.reading for one in unsent(engine, 9)])
    row = list(audit_rows(engine))[-1]
    assert ("reports_hidden", "li") == (row.act, row.actor)
    assert {"reason": "a face", "pictures_hidden": 2, "was": "accepted"}.items() <= row.facts.items()


def test_only_what_was_accepted_is_taken_back(engine: Engine) -> None:
    keep(engine, report(0))
    with pytest.raises(ReportsRefused, match="was not accepted"):
        hide(engine, asked(), "a face", accepted=True)
    accept_it(engine)
    with pytest.raises(ReportsRefused, match="li has accepted"):
        hide(engine, asked("a2"), "a face")
    assert {"r0": "accepted"} == states(engine)


def test_pictures_are_shown_of_reports_that_are_named_alone(engine: Engine) -> None:
    keep(engine, pictured(0), pictured(1))
    accept_it(engine, asked(reports=("r0",)), show_pictures=True)
    assert ({f"{0:064x}"}, {"r0": "accepted", "r1": "new"}) == (public_pictures(engine), states(engine))


Act = Callable[[Engine, Asked], Done]
ACTS: dict[str, Act] = {
    "accepted": lambda engine, told: accept_it(engine, told),
    "hidden": lambda engine, told: hide(engine, told, "dry there"),
    "merged": lambda engine, told: merge(engine, told, "other"),
    "asked": lambda engine, told: ask_back(engine, told, "how deep?"),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_to_a_report_that_was_not_named_and_the_audit_names_those_that_were(engine: Engine, act: str) -> None:
    keep(engine, report(0), report(1), report(2), report(9, group_id="other"))
    assert ("r0", "r2") == ACTS[act](engine, asked(reports=("r0", "r2"))).reports
    assert {"r0": act, "r1": "new", "r2": act, "r9": "new"} == states(engine)
    assert ["r0", "r2"] == list(audit_rows(engine))[-1].facts["reports"]


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_names_no_report_does_nothing_and_says_why(engine: Engine, act: str) -> None:
    keep(engine, report(0), report(9, group_id="other"))
    with pytest.raises(ReportsRefused, match="name the reports that are meant"):
        ACTS[act](engine, asked(reports=()))
    assert {"r0": "new", "r9": "new"} == states(engine)
    assert [] == list(audit_rows(engine))


def test_one_address_with_a_cookie_for_each_report_hides_nobody(engine: Engine) -> None:
    honest = [pictured(n, depth="thigh", address=f"good{n}") for n in range(4)]
    flood = [report(1000 + n, depth="dry", address="evil") for n in range(2 * MOST_OF_GROUP)]
    keep(engine, *honest, *flood)
    found = reports_of(engine, ["r0"])["r0"]
    assert MOST_OF_GROUP == len(found)
    assert set(some(0, 1, 2, 3)) <= {one.report for one in found}
    assert {"r0": 4 + 2 * MOST_OF_GROUP} == waiting_in(engine, ["r0"])
    hide(engine, asked(reports=tuple(one.report for one in found if one.depth == "dry")), "dry there")
    assert {"new"} == {states(engine)[name] for name in some(0, 1, 2, 3)}
    assert 2 * MOST_OF_GROUP - 4 == len(reports_of(engine, ["r0"])["r0"]), "what had no room comes when the others are decided"


def test_lies_behind_the_same_address_hide_no_other_word(engine: Engine) -> None:
    keep(engine, *[report(n, depth="thigh", address="nat") for n in range(4)])
    keep(engine, *[report(1000 + n, depth="dry", address="nat") for n in range(2 * MOST_OF_GROUP)])
    assert set(some(0, 1, 2, 3)) <= {one.report for one in reports_of(engine, ["r0"])["r0"]}


def test_made_up_sources_leave_room_for_those_who_have_a_picture(engine: Engine) -> None:
    keep(engine, pictured(0), *[report(1000 + n) for n in range(2 * MOST_OF_GROUP)])
    assert "r0" in {one.report for one in reports_of(engine, ["r0"])["r0"]}


def test_lies_that_come_later_push_out_nothing_that_was_accepted(engine: Engine) -> None:
    keep(engine, report(0))
    accept_it(engine)
    keep(engine, *[report(1000 + n) for n in range(2 * MOST_OF_GROUP)])
    assert "r0" in {one.report for one in reports_of(engine, ["r0"])["r0"]}


def test_what_was_shown_can_be_decided_on_whatever_came_meanwhile(engine: Engine) -> None:
    keep(engine, report(0))
    keep(engine, *[report(1000 + n) for n in range(2 * MOST_OF_GROUP)])
    assert "r0" not in {one.report for one in reports_of(engine, ["r0"])["r0"]}
    assert ("r0",) == hide(engine, asked(), "a joke").reports


def test_an_observation_that_comes_too_late_for_a_level_is_counted_as_such_also_when_it_is_told_again(engine: Engine) -> None:
    keep(engine, report(0, observed_us=NOW_US - 31 * MINUTE_US), report(1))
    told = [accept_it(engine, asked(reports=some(0, 1))) for _ in range(2)]
    assert [(2, 1, False), (2, 1, True)] == [(one.readings, one.late, one.again) for one in told]
