"""The stream over HTTP: nothing is missed over a reconnect, many share one look, and what is away or old is told (law 12)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from streams import clock
from streams.bench.live_client import StateHeld, events
from streams.city.model import City
from streams.console.live import stream as stream_module
from streams.console.live.feed import Feed
from streams.console.live.versions import Versions
from streams.desk.caller import Caller
from streams.observation.moments import SECOND_US, to_text
from streams.rules.outputs import OutputMessage, Standing
from streams.store.projection import rows_of, save
from tests.streams.console.live.listening import Listener, anybody, live, wait_until
from tests.streams.web.situations import HEARD_US, NOW_US, SAID_US, all_dry, one_red_unconfirmed, state, storm, warning


class Store:
    """A store that can be away."""

    def __init__(self, engine: Engine):
        self.engine = engine
        self.away = False

    def __call__(self) -> Engine:
        if self.away:
            raise OperationalError("connect", {}, Exception("nobody listens"))
        return self.engine


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    stop = threading.Event()
    yield stop
    stop.set()


@pytest.fixture
def feed(city: City, store: Store, stop: threading.Event) -> Feed:
    begun_us = clock.now_us()
    return Feed(city, store, stop, lambda: NOW_US + clock.now_us() - begun_us)


def write(engine: Engine, city: City, number: int) -> None:
    """A standing in which the first point stands so many millimetres deep."""
    point = city.low_points[0]
    own = [state(point, 0, number / 1000)]
    standing = Standing(point.district_id, to_text(SAID_US + number), 0.0, own, [])
    save(engine, [rows_of(OutputMessage(point.district_id, HEARD_US + number, [], [standing]))], NOW_US)


def has_more(many: list[Request], than: int) -> bool:
    return len(many) > than


def has_snapshots(number: int, held: StateHeld) -> bool:
    return held.snapshots == number


def depth_m(held: StateHeld, city: City) -> float | None:
    """How deep the first point stands, as far as a client knows; None where it knows nothing of it."""
    found: float | None = held.state.get("point", {}).get(city.low_points[0].low_point_id, {}).get("depth_m")
    return found


def is_deep(city: City, millimetres: int, held: StateHeld) -> bool:
    return depth_m(held, city) == millimetres / 1000


def test_a_client_hears_a_beat_and_the_whole_state_at_once_and_then_what_changes(
    engine: Engine, city: City, feed: Feed, stop: threading.Event
) -> None:
    one_red_unconfirmed(engine, city)
    red = city.low_points[-1].low_point_id
    with live(feed, stop) as address, Listener(address) as client:
        client.wait(lambda held: held.snapshots and held.beat)
        assert 4 == client.point(red)["level"]
        write(engine, city, 77)
        client.wait(lambda held: depth_m(held, city) == 0.077)
        assert (1, 0) == (client.held.snapshots, client.held.gaps)
        assert "beat" == client.names[0]


def test_the_beat_tells_the_age_of_the_data(engine: Engine, city: City, feed: Feed, stop: threading.Event) -> None:
    all_dry(engine, city)
    with live(feed, stop) as address, Listener(address) as client:
        client.wait(lambda held: held.beat and held.beat["store"] == "ok" and held.beat["data_at"])
        beat = client.held.beat
    assert to_text(HEARD_US) == beat["data_at"]
    assert (False, [], False) == (beat["stale"], beat["silent_districts"], beat["storm_time"])
    assert 14.0 <= beat["age_s"] < 24.0
    assert "2026-07-20T08:22:24" <= beat["now"] < "2026-07-20T08:22:34"


def test_before_any_data_all_is_unknown_and_stale(city: City, feed: Feed, stop: threading.Event) -> None:
    with live(feed, stop) as address, Listener(address) as client:
        client.wait(lambda held: held.snapshots and held.beat)
        assert {None} == {point["level"] for point in client.held.state["point"].values()}
        assert (None, None, True) == tuple(client.held.beat[name] for name in ("data_at", "age_s", "stale"))


def test_a_reconnect_midway_misses_nothing_while_a_writer_writes(engine: Engine, city: City, feed: Feed, stop: threading.Event) -> None:
    storm(engine, city)
    held, last = StateHeld(), 60
    done = threading.Event()

    def write_on() -> None:
        for number in range(1, last + 1):
            write(engine, city, number)
            done.wait(0.02)

    def enough(deltas: int, held: StateHeld) -> bool:
        return held.deltas >= deltas or depth_m(held, city) == last / 1000

    with live(feed, stop) as address:
        writer = threading.Thread(target=write_on)
        writer.start()
        for _ in range(4):
            deltas = held.deltas
            with Listener(address, held) as client:
                client.wait(partial(enough, deltas + 2))
        writer.join()
        with Listener(address, held) as client, Listener(address) as fresh:
            for one in (client, fresh):
                one.wait(lambda held: depth_m(held, city) == last / 1000)
            assert fresh.held.state == client.held.state
    assert (1, 0) == (held.snapshots, held.gaps), "a client that was away for a moment gets what it lacks, and no more"


def test_after_a_restart_of_the_web_process_the_whole_state_comes_anew(engine: Engine, city: City, store: Store) -> None:
    all_dry(engine, city)
    held = StateHeld()
    for number in (1, 2):
        stop = threading.Event()
        write(engine, city, number)
        with live(Feed(city, store, stop, lambda: NOW_US), stop) as address, Listener(address, held) as client:
            client.wait(partial(has_snapshots, number))
    assert 0.002 == held.state["point"][city.low_points[0].low_point_id]["depth_m"]


def test_the_last_id_may_come_in_the_address_too_and_the_header_goes_first(
    engine: Engine, city: City, feed: Feed, stop: threading.Event
) -> None:
    all_dry(engine, city)
    with live(feed, stop) as address:
        with Listener(address) as client:
            client.wait(lambda held: held.snapshots)
        last = client.held.last
        write(engine, city, 5)
        wait_until(lambda: feed.versions.version >= 2)
        for where, headers in ((f"{address}?last={last}", {}), (f"{address}?last=x-1", {"Last-Event-ID": last})):
            with Listener(where, headers=headers) as again:
                again.wait(lambda held: held.deltas)
                assert 0 == again.held.snapshots
        with Listener(f"{address}?last={last}", headers={"Last-Event-ID": "x-1"}) as stranger:
            stranger.wait(lambda held: held.snapshots)


def test_twenty_clients_share_one_look(engine: Engine, city: City, feed: Feed, stop: threading.Event) -> None:
    all_dry(engine, city)
    with live(feed, stop) as address:
        clients = [Listener(address) for _ in range(20)]
        for client in clients:
            client.wait(lambda held: held.snapshots)
        asked = [watch.asked for watch in feed.watches]
        write(engine, city, 9)
        for client in clients:
            client.wait(lambda held: depth_m(held, city) == 0.009)
        wait_until(lambda: all(watch.asked > before for watch, before in zip(feed.watches, asked, strict=True)))
        assert [1, 1, 1] == [watch.asked - before for watch, before in zip(feed.watches, asked, strict=True)]
        for client in clients:
            client.leave()


def test_an_idle_store_is_asked_for_nothing_but_its_mark(engine: Engine, city: City, feed: Feed, stop: threading.Event) -> None:
    all_dry(engine, city)
    feed.start()
    wait_until(lambda: feed.versions.version > 0)
    asked, looks = [watch.asked for watch in feed.watches], feed.watches[0].looks
    wait_until(lambda: feed.watches[0].looks > looks + 5)
    assert asked == [watch.asked for watch in feed.watches]
    assert 1 == feed.versions.version


def test_a_store_that_is_away_is_told_within_seconds_and_that_it_is_back_too(
    engine: Engine, city: City, feed: Feed, store: Store, stop: threading.Event
) -> None:
    all_dry(engine, city)
    with live(feed, stop) as address, Listener(address) as client:
        client.wait(lambda held: held.snapshots and held.beat and held.beat["store"] == "ok")
        store.away = True
        client.wait(lambda held: held.beat["store"] == "away", 3.0)
        age_s = client.held.beat["age_s"]
        client.wait(lambda held: held.beat["age_s"] > age_s + 1.0, 6.0)
        write(engine, city, 3)
        store.away = False
        client.wait(lambda held: held.beat["store"] == "ok" and depth_m(held, city) == 0.003, 5.0)
        assert (1, 0) == (client.held.snapshots, client.held.gaps)


def test_a_store_that_hangs_is_away_and_points_get_unknown_with_time(
    engine: Engine, city: City, store: Store, stop: threading.Event
) -> None:
    """Whoever looks is stuck; the age that clients are told is not."""
    all_dry(engine, city)
    hang, now = threading.Event(), [NOW_US]

    def opened() -> Engine:
        if len(now) > 1:
            hang.wait()
        return store()

    feed = Feed(city, opened, stop, lambda: now[-1])
    with live(feed, stop) as address, Listener(address) as client:
        client.wait(lambda held: held.snapshots and held.beat["store"] == "ok")
        assert {0} == {point["level"] for point in client.held.state["point"].values()}
        now.append(NOW_US + 90 * SECOND_US)
        client.wait(lambda held: {None} == {point["level"] for point in held.state["point"].values()}, 5.0)
        client.wait(lambda held: held.beat["store"] == "away" and held.beat["stale"], 10.0)
        hang.set()


def test_the_server_stops_promptly_with_open_streams(engine: Engine, city: City, feed: Feed, stop: threading.Event) -> None:
    all_dry(engine, city)
    with live(feed, stop) as address:
        clients = [Listener(address) for _ in range(5)]
        for client in clients:
            client.wait(lambda held: held.snapshots)
        begun_s = clock.monotonic_s()
        stop.set()
        for client in clients:
            client.wait_for_end(2.0)
    assert clock.monotonic_s() - begun_s < 3.0


def test_who_may_not_look_is_told_so_and_what_to_do(engine: Engine, city: City, feed: Feed, stop: threading.Event) -> None:
    def who(request: Request) -> Caller | None:
        asked = request.headers.get("authorization")
        if asked == "Bearer broken":
            raise OperationalError("select", {}, Exception("away"))
        return anybody(request) if asked == "Bearer right" else None

    with live(feed, stop, who) as address:
        found = {token: httpx.head(address, headers={"Authorization": f"Bearer {token}"}) for token in ("wrong", "broken", "right")}
        assert {"wrong": 401, "broken": 503, "right": 200} == {token: answer.status_code for token, answer in found.items()}
        assert found["broken"].headers["retry-after"]
        assert {"no-store"} == {answer.headers["cache-control"] for answer in found.values()}
        assert "sign in" in httpx.get(address).json()["detail"]
        with httpx.stream("GET", address, headers={"Authorization": "Bearer right"}) as answer:
            assert "text/event-stream; charset=utf-8" == answer.headers["content-type"]
            assert "no" == answer.headers["x-accel-buffering"]


def test_a_stream_ends_when_the_session_does_and_a_store_that_is_away_ends_none(
    engine: Engine, city: City, feed: Feed, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "CHECK_S", 0.2)
    monkeypatch.setattr(stream_module, "BEAT_S", 0.1)
    answers: list[Any] = [None]
    asked = []

    def who(request: Request) -> Caller | None:
        asked.append(request)
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return None if answers[-1] == "over" else anybody(request)

    with live(feed, stop, who) as address:
        for over in ("over", HTTPException(401, "over")):
            answers.append(None)
            with Listener(address) as client:
                client.wait(lambda held: held.snapshots)
                answers.append(OperationalError("select", {}, Exception("away")))
                wait_until(partial(has_more, asked, len(asked) + 2))
                assert not client.ended
                answers.append(over)
                client.wait_for_end(5.0)


def test_beyond_the_limit_clients_are_told_to_come_again_and_a_place_that_gets_free_is_given(
    engine: Engine, city: City, feed: Feed, stop: threading.Event
) -> None:
    with live(feed, stop, most=2) as address:
        clients = [Listener(address) for _ in range(2)]
        for client in clients:
            client.wait(lambda held: held.snapshots)
        refused = httpx.get(address)
        assert 503 == refused.status_code
        assert 5 <= int(refused.headers["retry-after"]) <= 10
        clients[0].leave()
        wait_until(lambda: httpx.head(address).status_code == 200)
        with Listener(address) as another:
            another.wait(lambda held: held.snapshots)
        clients[1].leave()


def test_a_client_that_reads_nothing_is_not_waited_for_and_gets_the_whole_state_when_it_reads_again(
    engine: Engine, city: City, feed: Feed, stop: threading.Event
) -> None:
    storm(engine, city)
    feed.versions = Versions("e", most=3)
    point, last = city.low_points[0], 16
    with live(feed, stop) as address, Listener(address) as quick, httpx.stream("GET", address, timeout=20.0) as answer:
        quick.wait(lambda held: held.snapshots)
        for number in range(1, last + 1):
            # more than fits into what lies between server and client
            long = warning(point, 1, number / 1000, -number, reason=f"{number} " + 400_000 * "x")
            save(engine, [rows_of(OutputMessage(point.district_id, HEARD_US, [], [long]))], NOW_US)
            quick.wait(partial(is_deep, city, number))
        slow = StateHeld()
        for event in events(answer.iter_lines()):
            slow.take(event)
            if depth_m(slow, city) == last / 1000:
                break
        assert slow.state == quick.held.state
        assert (2, 0) == (slow.snapshots, slow.gaps)
        assert slow.deltas < last
