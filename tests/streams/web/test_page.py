"""The page says what is known, in both languages, and is never calmer than that (law 12)."""

from __future__ import annotations

import gzip
import re
from html import unescape

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from streams.city.model import City
from streams.observation.moments import SECOND_US
from streams.rules.outputs import Output
from tests.streams.web.conftest import Visit
from tests.streams.web.situations import NOW_US, SITUATIONS, dry, forecast, say


def plain(html: str) -> str:
    """What is left of a page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def rows(html: str) -> list[str]:
    return [plain(row) for row in re.findall(r"<tr class=.*?</tr>", html)]


def folded(html: str) -> list[str]:
    """Roads that are shown only to who unfolds them."""
    return re.findall(r"<li>.*?</li>", html.partition("<details>")[2].partition("</details>")[0])


@pytest.mark.parametrize(
    ("language", "situation", "expected"),
    [
        ("en", "noData", ["No data: this is not an all-clear.", "Low points: 51 = 51 Unknown", "NO DATA has come yet"]),
        ("zh", "noData", ["没有数据\uff1a这不代表安全。", "积水点 51 个 = 51 未知", "尚无任何数据"]),
        ("en", "allDry", ["No warning at any low point now.", "51 No warning", "Data from 16:22:10 , 14 s ago."]),
        ("zh", "allDry", ["目前各积水点均无预警。", "51 无预警", "14 秒前"]),
        ("en", "oneRedUnconfirmed", ["Worst level now: Red (4).", "Low points: 51 = 1 Red + 50 No warning"]),
        ("zh", "oneRedUnconfirmed", ["目前最高等级\uff1a红色\uff084级\uff09。", "1 红色 + 50 无预警"]),
        ("en", "unknownPoints", ["Worst level last known: Orange (3).", "1 Orange + 2 Unknown + 48 No warning"]),
        ("zh", "unknownPoints", ["最后已知的最高等级\uff1a橙色\uff083级\uff09。", "1 橙色 + 2 未知 + 48 无预警"]),
        ("en", "stale", ["STALE DATA: the last news came 3 min ago.", "Worst level last known: Orange (3).", "1 Orange + 50 Unknown"]),
        ("zh", "stale", ["数据过期", "最后已知的最高等级\uff1a橙色", "1 橙色 + 50 未知"]),
    ],
)
def test_the_first_sentences_tell_the_situation(visit: Visit, city: City, language: str, situation: str, expected: list[str]) -> None:
    live = replace(city, simulated=False)
    answer = visit(situation, live).get(f"/?lang={language}")
    text = plain(answer.text)
    assert 200 == answer.status_code
    assert f'<html lang="{language}">' in answer.text
    assert [] == [sentence for sentence in expected if sentence not in text]


def test_the_worst_stands_first_with_all_that_is_known_of_it(visit: Visit, city: City) -> None:
    answer = visit("oneRedUnconfirmed").get("/?lang=en")
    (first,) = rows(answer.text)
    red = city.low_points[-1]
    assert f"Red (4) {red.name_en} 63 cm unconfirmed 34 s ago up to 71 cm within 2 h" == first
    assert f'href="/road/{red.low_point_id}?lang=en"' in answer.text
    assert 50 == len(folded(answer.text))


def test_a_road_without_a_warning_is_folded_away_only_where_it_will_hardly_close_soon(visit: Visit, engine: Engine, city: City) -> None:
    first, second, *others = city.low_points
    dry_all = {point.low_point_id: dry(point) for point in city.low_points}
    soon, hardly = forecast(first, 0.3, (0.9, 0.2, 0.1, 0.0)), forecast(second, 0.3, (0.9, 0.19, 0.1, 0.0))
    more: dict[str, list[Output]] = {}
    for point, said in ((first, soon), (second, hardly)):
        more.setdefault(point.district_id, []).append(said)
    say(engine, city, dry_all, more)
    html = visit("noData").get("/?lang=en").text
    (row,) = rows(html)
    assert row.startswith(f"No warning (0) {first.name_en}")
    assert "closes within 30 min: 20 %" in row
    assert 1 + len(others) == len(folded(html))


def test_orders_in_force_say_what_to_do_and_a_draft_is_no_order(visit: Visit, city: City) -> None:
    html = visit("oneRedUnconfirmed").get("/?lang=en").text
    text = plain(html)
    assert "Orders in force: 1" in text
    assert "since 16:21:04, valid until 22:21:04 Demo: Flood RED (4). EVACUATE to high ground now." in text
    assert ["o4"] == re.findall(r'class="z o (o\d)"', html), "the draft colours no zone"


def test_shelters_and_how_to_report_are_told_and_what_developers_need_is_not(visit: Visit, city: City) -> None:
    html = visit("oneRedUnconfirmed").get("/?lang=en").text
    text = plain(html)
    shelter = city.shelters[0]
    assert f"{shelter.name_en} \u00b7 for {shelter.capacity} people" in text
    assert f'<a href="geo:{shelter.lat},{shelter.lon}">{shelter.name_en}</a>' in html
    assert "Call 119 (fire) or 110 (police)." in text
    assert "unknown_station" not in text


def test_a_city_says_in_its_own_words_how_to_report(visit: Visit, city: City) -> None:
    public = replace(city.public, report="请拨打 12345", report_en="Call 12345.")
    visitor = visit("allDry", replace(city, public=public))
    found = ["请拨打 12345" in visitor.get("/?lang=zh").text, "Call 12345." in visitor.get("/?lang=en").text]
    assert [True, True] == found


@pytest.mark.parametrize("feed", ["/alerts.atom?lang=en", "/alerts.csv?lang=en", "/points.geojson", "/zones.geojson", "/closures.json"])
def test_the_feeds_are_linked_and_there(visit: Visit, feed: str) -> None:
    visitor = visit("storm")
    assert f'<li><a href="{feed}">' in visitor.get("/?lang=en").text
    assert 200 == visitor.get(feed).status_code


def test_a_silent_sensor_takes_no_level_from_the_eye_and_unknown_comes_before_dry(visit: Visit) -> None:
    held, unknown, silent = rows(visit("unknownPoints").get("/?lang=en").text)
    assert held.startswith("Orange (3)")
    assert "was 44 cm no reading now, last known 15 min ago" in held
    assert unknown.startswith("Unknown")
    assert "depth unknown never observed" in unknown
    assert silent.startswith("Unknown")


@pytest.mark.parametrize(("language", "expected"), [("en", "EXERCISE"), ("zh", "演练")])
def test_a_drill_says_so_on_the_public_page_too(visit: Visit, city: City, language: str, expected: str) -> None:
    drill = visit("storm", replace(city, drill=True, demo=False)).get(f"/?lang={language}").text
    assert expected in plain(drill)
    assert expected not in plain(visit("storm", city).get(f"/?lang={language}").text)


@pytest.mark.parametrize("simulated", [True, False])
def test_old_data_turns_dry_into_unknown(visit: Visit, city: City, simulated: bool) -> None:
    answer = visit("stale", replace(city, simulated=simulated)).get("/?lang=en")
    orange, *others = rows(answer.text)
    assert orange.startswith("Orange (3)")
    assert "last known" in orange
    assert {"Unknown"} == {row.split()[0] for row in others}
    assert "last known No warning (0) 3 min ago" in others[0]


def test_a_district_that_is_silent_by_itself_is_named(visit: Visit, city: City) -> None:
    visit("allDry", replace(city, districts=city.districts[1:]))
    text = plain(visit("noData", city).get("/?lang=en").text)
    assert "No current data from 1 of 10 districts (D01)" in text
    assert "No warning now where something is known." in text


def test_a_storm_of_another_day_has_its_own_time_and_is_as_old_as_its_last_news(visit: Visit, city: City) -> None:
    later_us = NOW_US + 40 * 86_400 * SECOND_US
    text = plain(visit("allDry", city, later_us).get("/?lang=en").text)
    assert "Storm time 2026-07-20 16:22:10" in text
    assert "STALE" in text, "it was written 40 days ago"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_simulated_city_says_so_and_a_real_one_does_not(visit: Visit, city: City, language: str) -> None:
    marks = {"en": ("SIMULATED", "DEMO"), "zh": ("模拟", "演示\uff1a")}[language]
    shown = visit("allDry").get(f"/?lang={language}").text
    real = visit("allDry", replace(city, demo=False, simulated=False)).get(f"/?lang={language}").text
    assert [True, True, False, False] == [mark in page for page in (shown, real) for mark in marks]


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        ("", "", "zh"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "de, fr;q=0.9, zh-TW;q=0.5, en;q=0.4", "zh"),
        ("", "en;q=0, *;q=x, ,;;", "zh"),
        ("?lang=en", "zh", "en"),
        ("?lang=xx", "en", "en"),
        ("?lang=en'\"><script>", "", "zh"),
    ],
)
def test_the_language_is_the_one_asked_for_or_the_readers_or_the_citys(visit: Visit, asked: str, accepted: str, expected: str) -> None:
    answer = visit("allDry").get(f"/{asked}", accept_language=accepted)
    assert f'<html lang="{expected}">' in answer.text


def test_it_refreshes_itself_unless_asked_not_to(visit: Visit) -> None:
    visitor = visit("allDry")
    assert "30" == visitor.get("/?lang=en").headers["refresh"]
    still = visitor.get("/?lang=en&refresh=0")
    assert "refresh" not in still.headers
    assert "It does not refresh itself" in still.text
    assert 'href="/?lang=zh&amp;refresh=0"' in still.text


def test_who_has_a_page_is_told_so(visit: Visit) -> None:
    visitor = visit("allDry")
    mark = visitor.get("/?lang=en").headers["etag"]
    again = visitor.get("/?lang=en", if_none_match=f'W/"other", {mark}')
    assert (304, b"") == (again.status_code, again.content)
    assert 200 == visitor.get("/?lang=zh", if_none_match=mark).status_code


def test_names_are_written_as_text_never_as_markup(visit: Visit, city: City) -> None:
    evil = "\"><script>alert(1)</script>'&{{ 7*7 }}"
    points = tuple(replace(point, name=evil, name_en=evil) for point in city.low_points)
    zones = tuple(replace(zone, name=evil, name_en=evil) for zone in city.zones)
    attacked = replace(city, name=evil, time_zone="Asia/Shanghai", low_points=points, zones=zones)
    for language in ("en", "zh"):
        page = visit("storm", attacked).get(f"/?lang={language}").text
        assert "<script" not in page
        assert "49" not in re.findall(r"alert\(1\)[^<]{0,40}", page)[0]
        assert "&#34;&gt;&lt;script&gt;" in page


@pytest.mark.parametrize("address", ["/", "/road/LP01", "/road/none", "/points.geojson", "/health", "/page.css", "/nowhere"])
def test_headers_are_strict_everywhere_and_there_are_no_cookies(visit: Visit, address: str) -> None:
    headers = visit("storm").get(address).headers
    assert "default-src 'none'; style-src 'self'; img-src 'self' data:" in headers["content-security-policy"]
    assert ("nosniff", "no-referrer") == (headers["x-content-type-options"], headers["referrer-policy"])
    assert "set-cookie" not in headers


@pytest.mark.parametrize("situation", SITUATIONS)
def test_nothing_in_it_needs_a_script_or_a_style_of_its_own(visit: Visit, situation: str) -> None:
    visitor = visit(situation)
    page = visitor.get("/?lang=en").text + visitor.get("/road/LP01?lang=en").text
    assert [] == re.findall(r"<script|<style|\sstyle=|\son\w+=|https?://|javascript:", page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_51_points_in_a_storm_fit_into_50_kb_and_are_packed(visit: Visit, language: str) -> None:
    answer = visit("storm").get(f"/?lang={language}", accept_encoding="gzip")
    assert "gzip" == answer.headers["content-encoding"]
    assert len(answer.content) < 50_000
    assert len(gzip.compress(answer.content)) < 10_000
    assert "no-store" == answer.headers["cache-control"]


def test_a_page_without_points_zones_or_places_stands(visit: Visit, city: City) -> None:
    empty = replace(city, low_points=(), zones=())
    assert "This city has no low points." in visit("noData", empty).get("/?lang=en").text
    lost = replace(city, low_points=tuple(replace(point, lon=0.0, lat=0.0) for point in city.low_points), zones=())
    assert "Points without a place on the map: 51." in visit("allDry", lost).get("/?lang=en").text
