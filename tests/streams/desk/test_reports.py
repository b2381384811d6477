"""Reports at the desk: what waits is weighed and told with its reasons, whose it is never; who may decides, and it is done once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, delete

from streams.audit.row import AuditRow
from streams.city.model import City
from streams.city.near import M_PER_DEG
from streams.observation.moments import MINUTE_US, to_text
from streams.officers.roles import Role
from streams.pictures.shelf import Shelf
from streams.reports.report import Report
from streams.reports.triage.room import MOST_OF_GROUP
from streams.reports.triage.weigh import ONE_SOURCE_AT_MOST
from streams.store.audit import audit_rows
from streams.store.engine import writing
from streams.store.reports_history import deeds_about
from streams.store.reports_readings import unsent
from streams.store.schema import FORECASTS_NOW
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import Site, signed_town
from tests.streams.reports.kept import keep, public_pictures, states
from tests.streams.reports.triage.made import likeness
from tests.streams.reports.triage.made import report as made
from tests.streams.towns import us

NOW_US = us(150)


def owned(city: City) -> City:
    """The town with an owner for its stations of reports."""
    stations = tuple(msgspec.structs.replace(one, owner="hotline") if one.kind == "reports" else one for one in city.stations)
    return msgspec.structs.replace(city, stations=stations)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(owned(signed_town()))
    site.flood(0.45, 0.0)
    return site


def report(number: int, **changes: Any) -> Report:
    """A report of P0, a minute old, with a picture."""
    when = {"made_us": NOW_US - MINUTE_US + number, "observed_us": NOW_US - 2 * MINUTE_US}
    return made(number, **{**when, "picture": f"{number:064x}", "likeness": likeness(number), **changes})


def groups(site: Site, query: str = "", role: Role = Role.VIEWER) -> list[dict[str, Any]]:
    answer = site.person(f"reader{query}{role}"[:20].replace("?", "").replace("=", "").replace("&", "").lower(), role).get(
        f"/api/reports{query}"
    )
    assert 200 == answer.status_code, answer.text
    return list(answer.json()["groups"])


def codes(group: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in group["reasons"]}


def test_a_group_is_told_with_its_score_reasons_depth_and_what_accepting_would_do(site: Site) -> None:
    keep(site.engine, *[report(n) for n in range(3)], report(3, device="device0"))
    (group,) = groups(site)
    assert (4, 3, 4, "P0", "new") == tuple(group[name] for name in ("reports", "sources", "photos", "low_point", "state"))
    assert {"sources", "photos", "rain", "sensor_agrees", "low_point", "depths_agree"} <= codes(group)
    assert 0.9 < group["score"] <= 1
    assert {"depth_m": 0.48, "voices": 3}.items() <= group["depth"].items()
    assert {"level": 3, "level_now": 3, "station": "Q0", "observations": 3, "minutes": 28, "why_none": ""} == group["effect"]
    assert {"low_point": "P0", "distance_m": 0.0} == group["nearest"]
    assert 4 == len(group["pictures"])


def test_what_a_group_is_worth_is_of_one_moment_whatever_is_written_meanwhile(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(site.engine, report(0), report(1))
    viewer = site.person("zhao", Role.VIEWER)
    before = viewer.get("/api/reports/r0").json()

    def meanwhile(engine: Engine, group: str) -> list[AuditRow]:
        with writing(engine) as connection:
            connection.execute(delete(FORECASTS_NOW))
        return deeds_about(engine, group)

    monkeypatch.setattr("streams.desk.reports.deeds_about", meanwhile)
    assert "forecast_unlikely" in codes(before["group"])
    assert before["group"]["reasons"] == viewer.get("/api/reports/r0").json()["group"]["reasons"]
    assert "forecast_unlikely" not in codes(viewer.get("/api/reports/r0").json()["group"]), "from the next one on"


def test_a_sensor_that_is_dry_speaks_against(site: Site) -> None:
    keep(site.engine, report(0, low_point="P1", lat=34.709))
    (group,) = groups(site)
    assert {"sensor_dry", "neighbour_wet"} <= codes(group)
    assert group["score"] < 0.5


def test_whose_a_report_is_is_nowhere_in_what_is_told(site: Site) -> None:
    keep(site.engine, report(0, device="d1g35t", address="addr355"), report(1, device="d1g35t", address="other"))
    viewer = site.person("zhao", Role.VIEWER)
    whole = viewer.get("/api/reports/r0")
    assert [1, 1] == [one["source"] for one in whole.json()["reports"]]
    assert {"of": "r0", "why": "source"} == whole.json()["reports"][1]["duplicate"]
    for text in (whole.text, viewer.get("/api/reports").text):
        assert "d1g35t" not in text
        assert "addr355" not in text


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.FORECASTER, 200), (Role.OFFICER, 200), (Role.ADMINISTRATOR, 403)])
def test_forecasters_and_officers_decide(site: Site, role: Role, status: int) -> None:
    keep(site.engine, report(0), report(1, group_id="r1"))
    person = site.person("li", role)
    asks: list[tuple[str, dict[str, Any]]] = [
        ("ask", {"question": "how deep?", "reports": ["r0"]}),
        ("merge", {"into": "r1", "reports": ["r0"]}),
    ]
    for act, body in asks:
        assert status == person.ask("POST", f"/api/reports/r0/{act}", json=body).status_code
    for act, body in (("accept", {"depth_m": 0.5, "reports": ["r1"]}), ("hide", {"reason": "no", "reports": ["r1"]})):
        assert (status if act == "accept" or status != 200 else 409) == person.ask("POST", f"/api/reports/r1/{act}", json=body).status_code


@pytest.mark.parametrize("role", list(Role))
def test_no_machine_decides(site: Site, role: Role) -> None:
    keep(site.engine, report(0))
    assert 403 == site.machine(role).ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "reports": ["r0"]}).status_code
    assert [] == unsent(site.engine, 1)


def test_accepting_makes_observations_and_a_second_press_none(site: Site) -> None:
    keep(site.engine, report(0), report(1))
    li = site.person()
    body = {"id": "press", "depth_m": 0.52, "reports": ["r0", "r1"]}
    first, again = (li.ask("POST", "/api/reports/r0/accept", json=body).json() for _ in range(2))
    assert (2, False) == (first["observations"], first["again"])
    assert (2, True) == (again["observations"], again["again"])
    assert [0.52, 0.52] == [msgspec.json.decode(one.line)["value"] for one in unsent(site.engine, 9)]
    whole = li.get("/api/reports/r0").json()
    assert ["waits", "waits"] == [one["observation"] for one in whole["reports"]]
    assert [("accepted", "li", 0.52)] == [(one["act"], one["actor"], one["depth_m"]) for one in whole["history"]]
    row = next(row for row in audit_rows(site.engine) if row.act == "reports_accepted")
    assert {"sources": 2, "photos": 2}.items() <= row.facts.items()
    assert "rain" in row.facts["reasons"]
    assert 409 == li.ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "reports": ["r0"]}).status_code


def test_without_a_station_for_reports_the_answer_says_what_to_add(make_site: MakeSite) -> None:
    city = signed_town()  # nobody owns its stations of reports
    site = make_site(city)
    site.flood(0.45, 0.7)
    keep(site.engine, report(0))
    answer = site.person().ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "reports": ["r0"]}).json()
    assert 0 == answer["observations"]
    for words in ("ground truth", '"station_id": "P0-reports"', '"kind": "reports"'):
        assert words in answer["words"]


def test_of_an_exercise_and_of_no_low_point_no_level_follows_and_it_is_said(site: Site) -> None:
    keep(site.engine, report(0, training=True), report(1, group_id="r1", low_point=None))
    li = site.person()
    told = [li.ask("POST", f"/api/reports/{group}/accept", json={"depth_m": 0.5, "reports": [group]}).json() for group in ("r0", "r1")]
    assert [0, 0] == [one["observations"] for one in told]
    assert "exercise" in told[0]["words"]
    assert "no low point" in told[1]["words"]
    assert [] == unsent(site.engine, 1)


def test_old_water_raises_no_level_and_the_effect_says_so(site: Site) -> None:
    keep(site.engine, report(0, observed_us=NOW_US - 40 * MINUTE_US))
    (group,) = groups(site)
    assert "too_old" == group["effect"]["why_none"]


def test_lists_filter_and_page(site: Site) -> None:
    keep(site.engine, *[report(n, group_id=f"g{n}", made_us=NOW_US - n) for n in range(5)], report(9, group_id="g9", training=True))
    reader = site.person("zhao", Role.VIEWER)
    first = reader.get("/api/reports?limit=4&order=newest&training=false").json()
    assert (5, 4) == (first["waiting"], len(first["groups"]))
    rest = reader.get(f"/api/reports?limit=4&training=false&before={first['next'].replace('+', '%2B')}").json()
    assert [f"g{n}" for n in range(5)] == [one["group"] for one in [*first["groups"], *rest["groups"]]]
    assert None is rest["next"]
    assert [] == reader.get("/api/reports?low_point=P1").json()["groups"]
    assert ["g9"] == [one["group"] for one in reader.get("/api/reports?training=true").json()["groups"]]
    assert 422 == reader.get("/api/reports?before=nonsense").status_code


def test_groups_worth_most_come_first(site: Site) -> None:
    keep(site.engine, report(0), *[report(n, group_id="r1") for n in (1, 2, 3)])
    assert ["r1", "r0"] == [group["group"] for group in groups(site)]


def test_a_picture_is_shown_to_who_may_look_and_no_name_is_a_path(make_site: MakeSite, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "pictures")
    name = shelf.put(b"\xff\xd8 a picture")
    site = make_site(owned(signed_town()), pictures=shelf)
    viewer = site.person("zhao", Role.VIEWER)
    found = viewer.get(f"/api/pictures/{name}")
    assert (200, "image/jpeg", "no-store") == (found.status_code, found.headers["content-type"], found.headers["cache-control"])
    assert b"\xff\xd8 a picture" == found.content
    assert 401 == site.nobody().get(f"/api/pictures/{name}").status_code
    for wrong in ("0" * 64, "..%2F..%2Fkey", name[:63]):
        assert viewer.get(f"/api/pictures/{wrong}").status_code in (404, 422)


def test_a_desk_without_a_folder_of_pictures_says_what_it_was_started_without(site: Site) -> None:
    answer = site.person("zhao", Role.VIEWER).get(f"/api/pictures/{'0' * 64}")
    assert 404 == answer.status_code
    assert "--pictures" in answer.json()["detail"]


def test_a_street_without_a_low_point_that_many_report_is_proposed(site: Site) -> None:
    place = {"low_point": None, "lon": 113.62, "lat": 34.73}
    keep(site.engine, *[report(n, group_id="far", **place) for n in range(3)])
    told = site.person("zhao", Role.VIEWER).get("/api/reports/coverage").json()
    (proposal,) = told["proposals"]
    assert (3, 3, 113.62, 34.73) == tuple(proposal[name] for name in ("reports", "sources", "lon", "lat"))
    assert "D1" == proposal["low_point"]["properties"]["district_id"]
    assert proposal["low_point"]["properties"]["low_point_id"] == proposal["station"]["properties"]["low_point_id"]
    assert "FeatureCollection" == told["geojson"]["type"]


def test_pictures_become_public_only_where_the_officer_says_so(site: Site) -> None:
    keep(site.engine, report(0), report(1, group_id="r1"))
    li = site.person()
    li.ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "show_pictures": True, "reports": ["r0"]})
    li.ask("POST", "/api/reports/r1/accept", json={"depth_m": 0.5, "reports": ["r1"]})
    assert {f"{0:064x}"} == public_pictures(site.engine)


@pytest.mark.parametrize("body", [{}, {"depth_m": -0.1}, {"depth_m": 9}, {"depth_m": "0.5"}, {"depth_m": 0.5, "extra": 1}])
def test_a_depth_that_cannot_be_is_refused(site: Site, body: dict[str, Any]) -> None:
    keep(site.engine, report(0))
    assert 422 == site.person().ask("POST", "/api/reports/r0/accept", json={"reports": ["r0"], **body}).status_code


@pytest.mark.parametrize(("act", "body"), [("hide", {"reason": " "}), ("ask", {"question": "\n"}), ("ask", {"question": "a\x00b"})])
def test_words_that_say_nothing_are_refused(site: Site, act: str, body: dict[str, Any]) -> None:
    keep(site.engine, report(0))
    assert 422 == site.person().ask("POST", f"/api/reports/r0/{act}", json={"reports": ["r0"], **body}).status_code


def test_a_group_that_is_not_there_is_not_found(site: Site) -> None:
    li = site.person()
    assert 404 == li.get("/api/reports/none").status_code
    assert 404 == li.ask("POST", "/api/reports/none/hide", json={"reason": "gone", "reports": ["r0"]}).status_code


def test_times_are_those_of_the_reports(site: Site) -> None:
    keep(site.engine, report(0))
    (group,) = groups(site)
    assert (to_text(report(0).made_us), to_text(report(0).observed_us)) == (group["received_at"], group["seen_at"])


def test_what_stands_apart_is_told_so_that_it_need_not_be_accepted_with_the_rest(site: Site) -> None:
    keep(site.engine, *[report(n) for n in range(3)], report(3, depth="dry"))
    (group,) = groups(site)
    assert (1, 3) == (group["apart"], group["effect"]["observations"])
    assert [False, False, False, True] == [one["apart"] for one in group["waits"]]
    whole = site.person().get("/api/reports/r0").json()
    assert [None, None, None, "depth"] == [one["apart"] for one in whole["reports"]]


def test_who_lies_after_others_were_accepted_does_not_ride_on_them(site: Site) -> None:
    keep(site.engine, *[report(n) for n in range(3)])
    li = site.person()
    before = li.get("/api/reports/r0").json()["group"]["score"]
    li.ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "reports": ["r0", "r1", "r2"]})
    keep(site.engine, *[report(10 + n, device="liar") for n in range(5)])
    after = li.get("/api/reports/r0").json()["group"]
    assert 1 == after["sources"]
    assert after["score"] <= ONE_SOURCE_AT_MOST < before
    assert "accepted_here" in codes(after)


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("accept", {"depth_m": 0.5, "show_pictures": True}),
        ("hide", {"reason": "dry there"}),
        ("hide", {"reason": "dry there", "accepted": True}),
        ("merge", {"into": "r1"}),
        ("ask", {"question": "how deep?"}),
    ],
)
@pytest.mark.parametrize("named", [{}, {"reports": []}], ids=["none", "empty"])
def test_an_act_that_names_no_report_is_refused_and_says_what_to_name(
    site: Site, act: str, body: dict[str, Any], named: dict[str, Any]
) -> None:
    keep(site.engine, report(0), report(1, group_id="r1"))
    answer = site.person().ask("POST", f"/api/reports/r0/{act}", json={**body, **named})
    assert (422, True) == (answer.status_code, "name those that you were shown" in answer.text)
    assert {"new"} == set(states(site.engine).values())
    assert set() == public_pictures(site.engine)


def test_a_report_that_comes_while_the_reason_is_typed_is_not_hidden(site: Site) -> None:
    keep(site.engine, report(0), report(1))
    (group,) = groups(site)
    keep(site.engine, report(2))
    body = {"reason": "dry there", "reports": [one["report"] for one in group["waits"]]}
    assert ["r0", "r1"] == site.person().ask("POST", "/api/reports/r0/hide", json=body).json()["reports"]
    assert {"r0": "hidden", "r1": "hidden", "r2": "new"} == states(site.engine)


def test_a_group_says_how_many_wait_that_are_not_shown(site: Site) -> None:
    keep(site.engine, *[report(n, address="evil", depth="dry") for n in range(MOST_OF_GROUP + 7)])
    (group,) = groups(site)
    assert (MOST_OF_GROUP, 7) == (group["waiting"], group["unread"])
    assert 7 == site.person().get("/api/reports/r0").json()["group"]["unread"]


def test_what_is_promised_follows_from_the_time_of_the_observations(site: Site) -> None:
    """Twenty people behind one operator: the first had a picture, long ago."""
    old = report(0, address="nat", observed_us=NOW_US - 35 * MINUTE_US)
    keep(site.engine, old, *[report(n, address="nat", picture=None, likeness=None) for n in range(1, 20)])
    (group,) = groups(site)
    assert {"level": 3, "observations": 1, "minutes": 28, "why_none": ""}.items() <= group["effect"].items()
    body = {"depth_m": 0.48, "reports": [one["report"] for one in group["waits"]]}
    site.person().ask("POST", "/api/reports/r0/accept", json=body)
    (line,) = [msgspec.json.decode(one.line) for one in unsent(site.engine, 9)]
    assert to_text(report(1).observed_us) == line["time"]
    assert "image" not in line, "that picture shows another water"


def test_what_is_too_late_promises_nothing_and_says_so_before_and_after(site: Site) -> None:
    keep(site.engine, *[report(n, observed_us=NOW_US - 31 * MINUTE_US) for n in range(2)])
    (group,) = groups(site)
    assert {"observations": 0, "minutes": 0, "why_none": "too_old"}.items() <= group["effect"].items()
    assert [0, 0] == [one["minutes"] for one in group["waits"]]
    done = site.person().ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.48, "reports": ["r0", "r1"]}).json()
    assert (2, 2, True) == (done["observations"], done["late"], "seen over 30 min ago" in done["words"])


def test_of_who_stood_away_from_the_point_no_level_is_promised(site: Site) -> None:
    """They are of its group by somebody between them and the point, who is decided already."""
    away = {"low_point": None, "lat": 34.7 + 200 / M_PER_DEG}
    keep(site.engine, report(0, state="accepted"), *[report(n, **away) for n in (1, 2)])
    (group,) = groups(site)
    assert [("r1", False), ("r2", False)] == [(one["report"], one["observes"]) for one in group["waits"]]
    assert {"observations": 0, "minutes": 0, "why_none": "too_far"}.items() <= group["effect"].items()
    done = site.person().ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.48, "reports": ["r1", "r2"]}).json()
    assert (0, "over 150 m away" in done["words"], "on their way" in done["words"]) == (done["observations"], True, False)
    assert [] == unsent(site.engine, 9)


def test_each_that_waits_says_whether_it_is_an_observation(site: Site) -> None:
    keep(site.engine, report(0), report(1, low_point=None, lat=34.7 + 200 / M_PER_DEG), report(2, group_id="r2", training=True))
    told = {one["report"]: one["observes"] for group in groups(site) for one in group["waits"]}
    assert {"r0": True, "r1": False, "r2": False} == told


def test_what_was_accepted_is_taken_back_and_the_answer_says_what_stays(site: Site) -> None:
    keep(site.engine, report(0), report(1))
    li = site.person()
    (group,) = groups(site)
    waits = [tuple(one.values()) for one in group["waits"]]
    assert [("r0", f"{0:064x}", False, 0.48, 28, True), ("r1", f"{1:064x}", False, 0.48, 28, True)] == waits
    li.ask("POST", "/api/reports/r0/accept", json={"depth_m": 0.5, "show_pictures": True, "reports": ["r0", "r1"]})
    whole = li.get("/api/reports/r0").json()["group"]
    assert (2, ["r0", "r1"]) == (whole["accepted"], whole["accepted_reports"])
    done = li.ask("POST", "/api/reports/r0/hide", json={"reason": "a face", "accepted": True, "reports": ["r0", "r1"]}).json()
    assert (["r0", "r1"], True) == (done["reports"], "stays in the log" in done["words"])
    assert set() == public_pictures(site.engine)
