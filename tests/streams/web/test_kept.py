"""The page stands while the store is away: the last good edition, never younger than it is (law 12)."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import httpx
import pytest
from anyio.to_thread import current_default_thread_limiter
from msgspec.structs import replace
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from streams.city.model import City
from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.web.app import make_app
from streams.web.kept import LONGEST_US, WRITE_EVERY_US, Keeper
from streams.web.snapshot import take_snapshot
from streams.web.source import Boards
from tests.streams.web.conftest import Visitor
from tests.streams.web.situations import NOW_US, one_red_unconfirmed
from tests.streams.web.test_page import plain, rows


class Clock:
    """A wall clock that a test turns."""

    def __init__(self) -> None:
        self.now_us = NOW_US

    def __call__(self) -> int:
        return self.now_us


class FailingStore:
    """The store of a test, which goes away: its file is gone, and nothing can be made in its place."""

    def __init__(self, folder: Path):
        self.folder = folder / "store"
        self.url = f"sqlite:///{self.folder / 'store.db'}"

    def go_away(self) -> None:
        shutil.rmtree(self.folder)
        self.folder.write_text("in the way", "utf-8")


@pytest.fixture
def town(city: City) -> City:
    return replace(city, simulated=False)


@pytest.fixture
def store(tmp_path: Path, engine: Engine, store_url: str, town: City) -> FailingStore:
    one_red_unconfirmed(engine, town)
    engine.dispose()
    store = FailingStore(tmp_path)
    store.folder.mkdir()
    shutil.copy(store_url.removeprefix("sqlite:///"), store.folder / "store.db")
    return store


def boards_of(town: City, store: FailingStore, clock: Clock, cache: Path | None = None) -> Boards:
    return Boards(town, store.url, clock, cache)


def went_away(boards: Boards, store: FailingStore) -> None:
    boards.make()
    boards.close()
    store.go_away()


def test_the_last_edition_is_shown_with_its_age_and_grows_older(town: City, store: FailingStore) -> None:
    clock = Clock()
    boards = boards_of(town, store, clock)
    went_away(boards, store)
    for later_us, age in ((30 * SECOND_US, "30 s ago"), (10 * MINUTE_US, "10 min ago"), (3 * HOUR_US, "3 h ago")):
        clock.now_us = NOW_US + later_us
        answer = Visitor(make_app(town, boards)).get("/?lang=en")
        text = plain(answer.text)
        assert 200 == answer.status_code
        assert f"OLD EDITION: the data store does not answer. What stands below was known {age}" in text
        assert f"{town.low_points[-1].name_en}" in rows(answer.text)[0]
        road = plain(Visitor(make_app(town, boards)).get(f"/road/{town.low_points[-1].low_point_id}?lang=en").text)
        assert f"was known {age}" in road


def test_soon_nothing_in_it_is_calm_any_more(town: City, store: FailingStore) -> None:
    clock = Clock()
    boards = boards_of(town, store, clock)
    went_away(boards, store)
    clock.now_us = NOW_US + 2 * MINUTE_US
    found = rows(Visitor(make_app(town, boards)).get("/?lang=en").text)
    assert len(town.low_points) == len(found), "no road is folded away"
    assert found[0].startswith("Red (4)")
    assert "last known" in found[0]
    assert {"Unknown"} == {row.split()[0] for row in found[1:]}


def test_machines_are_told_that_the_store_is_away(town: City, store: FailingStore) -> None:
    boards = boards_of(town, store, Clock())
    went_away(boards, store)
    visitor = Visitor(make_app(town, boards))
    assert [503, 503, 503] == [visitor.get(address).status_code for address in ("/health", "/points.geojson", "/closures.json")]


def test_after_a_day_it_says_only_that_nothing_is_known(town: City, store: FailingStore) -> None:
    clock = Clock()
    boards = boards_of(town, store, clock)
    went_away(boards, store)
    clock.now_us = NOW_US + LONGEST_US + SECOND_US
    answer = Visitor(make_app(town, boards)).get("/?lang=en")
    assert 503 == answer.status_code
    assert "not an all-clear" in answer.text
    assert "Red" not in answer.text


def test_a_process_that_starts_while_the_store_is_away_shows_what_the_last_one_kept(
    town: City, store: FailingStore, tmp_path: Path
) -> None:
    clock, cache = Clock(), tmp_path / "edition"
    went_away(boards_of(town, store, clock, cache), store)
    clock.now_us = NOW_US + 5 * MINUTE_US
    answer = Visitor(make_app(town, boards_of(town, store, clock, cache))).get("/?lang=en")
    assert (200, True) == (answer.status_code, "was known 5 min ago" in answer.text)
    assert 0o600 == cache.stat().st_mode & 0o777


@pytest.mark.parametrize("kept", [b"", b"\xff\x00", b"{}", None])
def test_a_file_that_holds_no_edition_is_none(town: City, store: FailingStore, tmp_path: Path, kept: bytes | None) -> None:
    cache = tmp_path / "edition"
    if kept is None:
        cache.mkdir()
    else:
        cache.write_bytes(kept)
    store.go_away()
    assert 503 == Visitor(make_app(town, boards_of(town, store, Clock(), cache))).get("/").status_code


def test_an_edition_of_another_city_is_none(engine: Engine, town: City, tmp_path: Path) -> None:
    file = tmp_path / "edition"
    Keeper(town, file).keep(take_snapshot(engine), NOW_US)
    assert Keeper(town, file).last(NOW_US) is not None
    assert Keeper(replace(town, name="Elsewhere"), file).last(NOW_US) is None


def test_a_clock_that_was_put_back_makes_nothing_younger(engine: Engine, town: City) -> None:
    keeper = Keeper(town)
    keeper.keep(take_snapshot(engine), NOW_US)
    assert keeper.last(NOW_US - HOUR_US) is None


def test_the_disk_is_not_written_every_second_and_one_that_is_full_keeps_nobody_waiting(engine: Engine, town: City, tmp_path: Path) -> None:
    snapshot, file = take_snapshot(engine), tmp_path / "edition"
    keeper = Keeper(town, file)
    keeper.keep(snapshot, NOW_US)
    first = file.read_bytes()
    keeper.keep(snapshot, NOW_US + WRITE_EVERY_US - 1)
    assert first == file.read_bytes()
    keeper.keep(snapshot, NOW_US + WRITE_EVERY_US)
    assert first != file.read_bytes()
    nowhere = Keeper(town, tmp_path / "missing" / "edition")
    nowhere.keep(snapshot, NOW_US)
    assert nowhere.last(NOW_US) is not None


def test_the_page_stands_while_all_threads_of_the_desk_wait_for_the_database(engine: Engine, store_url: str, town: City) -> None:
    """Desk and console wait in the threads that Starlette gives to all applications of a process: the page has its own."""
    one_red_unconfirmed(engine, town)
    app, let_go = make_app(town, Boards(town, store_url, Clock())), threading.Event()

    async def ask() -> int:
        limiter = current_default_thread_limiter()
        waiting = [asyncio.ensure_future(run_in_threadpool(let_go.wait, 60)) for _ in range(int(limiter.total_tokens))]
        try:
            while limiter.available_tokens:
                await asyncio.sleep(0.01)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
                return (await asyncio.wait_for(client.get("/"), 10)).status_code
        finally:
            let_go.set()
            await asyncio.gather(*waiting)

    assert 200 == asyncio.run(ask())
