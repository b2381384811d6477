"""Signs are told over real HTTP: signed, at once, in order, each on its own, and never open on stale data."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from streams.city.model import City
from streams.observation.moments import SECOND_US, parse_us
from streams.signs import service
from streams.signs.service import Seen, Signs
from streams.signs.targets import Target
from streams.store.lookout import Sight
from streams.store.queries import DistrictHeard, PointNow
from tests.streams.signs.receiver import Receiver
from tests.streams.towns import town

START_US = 1_784_535_744 * SECOND_US
SECRET = b"0123456789abcdef"
CITY = town(2)


class World:
    """What the store says and what time it is, both in the hands of the test; and the service that tells of it."""

    def __init__(self, city: City = CITY):
        self.city = city
        self.now_us = START_US
        self.looks = 0
        self._looked = threading.Condition()
        self.sight: Sight[Seen] | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.left = 0
        self.levels: dict[str, Any] = {"P0": 0, "P1": 0}
        self.hear()

    def hear(self, **levels: Any) -> None:
        """The district is heard at this moment."""
        self.levels |= levels
        points = {name: PointNow(name, level, 0, "measured", False, 0.1, 1, 1) for name, level in self.levels.items()}
        self.sight = Sight(1, Seen({"D1": DistrictHeard("D1", self.now_us, self.now_us)}, points, {}))

    def go_on(self, seconds: float, heard: bool = True, **levels: Any) -> None:
        self.now_us += round(seconds * SECOND_US)
        if heard:
            self.hear(**levels)

    def latest(self) -> Sight[Seen] | None:
        with self._looked:
            self.looks += 1
            self._looked.notify_all()
        return self.sight

    def wait_for_looks(self, count: int = 3) -> None:
        """Until the service has looked so often from now on: what was due has been sent off."""
        with self._looked:
            wanted = self.looks + count
            assert self._looked.wait_for(lambda: self.looks >= wanted, 15)

    def start(self, *targets: Target) -> None:
        signs = Signs(self.city, targets, self.latest, lambda: self.now_us)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(signs)))
        self._thread.start()

    async def _run(self, signs: Signs) -> None:
        await signs.run(self._stop, 0.01)
        self.left = len(asyncio.all_tasks()) - 1

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(15)
            assert not self._thread.is_alive()


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.stop()


Listen = Callable[..., Receiver]


@pytest.fixture
def listen(world: World) -> Iterator[Listen]:
    open_ones: list[Receiver] = []

    def listen(**how: Any) -> Receiver:
        open_ones.append(Receiver(SECRET, **how))
        return open_ones[-1]

    yield listen
    world.stop()  # before who answers it is gone
    for receiver in open_ones:
        receiver.close()


def test_a_sign_is_told_what_it_needs_under_a_signature(world: World, listen: Listen) -> None:
    receiver = listen()
    world.start(Target("P0", receiver.url, SECRET))
    (said,) = receiver.wait_for(1)
    assert {"low_point": "P0", "state": "open", "level": 0, "since": None, "status": "Test"}.items() <= said.items()
    assert START_US + 60 * SECOND_US == parse_us(said["valid_until"])
    assert START_US == said["number"]
    assert [] == receiver.refused


def test_a_wrong_secret_is_refused_by_the_sign_and_tried_again_less_often(world: World, listen: Listen) -> None:
    receiver = listen()
    world.start(Target("P0", receiver.url, b"another secret of ours"))
    receiver.wait_for(1)
    world.wait_for_looks(10)
    assert (0, 1) == (len(receiver.heard), len(receiver.refused))
    for _ in range(20):  # its answer may be read only after the clock went on
        world.go_on(1)
        world.wait_for_looks()
    assert (0, True) == (len(receiver.heard), 2 <= len(receiver.refused) <= 6)


def test_each_change_is_told_at_once_and_the_same_again_every_30_s(world: World, listen: Listen) -> None:
    receiver = listen()
    world.start(Target("P0", receiver.url, SECRET))
    receiver.wait_for(1)
    world.go_on(1, P0=3)
    receiver.wait_for(2)
    world.go_on(29, P0=3)
    world.wait_for_looks()
    assert [("open", 0), ("closed", 3)] == receiver.shows
    world.go_on(1, P0=3)
    receiver.wait_for(3)
    world.go_on(1, P0=0)
    heard = receiver.wait_for(4)
    assert [("open", 0), ("closed", 3), ("closed", 3), ("open", 0)] == receiver.shows
    numbers = [said["number"] for said in heard]
    assert sorted(set(numbers)) == numbers


def test_a_failed_post_is_never_made_up_for_with_an_older_state(world: World, listen: Listen) -> None:
    answers = iter([503, 500, 204, 204])
    receiver = listen(answer=lambda _: next(answers))
    world.start(Target("P0", receiver.url, SECRET))
    receiver.wait_for(1)
    world.wait_for_looks()
    world.go_on(0.1, P0=2)
    receiver.wait_for(2)
    world.wait_for_looks()
    world.go_on(1.1, P0=4)
    receiver.wait_for(3)
    world.wait_for_looks()
    assert [("open", 0), ("closed", 2), ("closed", 4)] == receiver.shows


def test_what_a_sign_is_being_told_is_not_overtaken(world: World, listen: Listen) -> None:
    answered = threading.Event()

    def slow(said: dict[str, Any]) -> int:
        answered.wait(3)
        return 204

    receiver = listen(answer=slow)
    world.start(Target("P0", receiver.url, SECRET))
    receiver.wait_for(1)
    world.go_on(1, P0=1)
    world.go_on(1, P0=2)
    world.wait_for_looks()
    assert [("open", 0)] == receiver.shows
    answered.set()
    receiver.wait_for(2)
    assert [("open", 0), ("closed", 2)] == receiver.shows, "what was between is not worth telling any more"


def test_a_dead_sign_delays_no_other(world: World, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "TIMEOUT_S", 60)
    silent = [socket.create_server(("127.0.0.1", 0)) for _ in range(120)]  # they take the connection and say nothing
    try:
        dead = [Target("P1", f"http://127.0.0.1:{one.getsockname()[1]}/{number}", SECRET) for number, one in enumerate(silent)]
        receiver = listen()
        world.start(*dead, Target("P0", receiver.url, SECRET))
        receiver.wait_for(1)
        world.go_on(1, P0=4)
        receiver.wait_for(2)
    finally:
        world.stop()
        for one in silent:
            one.close()


def test_a_sign_that_answers_bit_by_bit_is_given_up_in_time(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "TIMEOUT_S", 0.3)
    closed = threading.Event()
    gave_up = threading.Event()

    def trickle(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            try:
                while not closed.wait(0.05):  # each bit comes long before any wait of its own would end
                    connection.sendall(b"H")
            except OSError:
                gave_up.set()

    with socket.create_server(("127.0.0.1", 0)) as server, caplog.at_level(logging.WARNING):
        sign = threading.Thread(target=trickle, args=(server,))
        sign.start()
        world.start(Target("P0", f"http://127.0.0.1:{server.getsockname()[1]}/token", SECRET))
        try:
            assert gave_up.wait(10)
        finally:
            closed.set()
            sign.join()
    assert "TimeoutError" in caplog.text or "ProtocolError" in caplog.text
    assert "token" not in caplog.text


def test_a_store_that_is_not_heard_for_a_minute_says_nothing_open(world: World, listen: Listen) -> None:
    receiver = listen()
    world.start(Target("P0", receiver.url, SECRET), Target("P1", receiver.url, SECRET))
    receiver.wait_for(2)
    world.go_on(60.5, heard=False)
    receiver.wait_for(4)
    world.go_on(300, heard=False)
    receiver.wait_for(6)
    assert [("open", 0)] * 2 + [("unknown", "unknown")] * 4 == receiver.shows


def test_a_store_that_never_answered_says_nothing_open(world: World, listen: Listen) -> None:
    receiver = listen()
    world.sight = None
    world.start(Target("P0", receiver.url, SECRET))
    receiver.wait_for(1)
    assert [("unknown", "unknown")] == receiver.shows


def test_no_post_says_open_for_longer_than_its_district_counts_as_heard(world: World, listen: Listen) -> None:
    receiver = listen()
    world.start(Target("P0", receiver.url, SECRET))
    receiver.wait_for(1)
    world.go_on(45, heard=False)
    second = receiver.wait_for(2)[-1]
    assert ("open", START_US + 60 * SECOND_US) == (second["state"], parse_us(second["valid_until"]))
    world.go_on(6)
    third = receiver.wait_for(3)[-1]
    assert ("open", START_US + 111 * SECOND_US) == (third["state"], parse_us(third["valid_until"])), "renewed before it runs out"


def test_once_stopped_it_posts_nothing(world: World, listen: Listen) -> None:
    receiver = listen()
    world.start(Target("P0", receiver.url, SECRET))
    receiver.wait_for(1)
    world.stop()
    world.go_on(60, P0=0)
    assert 1 == len(receiver.heard)


def test_a_stop_while_a_sign_is_silent_is_quick_and_leaves_nothing_under_way(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        world.start(Target("P0", f"http://127.0.0.1:{silent.getsockname()[1]}/", SECRET))
        world.wait_for_looks()
        world.stop()
    assert 0 == world.left


def test_what_is_signed_follows_no_redirect(world: World, listen: Listen) -> None:
    elsewhere = listen()
    receiver = listen(answer=lambda _: 307, location=elsewhere.url)
    world.start(Target("P0", receiver.url, SECRET))
    receiver.wait_for(1)
    world.go_on(1, P0=3)  # once this is told, the first post has ended
    receiver.wait_for(2)
    assert [] == elsewhere.heard
