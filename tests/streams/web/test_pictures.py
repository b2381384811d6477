"""The public gets searched copies of what it may see, no path leads anywhere else, and a road's page shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, update
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.types import ASGIApp

from streams.city.model import City
from streams.observation.moments import MINUTE_US
from streams.pictures.apart import TooBusy
from streams.pictures.keep import keep_picture
from streams.pictures.public import PublicCopies
from streams.pictures.refused import PictureRefused, Refusal
from streams.pictures.shelf import Shelf
from streams.reports.report import Report
from streams.store.engine import writing
from streams.store.reports_acts import Asked, accept, hide
from streams.store.reports_schema import PICTURES
from streams.web.app import make_app
from streams.web.pictures import pictures_route
from streams.web.source import Boards
from tests.streams.pictures.made import name_of, taken
from tests.streams.pictures.searcher import Searcher
from tests.streams.reports.kept import keep
from tests.streams.reports.office import office
from tests.streams.web.conftest import Visitor
from tests.streams.web.situations import NOW_US, SITUATIONS
from tests.streams.web.test_page import plain


@pytest.fixture
def searcher() -> Searcher:
    return Searcher()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "pictures", free_bytes=0)


@pytest.fixture
def copies(shelf: Shelf, searcher: Searcher) -> Iterator[PublicCopies]:
    made = PublicCopies(shelf, searcher)
    yield made
    searcher.may_go_on.set()
    made.close()


@pytest.fixture
def public(engine: Engine, shelf: Shelf, copies: PublicCopies) -> Visitor:
    """One picture that the public may see, one that it may not, and one of a camera, without a row."""
    with writing(engine) as connection:
        keep_picture(connection, shelf, taken(b"accepted"), "report", 1)
        keep_picture(connection, shelf, taken(b"new"), "report", 1)
        connection.execute(update(PICTURES).where(PICTURES.c.picture == name_of(b"accepted")).values(public=1))
    shelf.put(b"camera")
    return asking(pictures_route(lambda: engine, copies, known_s=0))


def asking(*routes: Any) -> Visitor:
    return Visitor(Starlette(routes=list(routes)))


def address(content: bytes) -> str:
    return f"/pictures/{name_of(content)}.jpg"


ACCEPTED = address(b"accepted")


def test_the_searched_copy_is_shown_and_never_the_picture_itself(public: Visitor, searcher: Searcher) -> None:
    for _ in range(3):
        answer = public.get(ACCEPTED)
        assert (200, b"accepted well") == (answer.status_code, answer.content)
    assert [b"accepted"] == searcher.searched
    assert "image/jpeg" == answer.headers["content-type"]


def test_a_browser_runs_nothing_of_it_and_does_not_keep_it_for_long(public: Visitor) -> None:
    headers = public.get(ACCEPTED).headers
    assert ("nosniff", "default-src 'none'; sandbox") == (headers["x-content-type-options"], headers["content-security-policy"])
    assert "public, max-age=300" == headers["cache-control"]
    assert 304 == public.get(ACCEPTED, if_none_match=headers["etag"]).status_code


@pytest.mark.parametrize("content", [b"new", b"camera", b"never seen"])
def test_the_undecided_and_cameras_pictures_are_not_there(public: Visitor, searcher: Searcher, content: bytes) -> None:
    answer = public.get(address(content))
    assert (404, "no-store") == (answer.status_code, answer.headers["cache-control"])
    assert [] == searcher.searched


def test_what_is_taken_back_is_not_there_any_more(public: Visitor, engine: Engine) -> None:
    assert 200 == public.get(ACCEPTED).status_code
    with writing(engine) as connection:
        connection.execute(update(PICTURES).values(public=0))
    assert 404 == public.get(ACCEPTED).status_code


def test_who_asks_soon_after_another_costs_no_question(public: Visitor, engine: Engine, copies: PublicCopies) -> None:
    asked = []

    def counted() -> Engine:
        asked.append(1)
        return engine

    visitor = asking(pictures_route(counted, copies, known_s=1000))
    assert [200] * 3 == [visitor.get(ACCEPTED).status_code for _ in range(3)]
    assert [404] * 2 == [visitor.get(address(b"new")).status_code for _ in range(2)]
    assert 1 + 2 == len(asked)


@pytest.mark.parametrize(
    "path",
    ["/pictures/key.jpg", "/pictures/..%2Fkey.jpg", "/pictures/%00.jpg", "/pictures/.jpg", "/pictures/" + "a" * 64, "/pictures/../key"],
)
def test_no_path_leads_elsewhere(public: Visitor, shelf: Shelf, path: str) -> None:
    (shelf.folder / "key").write_bytes(b"secret")
    (shelf.folder / "key.jpg").write_bytes(b"secret")
    answer = public.get(path)
    assert (404, False) == (answer.status_code, b"secret" in answer.content)


def test_what_cannot_be_searched_is_not_shown_and_asked_for_again_if_it_is_only_late(public: Visitor, searcher: Searcher) -> None:
    for fault in (TooBusy("later"), OSError("no room")):
        searcher.fails = fault
        late = public.get(ACCEPTED)
        assert (503, True) == (late.status_code, "retry-after" in late.headers)
    searcher.fails = PictureRefused(Refusal.TOO_SLOW, "too slow")
    assert 404 == public.get(ACCEPTED).status_code
    searcher.fails = None
    assert 200 == public.get(ACCEPTED).status_code


def test_a_first_reader_waits_for_so_long_and_is_told_to_come_again(
    public: Visitor, engine: Engine, copies: PublicCopies, searcher: Searcher
) -> None:
    searcher.may_go_on.clear()
    late = asking(pictures_route(lambda: engine, copies, wait_s=0.05)).get(ACCEPTED)
    assert (503, "5", "no-store") == (late.status_code, *(late.headers[name] for name in ("retry-after", "cache-control")))
    searcher.may_go_on.set()
    assert b"accepted well" == public.get(ACCEPTED).content
    assert 1 == len(searcher.searched)


def test_a_store_that_is_away_is_told_as_that(copies: PublicCopies) -> None:
    def away() -> Engine:
        raise OperationalError("select", {}, Exception())

    assert 503 == asking(pictures_route(away, copies)).get(ACCEPTED).status_code


def test_many_first_readers_cost_one_search(public: Visitor, searcher: Searcher) -> None:
    async def ask() -> list[int]:
        transport = httpx.ASGITransport(public._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            answers = await asyncio.gather(*[client.get(ACCEPTED) for _ in range(12)])
            return [answer.status_code for answer in answers]

    assert [200] * 12 == asyncio.run(ask())
    assert 1 == len(searcher.searched)


# the road's page


def seen(number: int, ago_min: float = 14, **more: Any) -> Report:
    """An accepted report with a picture of its own."""
    observed_us = round(NOW_US - ago_min * MINUTE_US)
    told = {"low_point": "LP07", "depth": "knee", "picture": f"{number:064x}", "state": "accepted", **more}
    return Report(f"r{number}", observed_us + MINUTE_US, observed_us, "en", **told)


def show(engine: Engine, *reports: Report, public: int = 1) -> None:
    keep(engine, *reports)
    with writing(engine) as connection:
        connection.execute(update(PICTURES).values(public=public))


@pytest.fixture
def app(engine: Engine, store_url: str, city: City, tmp_path: Path, copies: PublicCopies) -> Iterator[ASGIApp]:
    SITUATIONS["storm"](engine, city)
    boards, reports = Boards(city, store_url, lambda: NOW_US), office(store_url, tmp_path / "pictures", lambda: NOW_US, city)
    yield make_app(city, boards, None, reports, copies)
    reports.close()
    boards.close()


def road(app: ASGIApp, language: str = "en", name: str = "LP07") -> str:
    return Visitor(app).get(f"/road/{name}?lang={language}").text


def test_a_road_shows_its_pictures_with_their_age_and_depth(engine: Engine, city: City, app: ASGIApp) -> None:
    show(engine, seen(1), seen(2, 30, depth=""))
    name = next(point for point in city.low_points if point.low_point_id == "LP07")
    html = road(app)
    assert (
        f'<img src="/pictures/{1:064x}.jpg" width="8" height="8" loading="lazy" alt="Water at {name.name_en}, 14 min ago: To the knee">'
        in html
    )
    assert f'alt="Water at {name.name_en}, 30 min ago">' in html
    assert "14 min ago · To the knee" in plain(html)
    assert f'alt="{name.name}水情，14 分钟前：到膝盖">' in road(app, "zh")


def test_the_newest_three_each_once(engine: Engine, app: ASGIApp) -> None:
    show(engine, *[seen(number, 10 * number) for number in (4, 1, 3, 2)], seen(9, 5, picture=f"{1:064x}"))
    html = road(app)
    assert [f"{number:064x}" for number in (1, 2, 3)] == [part.split(".jpg")[0] for part in html.split("/pictures/")[1:]]


@pytest.mark.parametrize(
    "other",
    [{"state": "new"}, {"state": "hidden"}, {"training": True}, {"low_point": "LP08"}, {"low_point": None}, {"ago_min": 181}],
    ids=str,
)
def test_no_other_picture_is_shown(engine: Engine, app: ASGIApp, other: dict[str, Any]) -> None:
    show(engine, seen(1, **other))
    assert "/pictures/" not in road(app)


def test_none_is_shown_that_nobody_wanted_shown(engine: Engine, app: ASGIApp) -> None:
    show(engine, seen(1), public=0)
    assert "/pictures/" not in road(app)


def test_without_a_folder_of_pictures_none_is_shown(engine: Engine, store_url: str, city: City, app: ASGIApp) -> None:
    show(engine, seen(1))
    assert "/pictures/" in road(app)
    without = make_app(city, Boards(city, store_url, lambda: NOW_US))
    assert "/pictures/" not in road(without)
    assert 404 == Visitor(without).get(f"/pictures/{1:064x}.jpg").status_code


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_with_pictures_is_small_and_loads_nothing_from_elsewhere(engine: Engine, app: ASGIApp, language: str) -> None:
    show(engine, *[seen(number) for number in range(3)])
    answer = Visitor(app).get(f"/road/LP07?lang={language}")
    assert 3 == answer.text.count("<img ")
    assert len(answer.content) < 10_000
    assert "img-src 'self' data:" in answer.headers["content-security-policy"]


def test_a_picture_that_an_operator_takes_back_is_gone_when_a_found_copy_is_not_kept_any_more(
    engine: Engine, shelf: Shelf, copies: PublicCopies, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr("streams.web.pictures.clock.monotonic_s", lambda: now_s[0])
    name = shelf.put(b"accepted")
    keep(engine, Report("r0", NOW_US, NOW_US, "en", picture=name, group_id="r0"))
    visitor = asking(pictures_route(lambda: engine, copies))
    accept(engine, Asked("a1", "li", "r0", NOW_US, ("r0",)), 0.5, lambda _: None, {}, show_pictures=True)
    assert 200 == visitor.get(address(b"accepted")).status_code
    hide(engine, Asked("a2", "li", "r0", NOW_US, ("r0",)), "a face", accepted=True)
    now_s[0] += 5.0
    assert 404 == visitor.get(address(b"accepted")).status_code
