"""What the desk shows: orders with their people, districts, and how old it all is."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from streams.messages.segments import segments
from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.officers.roles import Role
from streams.store.queries import open_orders
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import PEOPLE, Site, signed_town
from tests.streams.towns import depths


def test_open_orders_are_listed_with_zones_and_people_counted(site: Site) -> None:
    site.flood(0.45, 0.7)
    body = site.person("li", Role.VIEWER).get("/api/orders").json()
    assert (2, sum(PEOPLE.values()), []) == (body["zones"], body["people"], body["silent_districts"])
    red, orange = body["orders"]
    assert (4, "red", "Extreme", 2, PEOPLE["Z1"]) == tuple(red[name] for name in ("level", "level_name", "severity", "missing", "people"))
    assert (3, "orange", "Severe", 1, PEOPLE["Z0"]) == tuple(
        orange[name] for name in ("level", "level_name", "severity", "missing", "people")
    )
    assert {"zone_id": "Z1", "name": "片区1", "name_en": "Quarter 1"} == red["zone"]
    stored = open_orders(site.engine)[0]
    assert {language: {"text": text, "segments": segments(text)} for language, text in stored.texts.items()} == red["texts"] != {}
    assert ("D1", "measured", False, "draft", to_text(stored.issued_us), to_text(stored.expires_us), None, "", None) == tuple(
        red[name] for name in ("district", "basis", "unconfirmed", "state", "issued_at", "expires", "decided", "decision", "release_rule")
    )
    assert red == site.again_later("li").order(red["identifier"])


def test_an_unconfirmed_order_says_so(make_site: MakeSite) -> None:
    site = make_site(signed_town(1))
    site.log.hear(depths("S0", [0.0, 0.3, 0.3, 0.3]), until_s=200)
    assert [True] == [order["unconfirmed"] for order in site.person().get("/api/orders").json()["orders"]]


def test_an_older_version_is_still_shown_and_no_longer_open(site: Site) -> None:
    old = site.flood(0.45)[0]
    site.log.hear(depths("S0", [0.7], start_s=181), until_s=200)
    li = site.person()
    assert ("draft", 3) == (li.order(old)["state"], li.order(old)["level"])
    assert [4] == [order["level"] for order in li.get("/api/orders").json()["orders"]]


def test_an_order_that_is_not_there_is_told(site: Site) -> None:
    answer = site.person().get("/api/orders/town_1")
    assert (404, True) == (answer.status_code, "town_1" in answer.json()["detail"])


def test_people_are_counted_by_one_query_however_many_orders(site: Site) -> None:
    site.flood(0.45, 0.7)
    li = site.person()
    asked: list[str] = []
    event.listen(site.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    li.get("/api/orders")
    assert 1 == sum("homes" in statement for statement in asked)


def test_districts_tell_their_zones_that_are_not_at_rest(site: Site) -> None:
    site.flood(0.7)
    site.log.hear([], until_s=180)
    answer = site.person().get("/api/districts").json()
    district = answer["districts"][0]
    assert ("D1", "", ["Z0"], "red") == (
        district["district"],
        district["signal"],
        [zone["zone_id"] for zone in district["zones"]],
        district["zones"][0]["level_name"],
    )
    assert (4, "red", []) == tuple(answer["city"][key] for key in ("level", "level_name", "missing"))


def test_a_city_of_which_a_district_has_not_spoken_is_as_of_no_moment(make_site: MakeSite) -> None:
    site = make_site(signed_town(1, districts=("D1", "D2")))
    site.flood(0.7)
    site.log.hear([], until_s=180)
    city = site.person().get("/api/districts").json()["city"]
    assert (None, 4, ["D2"]) == (city["as_of"], city["level"], city["missing"])


def test_health_tells_how_old_each_districts_word_is(make_site: MakeSite) -> None:
    site = make_site(signed_town(1, districts=("D1", "D2")))
    nobody = site.nobody()
    assert ("no_data", ["D1"]) == (nobody.get("/api/health").json()["status"], nobody.get("/api/health").json()["silent_districts"])
    site.flood(0.0)
    fresh = nobody.get("/api/health").json()
    assert ("ok", [10.0, None]) == (fresh["status"], [district["age_s"] for district in fresh["districts"]])
    site.now_us += MINUTE_US
    old = nobody.get("/api/health").json()
    assert ("stale", ["D1"], 70.0, to_text(site.now_us)) == (
        old["status"],
        old["silent_districts"],
        old["districts"][0]["age_s"],
        old["now"],
    )


def test_an_empty_list_of_a_silent_district_does_not_look_calm(site: Site) -> None:
    site.log.hear([], until_s=0)
    site.now_us += 300 * SECOND_US
    body = site.person().get("/api/orders").json()
    assert ([], ["D1"]) == (body["orders"], body["silent_districts"])


@pytest.mark.parametrize("address", ["/api/orders", "/api/health", "/api/districts"])
def test_a_store_that_is_away_is_told_with_when_to_try_again(site: Site, address: str) -> None:
    from sqlalchemy.exc import OperationalError

    li = site.person()

    def away(*_: object) -> None:
        raise OperationalError("SELECT secret", {}, Exception("secret"))

    event.listen(site.engine, "before_cursor_execute", away)
    answer = li.get(address)
    assert (503, "5", False) == (answer.status_code, answer.headers["Retry-After"], "secret" in answer.text)
