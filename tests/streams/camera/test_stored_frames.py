"""Frames from files: in order of their time, whole looks together, and what is broken is told and passed over."""

from __future__ import annotations

import os
from datetime import UTC
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.camera.names import named_us
from streams.camera.shots import LOOK_US, MOST_FRAMES, Shot, looks
from streams.camera.stored_frames import FramesError, find_files, picture_shots, video_shots

AT_US = 1_626_769_860_000_000
"""2021-07-20 08:31:00 UTC."""
GREY = np.full((72, 96, 3), 128, np.uint8)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("20210720T083100Z.jpg", AT_US),
        ("20210720T083100.800Z.jpg", AT_US + 800_000),
        ("cam1_2021-07-20_16-31-00.png", AT_US),
        ("cam1-20210720163100.jpg", AT_US),
        ("20210720T163100.jpg", AT_US),
        ("20210720T253100.jpg", None),
        ("20211320T163100.jpg", None),
        ("frame0001.jpg", None),
        ("120210720163100.jpg", None),
    ],
)
def test_a_name_says_when(name: str, expected: int | None) -> None:
    assert expected == named_us(name, ZoneInfo("Asia/Shanghai"))


@given(st.text(max_size=60))
def test_no_name_does_harm(name: str) -> None:
    found = named_us(name, UTC)
    assert found is None or found > 0


def test_frames_come_in_order_of_time_and_broken_ones_are_told(tmp_path: Path) -> None:
    for name in ("20210720T083103Z.png", "20210720T083100Z.png"):
        cv2.imwrite(str(tmp_path / name), GREY)
    (tmp_path / "20210720T083101Z.jpg").write_bytes(b"\xff\xd8\xff broken")
    (tmp_path / "20210720T083102Z.png").write_bytes(b"<svg/>")
    (tmp_path / "notes.txt").write_text("no picture")
    shots = list(picture_shots(find_files(str(tmp_path)), UTC))
    assert [AT_US + second * 1_000_000 for second in range(4)] == [shot.taken_us for shot in shots]
    assert [True, False, False, True] == [shot.picture is not None for shot in shots]
    assert all(shot.trouble for shot in shots[1:3])


def test_a_name_without_a_time_leaves_the_files_own(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "frame.png"), GREY)
    os.utime(tmp_path / "frame.png", ns=(AT_US * 1000, AT_US * 1000))
    assert [AT_US] == [shot.taken_us for shot in picture_shots(find_files(str(tmp_path / "*.png")), UTC)]


def test_nothing_found_is_said(tmp_path: Path) -> None:
    for given_path in (tmp_path, tmp_path / "*.jpg", tmp_path / "none.mp4"):
        with pytest.raises(FramesError, match="no pictures found"):
            find_files(str(given_path))


def test_a_video_gives_frames_apart_and_garbage_is_no_video(tmp_path: Path) -> None:
    file = tmp_path / "20210720T083100Z.avi"
    video = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10, (96, 72))
    for _ in range(40):
        video.write(GREY)
    video.release()
    shots = list(video_shots(file, UTC))
    assert [AT_US + 800_000 * number for number in range(5)] == [shot.taken_us for shot in shots]
    (tmp_path / "broken.mp4").write_bytes(b"no video" * 100)
    with pytest.raises(FramesError, match="no video"):
        list(video_shots(tmp_path / "broken.mp4", UTC))


def shot(second: float, last: bool = False) -> Shot:
    return Shot(AT_US + round(second * 1e6), GREY, last=last)


def test_frames_of_a_few_seconds_are_one_look() -> None:
    groups = list(looks([shot(second) for second in (0, 0.8, 1.6, 60, 60.8, 120)], 0))
    assert [3, 2, 1] == [len(group.pictures) for group in groups]
    assert AT_US + 1_600_000 == groups[0].taken_us


def test_looks_lie_as_far_apart_as_asked() -> None:
    groups = list(looks([shot(second) for second in range(0, 300, 5)], 60_000_000))
    assert [0, 60, 120, 180, 240] == [(group.taken_us - AT_US) // 10_000_000 * 10 for group in groups]


def test_a_live_look_is_given_on_when_its_last_frame_came() -> None:
    given_on = []

    def shots():  # type: ignore[no-untyped-def]
        yield shot(0)
        yield shot(1, last=True)
        assert 1 == len(given_on)
        yield shot(60)

    for group in looks(shots(), 0):
        given_on.append(group)
    assert [2, 1] == [len(group.pictures) for group in given_on]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.booleans()), max_size=60), st.integers(0, 10**8))
def test_no_look_is_longer_or_larger_than_it_may_be(times: list[tuple[int, bool]], every_us: int) -> None:
    for group in looks([Shot(AT_US + at, GREY, last=last) for at, last in times], every_us):
        assert 1 <= len(group.pictures) <= MOST_FRAMES
    ordered = [Shot(AT_US + at, GREY) for at, _ in sorted(times)]
    ends = [group.taken_us for group in looks(ordered, every_us)]
    assert all(later - before >= every_us - LOOK_US for before, later in pairwise(ends))
