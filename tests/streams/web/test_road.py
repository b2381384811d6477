"""A road's own page: what is there now, what comes, what was, and where to go; small enough for a phone in the rain."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, delete, insert

from streams.city.model import City, LowPoint
from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.rules.outputs import Output
from streams.store.engine import writing
from streams.store.history_schema import POINT_HISTORY
from tests.streams.web.conftest import Visit
from tests.streams.web.situations import HEARD_US, NOW_US, dry, forecast, say, state, warning
from tests.streams.web.test_page import plain

SEEN_US = NOW_US - 34 * SECOND_US


def water(engine: Engine, point: LowPoint, depths_m: Iterable[tuple[float, float | None]]) -> None:
    """The water of a point, by minutes before its last observation."""
    rows = [
        {
            "low_point": point.low_point_id,
            "at_us": SEEN_US - round(ago_min * MINUTE_US),
            "number": 0,
            "level": 1,
            "depth_m": depth_m,
            "basis": "measured",
            "unconfirmed": False,
        }
        for ago_min, depth_m in depths_m
    ]
    with writing(engine) as connection:
        connection.execute(delete(POINT_HISTORY))
        connection.execute(insert(POINT_HISTORY), rows)


def wet(engine: Engine, city: City, depth_m: float = 0.2, level: int = 1) -> LowPoint:
    """The first point is wet, with a forecast and a change of its level; all others are dry."""
    first, *others = city.low_points
    states = {point.low_point_id: dry(point) for point in others} | {first.low_point_id: state(first, level, depth_m)}
    said: list[Output] = [warning(first, level, depth_m, 600), forecast(first, 0.45, (0.9, 0.7, 0.4, 0.001))]
    say(engine, city, states, {first.district_id: said})
    return first


def test_it_tells_level_depth_age_forecast_changes_and_shelters_in_words(visit: Visit, engine: Engine, city: City) -> None:
    first = wet(engine, city)
    water(engine, first, [(0, 0.2), (10, 0.1)])
    text = plain(visit("noData").get(f"/road/{first.low_point_id}?lang=en").text)
    expected = [
        f"{first.name_en} \u00b7 Blue (1)",
        "20 cm \u00b7 over the ankle \u2191 rising \u00b7 observed 34 s ago",
        "From 15 cm: walk and drive with care.",
        "up to 45 cm within 2 h",
        "Closes within 30 min: likely, 70 %",
        "Closes within 60 min: likely, 70 %",
        "16:12:24 Blue (1) measured",
        "Nearest shelters",
    ]
    assert [] == [part for part in expected if part not in text]
    assert "counts as closed" not in text


def test_a_closed_road_is_called_so_and_no_chance_of_closing_is_told(visit: Visit, engine: Engine, city: City) -> None:
    first = wet(engine, city, 0.3, 2)
    text = plain(visit("noData").get(f"/road/{first.low_point_id}?lang=en").text)
    assert "This road counts as closed." in text
    assert "Closes within" not in text


@pytest.mark.parametrize(
    ("before", "word"),
    [([(10, 0.1)], "rising"), ([(10, 0.3)], "falling"), ([(10, 0.19)], "steady"), ([(10, None)], ""), ([(7, 0.1)], ""), ([], "")],
)
def test_the_trend_is_told_where_ten_minutes_ago_is_known_and_nothing_where_it_is_not(
    visit: Visit, engine: Engine, city: City, before: list[tuple[float, float | None]], word: str
) -> None:
    first = wet(engine, city)
    water(engine, first, [(0, 0.2), *before])
    for address in ("/?lang=en", f"/road/{first.low_point_id}?lang=en"):
        text = plain(visit("noData").get(address).text)
        assert ([word] if word else []) == [one for one in ("rising", "falling", "steady") if one in text]


def test_no_trend_is_told_of_what_is_only_last_known(visit: Visit, engine: Engine, city: City) -> None:
    first = wet(engine, city)
    water(engine, first, [(0, 0.2), (10, 0.1)])
    later_us = NOW_US + 120 * SECOND_US
    text = plain(visit("noData", replace(city, simulated=False), later_us).get(f"/road/{first.low_point_id}?lang=en").text)
    assert "rising" not in text
    assert "STALE DATA" in text


def test_the_chart_breaks_where_nothing_was_known_and_says_the_same_in_words(visit: Visit, engine: Engine, city: City) -> None:
    first = wet(engine, city)
    known = [(ago, 0.1 + 0.001 * ago) for ago in range(60)]
    water(engine, first, [*known, (60, None), *((ago, 0.31) for ago in range(61, 90))])
    html = visit("noData").get(f"/road/{first.low_point_id}?lang=en").text
    assert 2 == html.count('<path class="water"')
    assert "Water at most 31 cm" in plain(html)
    assert "last 10 cm" in plain(html)


def test_what_is_older_than_three_hours_is_not_in_the_chart(visit: Visit, engine: Engine, city: City) -> None:
    first = wet(engine, city)
    hours = (HEARD_US - SEEN_US) / HOUR_US  # the chart ends where the log does
    water(engine, first, [(60 * (3 - hours) + 1, 0.9)])
    assert "Nothing was kept of these hours." in plain(visit("noData").get(f"/road/{first.low_point_id}?lang=en").text)


@pytest.mark.parametrize("name", ["LP99", "", "a/b", "%F0%9F%92%A7", "..%2F..%2Fetc", "<script>"])
@pytest.mark.parametrize(("language", "words"), [("en", "There is no such road"), ("zh", "没有这条道路")])
def test_a_road_that_is_none_is_told_so_in_words(visit: Visit, name: str, language: str, words: str) -> None:
    answer = visit("allDry").get(f"/road/{name}?lang={language}")
    assert 404 == answer.status_code
    assert words in answer.text
    assert "<script" not in answer.text


def test_whatever_a_road_is_named_its_page_is_found_from_the_list_and_from_the_map(visit: Visit, city: City) -> None:
    odd = replace(city.low_points[0], low_point_id='LP/1 &"?')
    visitor = visit("noData", replace(city, low_points=(odd,)))
    address = f"/road/{quote(odd.low_point_id, safe='')}?lang=en"
    assert 2 == visitor.get("/?lang=en").text.count(f'href="{address}"')
    answer = visitor.get(address)
    assert (200, True) == (answer.status_code, "Unknown" in answer.text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_road_of_a_storm_fits_into_a_few_kilobytes(visit: Visit, engine: Engine, city: City, language: str) -> None:
    visitor = visit("storm")
    water(engine, city.low_points[0], [(ago, 0.2 + 0.004 * (ago * 7 % 50)) for ago in range(180)])
    sizes = {point.low_point_id: len(visitor.get(f"/road/{point.low_point_id}?lang={language}").content) for point in city.low_points}
    assert {} == {name: size for name, size in sizes.items() if size > 8_000}
