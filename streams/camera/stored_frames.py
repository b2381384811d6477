"""Frames from files: pictures of a folder or a pattern, and videos."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

import cv2

from streams.camera.names import taken_us
from streams.camera.picture import LARGEST_BYTES, LARGEST_PIXELS, NoPicture, Picture, decode
from streams.camera.shots import Shot

PICTURES = frozenset((".jpg", ".jpeg", ".png", ".bmp"))
VIDEOS = frozenset((".mp4", ".avi", ".mkv", ".mov", ".m4v"))
FRAME_S = 0.8
"""Frames of one look lie so far apart: nearer ones show the same ripples."""


class FramesError(ValueError):
    """A source of frames that cannot be read: which, and what to do."""


def read_picture(file: Path) -> Picture:
    """A picture from a file.

    Raises
    ------
    NoPicture
        Where it is none, or cannot be read.
    """
    try:
        if not file.is_file():
            raise NoPicture("no file")
        if file.stat().st_size > LARGEST_BYTES:
            raise NoPicture(f"more than {LARGEST_BYTES} bytes")
        return decode(file.read_bytes())
    except OSError as error:
        raise NoPicture(f"cannot be read: {error}") from None


def find_files(given: str) -> list[Path]:
    """Files of a folder, of a pattern, or the one file.

    Raises
    ------
    FramesError
        Where there is none.
    """
    path = Path(given)
    if path.is_dir():
        found = [file for file in path.iterdir() if file.suffix.lower() in PICTURES]
    elif path.exists():
        found = [path]
    else:
        root = Path(path.anchor) if path.is_absolute() else Path()
        found = [file for file in root.glob(str(path.relative_to(path.anchor) if path.is_absolute() else path)) if file.is_file()]
    if not found:
        raise FramesError(f"{given}: no pictures found: give a folder with JPEG or PNG files, a pattern, a video or an address")
    return found


def picture_shots(files: list[Path], zone: tzinfo) -> Iterator[Shot]:
    """Frames in order of time."""
    timed = []
    for file in files:
        try:
            timed.append((taken_us(file, zone), file))
        except OSError as error:
            raise FramesError(f"{file}: cannot be read: {error}") from None
    for moment_us, file in sorted(timed):
        try:
            yield Shot(moment_us, read_picture(file))
        except NoPicture as error:
            yield Shot(moment_us, None, f"{file.name}: {error}")


def video_shots(file: Path, zone: tzinfo) -> Iterator[Shot]:
    """Frames of a video, each 0.8 s; it begins when its name says, else its file was last written at its end.

    Raises
    ------
    FramesError
        Where it is no video that can be read.
    """
    video = cv2.VideoCapture(str(file), cv2.CAP_FFMPEG)
    try:
        rate, number = video.get(cv2.CAP_PROP_FPS), video.get(cv2.CAP_PROP_FRAME_COUNT)
        wide, high = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if not video.isOpened() or not 0.01 <= rate <= 1000 or not 0 < wide * high <= LARGEST_PIXELS:
            raise FramesError(f"{file}: is no video that can be read")
        from_name = taken_us(file, zone)
        lasts_us = round(1e6 * max(number, 0) / rate)
        begun_us = from_name if from_name != file.stat().st_mtime_ns // 1000 else from_name - lasts_us
        step = max(1, round(FRAME_S * rate))
        count = 0
        while video.grab():
            if count % step == 0:
                done, picture = video.retrieve()
                if done:
                    yield Shot(begun_us + round(1e6 * count / rate), picture)
            count += 1
    finally:
        video.release()
