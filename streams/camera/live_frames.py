"""Frames from a camera on the network: snapshots by HTTP, or a stream by RTSP. Whatever it sends, or does not, the reading goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import cv2
import httpx

from streams.camera.picture import LARGEST_BYTES, LARGEST_PIXELS, NoPicture, Picture, decode
from streams.camera.shots import Shot
from streams.camera.stored_frames import FRAME_S
from streams.delivery.backoff import backoff_s

log = logging.getLogger(__name__)

BURST = 5
"""Frames of a look."""
TIMEOUT_S = 10.0
"""A snapshot that is not here after this is given up."""
OPEN_TIMEOUT_MS, READ_TIMEOUT_MS = 10_000, 10_000
_TYPES = ("image/jpeg", "image/jpg", "image/png")

Now = Callable[[], int]


class Unreachable(Exception):
    """No frame this time, and why."""


class Snapshots:
    """Fetches one picture at a time. It follows no redirection, to no other address and no other scheme.

    Parameters
    ----------
    address
        http:// or https://.
    login
        Name and password, sent as the camera asks (Digest); None for none.
    timeout_s
        For the whole of a snapshot, however slowly it drips.
    monotonic_s
        A clock that never goes back.
    """

    def __init__(self, address: str, login: tuple[str, str] | None, monotonic_s: Callable[[], float], timeout_s: float = TIMEOUT_S):
        self._address, self._timeout_s, self._monotonic_s = address, timeout_s, monotonic_s
        auth = httpx.DigestAuth(*login) if login else None
        self._client = httpx.Client(follow_redirects=False, timeout=timeout_s, auth=auth, trust_env=False)

    def fetch(self) -> Picture:
        """The picture that the camera gives now.

        Raises
        ------
        Unreachable
            Where it gives none.
        """
        until_s = self._monotonic_s() + self._timeout_s
        try:
            with self._client.stream("GET", self._address) as answer:
                _check_head(answer)
                raw = bytearray()
                for piece in answer.iter_raw():
                    raw += piece
                    if len(raw) > LARGEST_BYTES:
                        raise Unreachable(f"the picture is larger than {LARGEST_BYTES} bytes")
                    if self._monotonic_s() > until_s:
                        raise Unreachable(f"the picture was not through after {self._timeout_s:g} s")
            return decode(bytes(raw))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from None
        except NoPicture as error:
            raise Unreachable(f"what came is no picture: {error}") from None

    def close(self) -> None:
        """End its connections."""
        self._client.close()


def _check_head(answer: httpx.Response) -> None:
    if answer.is_redirect:
        raise Unreachable(f"it sends us elsewhere (status {answer.status_code}), which is not followed: give the picture's own address")
    if answer.status_code != 200:
        raise Unreachable(f"status {answer.status_code}")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise Unreachable(f"it gives {kind or 'no type'} instead of a JPEG or PNG picture")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unreachable("it gives a packed body")


def snapshot_shots(
    camera: Snapshots, every_s: float, now_us: Now, stop: threading.Event, chance: Callable[[], float], frame_s: float = FRAME_S
) -> Iterator[Shot]:
    """Bursts of snapshots, one burst each so many seconds, until told to stop.

    Parameters
    ----------
    chance
        Gives a number from 0 to 1; tries that failed are spaced by it.
    """
    failed = 0
    while not stop.is_set():
        begun_us = now_us()
        for number in range(BURST):
            try:
                picture = camera.fetch()
                failed = 0
                yield Shot(now_us(), picture, last=number == BURST - 1)
            except Unreachable as error:
                failed += 1
                yield Shot(now_us(), None, str(error), last=True)
                break
            if stop.wait(frame_s):
                return
        rest_s = every_s - (now_us() - begun_us) / 1e6
        if stop.wait(max(0.0, rest_s, backoff_s(failed, 1.0, chance) if failed else 0.0)):
            return


def stream_shots(
    address: str,
    every_s: float,
    now_us: Now,
    stop: threading.Event,
    chance: Callable[[], float],
    open_stream: Callable[[str], cv2.VideoCapture],
) -> Iterator[Shot]:
    """Frames of a stream, five of them 0.8 s apart each so many seconds; it is opened again when it ends or stands still."""
    failed = 0
    while not stop.is_set():
        stream = open_stream(address)
        try:
            for shot in _of_one_connection(stream, every_s, now_us, stop):
                failed = 0
                yield shot
        finally:
            stream.release()
        if stop.is_set():
            return
        failed += 1
        yield Shot(now_us(), None, "the stream cannot be opened, or stands still", last=True)
        if stop.wait(backoff_s(failed, 1.0, chance)):
            return


def open_rtsp(address: str) -> cv2.VideoCapture:
    """Open a stream, with limits on how long it may take."""
    waits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG, waits)


def _of_one_connection(stream: cv2.VideoCapture, every_s: float, now_us: Now, stop: threading.Event) -> Iterator[Shot]:
    """A stream must be read all the time, or it falls behind; only frames that are wanted are decoded."""
    due_us, look_us, taken = 0, 0, 0
    while not stop.is_set() and stream.isOpened() and stream.grab():
        at_us = now_us()
        if at_us < due_us:
            continue
        done, picture = stream.retrieve()
        if not done or picture is None or picture.shape[0] * picture.shape[1] > LARGEST_PIXELS:
            continue
        look_us = at_us if taken == 0 else look_us
        taken += 1
        yield Shot(at_us, picture, last=taken == BURST)
        due_us = at_us + round(FRAME_S * 1e6)
        if taken == BURST:
            taken, due_us = 0, max(due_us, look_us + round(every_s * 1e6))
