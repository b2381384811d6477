"""What an officer looks at beside an order: what was said before, who stands in the water, and what an end by hand would say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from streams.messages.segments import segments
from streams.officers.roles import Role
from streams.store.outbox import write_order
from tests.streams.desk.conftest import MakeSite
from tests.streams.desk.town import PEOPLE, Client, Site, outcomes, signed_town
from tests.streams.store.posts import begin, say
from tests.streams.towns import METRES, depths


def review(client: Client, identifier: str) -> dict[str, Any]:
    answer = client.get(f"/api/orders/{quote(identifier)}/review")
    assert 200 == answer.status_code, answer.text
    return dict(answer.json())


def test_the_first_version_is_held_against_nothing(site: Site) -> None:
    draft = site.flood(0.45)[0]
    found = review(site.person("li", Role.VIEWER), draft)
    assert (draft, draft, True, None, []) == tuple(found[name] for name in ("identifier", "newest", "open", "compared", "ends"))
    assert [(1, "draft")] == [(one["version"], one["state"]) for one in found["versions"]]


def test_a_version_is_held_against_what_people_were_told_last(site: Site) -> None:
    first = site.flood(0.45)[0]
    li = site.person("li")
    assert ["done"] == outcomes(li.sign(first))
    site.log.hear(depths("S0", [0.7, 0.7], start_s=181), until_s=260)
    second = site.log.orders[-1].identifier
    found = review(li, second)
    assert (first, "released", 3) == tuple(found["compared"][name] for name in ("identifier", "state", "level"))
    assert [second, first] == [one["identifier"] for one in found["versions"]]
    assert second == review(li, first)["newest"]


def test_both_ends_stand_ready_with_their_texts_and_whom_they_are_for(site: Site) -> None:
    first = site.flood(0.45)[0]
    li = site.person("li")
    li.sign(first)
    write_order(site.engine, site.log.orders[-1])
    for job in begin(site.engine, most=2).values():
        say(site.engine, job, "delivered")
    ends = {end["act"]: end for end in review(li, first)["ends"]}
    assert {"call_off", "correct"} == set(ends)
    assert (2, [], 2) == tuple(ends["correct"][name] for name in ("people", "signed_by", "missing"))
    assert ends["correct"]["texts"] != ends["call_off"]["texts"]
    told = ends["correct"]["texts"]["en"]
    assert (segments(told["text"]), 2 * segments(told["text"])) == (told["segments"], ends["correct"]["segments"])


def test_who_has_asked_for_an_end_is_named_until_the_second_makes_it_so(site: Site) -> None:
    first = site.flood(0.45)[0]
    li = site.person("li")
    wang = site.person("wang")
    li.sign(first)
    assert ["counted"] == outcomes(li.act("correct", orders=[{"identifier": first}], reason="a stuck sensor"))
    ends = {end["act"]: (end["signed_by"], end["missing"]) for end in review(wang, first)["ends"]}
    assert {"correct": (["li"], 1), "call_off": ([], 2)} == ends
    assert ["done"] == outcomes(wang.act("correct", orders=[{"identifier": first}], reason="a stuck sensor"))
    found = review(wang, first)
    assert (False, []) == (found["open"], found["ends"])


def test_a_city_without_addresses_counts_nobody_in_the_water_and_says_so(site: Site) -> None:
    danger = review(site.person(), site.flood(0.7)[0])["danger"]
    assert (PEOPLE["Z0"], None, None) == tuple(danger[name] for name in ("people_in_zone", "people_now", "people_soon"))
    assert [("P0", True, 0.7, 0.7, True)] == [tuple(point.values()) for point in danger["points"]]
    assert {"Z0"} == {zone["zone_id"] for feature in danger["areas"]["features"] for zone in feature["properties"]["zones"]}


def test_who_lives_in_zone_and_water_is_counted_from_the_address_points(make_site: MakeSite, tmp_path: Path) -> None:
    def address(name: str, north_m: float, people: int) -> dict[str, Any]:
        place = {"type": "Point", "coordinates": [113.6, 34.7 + north_m * METRES]}
        return {"type": "Feature", "geometry": place, "properties": {"address_id": name, "people": people}}

    homes = [address("near", 10, 4), address("out of the zone", 100, 8)]
    (tmp_path / "addresses.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": homes}))
    site = make_site(signed_town(folder=str(tmp_path)))
    assert 4 == review(site.person(), site.flood(0.7)[0])["danger"]["people_now"]


def test_what_was_last_known_is_not_told_as_what_is(site: Site) -> None:
    draft = site.flood(0.7)[0]
    li = site.person()
    site.pass_minutes(3)
    assert [False] == [point["current"] for point in review(li, draft)["danger"]["points"]]


def test_other_texts_are_counted_before_they_are_kept(site: Site) -> None:
    draft = site.flood(0.7)[0]
    li = site.person("li", Role.VIEWER)
    before = li.order(draft)["texts"]
    asked = {"en": "Leave now.", "fr": "Partez."}
    answer = li.ask("POST", f"/api/orders/{draft}/preview", json={"texts": asked}).json()
    assert {"en": {"text": "Leave now.", "segments": 1}, "fr": {"text": "Partez.", "segments": 1}} == answer["texts"]
    assert ["it is texted in en, zh only", "the text in en must open with Town"] == [fault.split(":")[0] for fault in answer["faults"]][:2]
    assert before == li.order(draft)["texts"] and [] == answer["signed_by"]
    wang = site.person("wang")
    wang.sign(draft)
    assert ["wang"] == li.ask("POST", f"/api/orders/{draft}/preview", json={"texts": asked}).json()["signed_by"]


def test_there_is_nothing_to_review_of_no_order(site: Site) -> None:
    li = site.person()
    preview = li.ask("POST", "/api/orders/x/preview", json={"texts": {}})
    assert (404, 404) == (li.get("/api/orders/x/review").status_code, preview.status_code)
