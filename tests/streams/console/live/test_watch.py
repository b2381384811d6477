"""Looking costs an idle system little, a slow look is not made more often than it can be, and a fault ends nothing."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from streams import clock
from streams.bench.live_client import StateHeld
from streams.bench.postgres import NoServer, own_server
from streams.city.model import City
from streams.console.live.feed import Feed
from streams.console.live.watch import REST, OpenedOnce, Watch
from streams.store.engine import open_store
from streams.store.senders import beat
from tests.streams.console.live.listening import Listener, live, wait_until
from tests.streams.web.situations import NOW_US, all_dry


class Asked:
    """A question that can fail or take long."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.takes_s = 0.0
        self.began_s: list[float] = []

    def __call__(self, _: Engine) -> int:
        self.began_s.append(clock.monotonic_s())
        clock.sleep_s(self.takes_s)
        if self.error is not None:
            raise self.error
        return len(self.began_s)


def watch(engine: Engine, ask: Asked, took: list[int], every_s: float = 0.01, patience_s: float = 60.0) -> Watch[int]:
    return Watch("test", lambda: engine, ask, took.append, every_s, patience_s)


def test_nothing_is_asked_again_until_something_was_written(engine: Engine) -> None:
    ask, took = Asked(), list[int]()
    looks = watch(engine, ask, took)
    for _ in range(3):
        looks.look()
    assert [1] == took
    beat(engine, "sender", "sms", NOW_US)
    looks.look()
    looks.look()
    assert [1, 2] == took
    assert 5 == looks.looks


def test_what_failed_is_asked_again_though_nothing_was_written(engine: Engine) -> None:
    ask, took = Asked(), list[int]()
    looks = watch(engine, ask, took)
    assert looks.away
    ask.error = OperationalError("select", {}, Exception("away"))
    looks.look()
    assert (True, []) == (looks.away, took)
    ask.error = None
    looks.look()
    assert (False, [2]) == (looks.away, took)


def test_a_fault_of_ours_is_told_as_away_and_the_thread_goes_on(engine: Engine) -> None:
    ask, took, stop = Asked(), list[int](), threading.Event()
    ask.error = ValueError("a fault")
    looks = watch(engine, ask, took)
    thread = looks.start(stop)
    try:
        wait_until(lambda: len(ask.began_s) >= 2)
        assert looks.away
        ask.error = None
        wait_until(lambda: not looks.away)
        assert 1 == len(took)
    finally:
        stop.set()
        thread.join()


def test_after_a_look_it_rests_twice_as_long_as_that_took(engine: Engine) -> None:
    ask, took, stop = Asked(), list[int](), threading.Event()
    ask.takes_s = 0.2

    def take(number: int) -> None:
        beat(engine, f"{number}", "sms", NOW_US)  # so that there is something to ask about again
        took.append(number)

    looks = Watch("test", lambda: engine, ask, take, 0.01, 60.0)
    thread = looks.start(stop)
    try:
        wait_until(lambda: len(took) >= 3)
    finally:
        stop.set()
        thread.join()
    between_s = [after - before for before, after in zip(ask.began_s, ask.began_s[1:], strict=False)]
    assert min(between_s) >= (1 + REST) * ask.takes_s


def test_a_look_that_has_not_ended_in_time_counts_as_away(engine: Engine) -> None:
    looks = watch(engine, Asked(), [], patience_s=0.05)
    looks.look()
    assert not looks.away
    wait_until(lambda: looks.away)


def test_a_database_that_is_stopped_is_told_and_when_it_is_back_so_is_what_it_says(city: City) -> None:
    try:
        with own_server(safe=False) as server:
            url, stop, held = server.new_database(), threading.Event(), StateHeld()
            engine = open_store(url)
            all_dry(engine, city)
            engine.dispose()
            opened = OpenedOnce(url)
            with live(Feed(city, opened, stop, lambda: NOW_US), stop) as address, Listener(address, held) as client:
                client.wait(lambda held: held.snapshots and held.beat["store"] == "ok")
                server.stop()
                client.wait(lambda held: held.beat["store"] == "away", 6.0)
                server.start()
                beat(engine, "sender", "sms", NOW_US)
                client.wait(lambda held: held.beat["store"] == "ok" and held.state["system"]["senders"]["alive"] == 1, 10.0)
                assert (1, 0) == (held.snapshots, held.gaps)
            opened().dispose()
            engine.dispose()
    except NoServer as why:
        pytest.skip(str(why))
