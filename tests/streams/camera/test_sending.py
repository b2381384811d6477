"""Sending: nothing blocks the reading, nothing is lost while the gateway is away, and what is lost is counted."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler

import msgspec
import pytest

from streams.camera.message import CameraDepth, observation
from streams.camera.picture import Reading
from streams.camera.post import Gateway, Later, Never
from streams.camera.sender import Job, Sender
from tests.streams.camera.conftest import Until
from tests.streams.camera.server import say, serving

KEY = "k" * 32


def told(number: int) -> CameraDepth:
    return observation("LP01-camera", 1_626_769_860_000_000 + number * 1_000_000, Reading(0.27, 0.9))


class Away:
    """A gateway that is away until it is let in."""

    def __init__(self) -> None:
        self.here, self.taken, self.tries = threading.Event(), list[bytes](), 0

    def send(self, observations: list[bytes]) -> list[str]:
        self.tries += 1
        if not self.here.is_set():
            raise Later("status 503")
        self.taken += observations
        return []

    def upload(self, jpeg: bytes, station: str) -> str:
        if not self.here.is_set():
            raise Later("status 503")
        return hashlib.sha256(jpeg).hexdigest()


def test_offering_never_waits_and_all_arrives_in_order_when_the_gateway_is_back(until: Until) -> None:
    post = Away()
    sender = Sender(post, first_wait_s=0.001)
    for number in range(200):
        sender.offer(Job(told(number)))
    until(lambda: post.tries >= 3)
    assert "away" in sender.trouble
    assert 200 == sender.counts.waiting
    post.here.set()
    until(lambda: sender.counts.sent == 200)
    sender.close(5)
    times = [msgspec.json.decode(raw)["time"] for raw in post.taken]
    assert times == sorted(times)
    assert 200 == len(set(times))
    assert "" == sender.trouble


def test_a_full_queue_drops_the_oldest_and_counts_it(until: Until) -> None:
    post = Away()
    sender = Sender(post, most_waiting=5, first_wait_s=0.001)
    sender.offer(Job(told(0)))
    until(lambda: post.tries >= 1)  # it is in hand
    for number in range(1, 11):
        sender.offer(Job(told(number)))
    assert 5 == sender.counts.dropped
    post.here.set()
    until(lambda: sender.counts.waiting == 0)
    counts = sender.close(5)
    assert 6 == counts.sent
    assert told(10).time == msgspec.json.decode(post.taken[-1])["time"]


def test_the_end_does_not_wait_for_a_gateway_that_stays_away() -> None:
    sender = Sender(Away(), first_wait_s=0.001)
    sender.offer(Job(told(0)))
    counts = sender.close(0.1)
    assert (0, 1) == (counts.sent, counts.waiting)


def test_a_picture_is_named_in_its_observation_and_water_does_not_wait_for_one(until: Until) -> None:
    class NoPictures(Away):
        def upload(self, jpeg: bytes, station: str) -> str:
            if jpeg == b"refused":
                raise Never("status 413")
            return "a" * 64

    post = NoPictures()
    post.here.set()
    sender = Sender(post, first_wait_s=0.001)
    sender.offer(Job(told(0), b"taken"))
    sender.offer(Job(told(1), b"refused"))
    until(lambda: sender.counts.sent == 2)
    assert ["a" * 64, None] == [msgspec.json.decode(raw).get("image") for raw in post.taken]
    assert 1 == sender.close(5).pictures_lost


# over HTTP


def test_the_gateway_is_asked_as_it_is_written() -> None:
    asked = []

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.append((handler.path, handler.headers, body))
        if handler.path == "/pictures":
            say(handler, 201, msgspec.json.encode({"picture": hashlib.sha256(body).hexdigest()}))
        else:
            say(handler, 202, b'{"accepted": 1, "refused": [{"line": 2, "reason": "unknown_station", "detail": "LP99"}]}')

    with serving(answer) as url:
        gateway = Gateway(f"{url}/", KEY)
        assert hashlib.sha256(b"jpeg").hexdigest() == gateway.upload(b"jpeg", "LP01-camera")
        assert ["unknown_station LP99"] == gateway.send([b'{"a":1}', b'{"a":2}'])
        gateway.close()
    (path, headers, body), (path_2, headers_2, body_2) = asked
    assert ("/pictures", b"jpeg", "image/jpeg", "LP01-camera") == (path, body, headers["Content-Type"], headers["Lowpoint-Station"])
    assert ("/observations", [{"a": 1}, {"a": 2}]) == (path_2, msgspec.json.decode(body_2))
    assert {f"Bearer {KEY}"} == {headers["Authorization"], headers_2["Authorization"]}


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (503, b"{}", Later),
        (401, b"{}", Later),
        (429, b"{}", Later),
        (302, b"", Later),
        (200, b"{}", Later),
        (202, b"<html>", Later),
        (202, b'{"accepted": 1, "refused": "' + b"x" * 2**20 + b'"}', Later),
        (413, b"{}", Never),
        (400, b"{}", Never),
    ],
)
def test_an_answer_that_does_not_take_it_is_told_apart(status: int, body: bytes, raised: type[Exception]) -> None:
    with serving(lambda handler, _: say(handler, status, body, Location="http://127.0.0.1:9/")) as url:
        gateway = Gateway(url, KEY)
        with pytest.raises(raised):
            gateway.send([b"{}"])
        gateway.close()


@pytest.mark.parametrize("body", [b'{"picture": "../../etc"}', b'{"picture": 1}', b"[]", b""])
def test_a_picture_without_a_hash_is_not_named(body: bytes) -> None:
    with serving(lambda handler, _: say(handler, 201, body)) as url:
        gateway = Gateway(url, KEY)
        with pytest.raises(Never):
            gateway.upload(b"jpeg", "地下道-camera")
        gateway.close()


def test_a_gateway_that_is_not_there_is_away() -> None:
    with serving(lambda handler, _: say(handler, 202)) as url:
        pass
    gateway = Gateway(url, KEY)
    with pytest.raises(Later):
        gateway.send([b"{}"])
    gateway.close()
