"""Live cameras: whatever a server does, the reading goes on, and comes back when the server does."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from itertools import pairwise

import cv2
import numpy as np
import pytest

from streams import clock
from streams.camera.live_frames import BURST, Snapshots, Unreachable, snapshot_shots, stream_shots
from streams.camera.picture import LARGEST_BYTES
from streams.camera.shots import Shot
from tests.streams.camera.server import Answer, say, serving

JPEG = cv2.imencode(".jpg", np.full((72, 96, 3), 99, np.uint8))[1].tobytes()


def snapshots(url: str, timeout_s: float = 0.3) -> Snapshots:
    return Snapshots(f"{url}/snapshot.jpg", None, clock.monotonic_s, timeout_s)


def good(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    say(handler, 200, JPEG, "image/jpeg")


def hangs(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    threading.Event().wait(1)


def drips(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b"\xff")
        handler.wfile.flush()
        threading.Event().wait(0.05)


def huge(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.end_headers()
    handler.close_connection = True
    for _ in range(LARGEST_BYTES // 2**20 + 2):
        handler.wfile.write(bytes(2**20))


def breaks_off(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(JPEG[:50])
    handler.close_connection = True


def bomb() -> bytes:
    """A small PNG whose head tells of 60,000 x 60,000 pixels."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


BAD: list[tuple[Answer, str]] = [
    (hangs, "Timeout"),
    (drips, "not through"),
    (huge, "larger than"),
    (breaks_off, "Error"),
    (lambda handler, body: say(handler, 200, b"garbage" * 100, "image/jpeg"), "no picture"),
    (lambda handler, body: say(handler, 200, JPEG[:60], "image/jpeg"), "no picture"),
    (lambda handler, body: say(handler, 200, bomb(), "image/png"), "no picture"),
    (lambda handler, body: say(handler, 200, b"<html>", "text/html"), "text/html"),
    (lambda handler, body: say(handler, 200, JPEG, "image/jpeg", Content_Encoding="gzip"), "packed"),
    (lambda handler, body: say(handler, 404, b"", "image/jpeg"), "status 404"),
    (lambda handler, body: say(handler, 302, b"", "image/jpeg", Location="file:///etc/passwd"), "elsewhere"),
    (lambda handler, body: say(handler, 301, b"", "image/jpeg", Location="ftp://127.0.0.1/a.jpg"), "elsewhere"),
]


@pytest.mark.parametrize(("answer", "word"), BAD)
def test_a_bad_answer_is_told_and_no_more(answer: Answer, word: str) -> None:
    with serving(answer) as url:
        camera = snapshots(url)
        with pytest.raises(Unreachable, match=word):
            camera.fetch()
        camera.close()


def test_a_camera_that_is_not_there_is_told() -> None:
    with serving(good) as url:
        pass
    camera = snapshots(url)
    with pytest.raises(Unreachable, match="Connect"):
        camera.fetch()
    camera.close()


def test_a_picture_is_fetched() -> None:
    with serving(good) as url:
        camera = snapshots(url, 5)
        assert (72, 96, 3) == camera.fetch().shape
        camera.close()


def test_the_reading_goes_on_through_all_of_it_and_comes_back() -> None:
    """One after the other every bad answer, then good ones: a shot for each that says why, then frames."""
    todo = [answer for answer, _ in BAD]

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        (todo.pop(0) if todo else good)(handler, body)

    stop, shots = threading.Event(), list[Shot]()
    with serving(answer) as url:
        camera = snapshots(url)
        for shot in snapshot_shots(camera, 0.0, clock.now_us, stop, lambda: -1.0, frame_s=0.0):  # no chance, no waiting
            shots.append(shot)
            if len(shots) == len(BAD) + BURST:
                stop.set()
        camera.close()
    assert all(shot.picture is None and shot.trouble and shot.last for shot in shots[: len(BAD)])
    assert all(shot.picture is not None for shot in shots[len(BAD) :])
    assert shots[-1].last


class Stream:
    """Stands in for a stream of OpenCV: gives so many frames, then ends."""

    def __init__(self, frames: int):
        self.left, self.released = frames, False

    def isOpened(self) -> bool:  # noqa: N802
        return self.left > 0

    def grab(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def retrieve(self) -> tuple[bool, np.ndarray]:
        return True, np.zeros((72, 96, 3), np.uint8)

    def release(self) -> None:
        self.released = True


def test_a_stream_that_ends_is_opened_again() -> None:
    streams = [Stream(0), Stream(200), Stream(0), Stream(200)]
    opened, stop, shots = list(streams), threading.Event(), list[Shot]()
    now = iter(range(0, 10**12, 100_000))
    for shot in stream_shots("rtsp://127.0.0.1/a", 10, lambda: next(now), stop, lambda: -1.0, lambda _: opened.pop(0)):  # type: ignore[arg-type, return-value]
        shots.append(shot)
        if not opened and shot.last and shot.picture is not None:
            stop.set()
    assert all(stream.released for stream in streams)
    assert 2 <= sum(shot.picture is None for shot in shots)
    taken = [shot.taken_us for shot in shots if shot.picture is not None]
    assert all(later - before >= 800_000 for before, later in pairwise(taken))
