"""The watchdog texts everybody on duty, tells no number, and leaves a sign of life of its own."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from streams.city.model import City
from streams.observation.moments import SECOND_US, to_text
from streams.store.lookout import Sight
from streams.watchdog.channel import DryDuty, DutyChannel, SendResult
from streams.watchdog.officers import Officer
from streams.watchdog.rule import Notice
from streams.watchdog.watchdog import Heard, Watchdog
from streams.watchdog.words import languages_of, templates, text_of
from tests.streams.towns import town

START_US = 1_784_535_744 * SECOND_US  # 16:22:24 in Shanghai
CITY = town()
OFFICERS = (Officer("+99912345678", "zh"), Officer("+99912345679", "en"))


class Pager:
    """A channel that keeps what it was given; each number fails as often as the test says."""

    name = "pager"

    def __init__(self, **failures: int):
        self.sent: list[tuple[str, str]] = []
        self.failures = {f"+{number[1:]}": count for number, count in failures.items()}

    def send(self, phone: str, text: str) -> SendResult:
        if self.failures.get(phone, 0) > 0:
            self.failures[phone] -= 1
            raise OSError(f"no way to {phone}")
        self.sent.append((phone, text))
        return SendResult("sent", "")


class Post:
    """A watchdog at a post where the test says what is heard and what time it is."""

    def __init__(self, folder: Path, channel: DutyChannel, city: City = CITY):
        self.now_us, self.sight = START_US, None if channel is None else Sight[Heard](1, {"D1": START_US})
        self.status = folder / "watchdog.json"
        self.dog = Watchdog(city, OFFICERS, channel, lambda: self.sight, self.status, lambda: self.now_us)

    def look(self, second: float, heard_s: float | None) -> None:
        self.now_us = START_US + round(second * SECOND_US)
        if heard_s is not None:
            assert self.sight is not None
            self.sight = Sight(self.sight.number + 1, {"D1": START_US + round(heard_s * SECOND_US)})
        self.dog.turn()


def test_everybody_on_duty_is_texted_in_their_language_once_per_silence_and_once_when_it_is_over(tmp_path: Path) -> None:
    pager = Pager()
    post = Post(tmp_path, pager)
    for second in (0, 30, 65, 70, 200):
        post.look(second, 0)
    assert [officer.phone for officer in OFFICERS] == [phone for phone, _ in pager.sent]
    chinese, english = (text for _, text in pager.sent)
    assert "D1 自 16:22:24 起没有数据" in chinese
    assert "No data from D1 since 16:22:24" in english
    post.look(205, 204)
    post.look(210, 209)
    assert 4 == len(pager.sent)
    assert "heard again" in pager.sent[-1][1]


def test_a_store_that_hangs_is_told_of_though_its_last_answer_was_good(tmp_path: Path) -> None:
    pager = Pager()
    post = Post(tmp_path, pager)
    post.look(0, 0)
    for second in (30, 60, 61, 120):
        post.look(second, None)
    assert ["database has not answered since 16:22:24" in text for _, text in pager.sent] == [False, True]


def test_a_number_that_fails_keeps_nobody_else_from_being_texted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pager = Pager(p99912345678=99)
    post = Post(tmp_path, pager)
    with caplog.at_level(logging.INFO):
        post.look(65, 0)
        post.look(70, 0)
    assert ["+99912345679"] == [phone for phone, _ in pager.sent]
    assert "2 texts to the duty officers through pager, 1 failed" in caplog.text
    assert "123456" not in caplog.text


def test_what_reached_nobody_is_told_again_at_the_next_look(tmp_path: Path) -> None:
    pager = Pager(p99912345678=2, p99912345679=2)
    post = Post(tmp_path, pager)
    for second in (65, 70, 75, 80):
        post.look(second, 0)
    assert 2 == len(pager.sent)


def test_the_dry_run_says_how_many_it_would_text_and_no_number(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    post = Post(tmp_path, DryDuty())
    with caplog.at_level(logging.INFO):
        post.look(65, 0)
    assert "silent: D1; 2 texts to the duty officers through dry-run, 0 failed" in caplog.text
    assert "123456" not in caplog.text + post.status.read_text("utf-8")


def test_its_own_sign_of_life_is_one_line_and_new_at_every_look(tmp_path: Path) -> None:
    post = Post(tmp_path, DryDuty())
    post.look(5, 4)
    first = post.status.read_text("utf-8")
    assert {"at": to_text(START_US + 5 * SECOND_US), "silent": {}, "store_away_since": None, "officers": 2}.items() <= json.loads(
        first
    ).items()
    post.look(70, 4)
    assert {"D1": to_text(START_US + 4 * SECOND_US)} == json.loads(post.status.read_text("utf-8"))["silent"]
    assert [1, 1] == [len(text.splitlines()) for text in (first, post.status.read_text("utf-8"))]


@pytest.mark.parametrize("broken", ["", "{", '{"at": 3}'])
def test_a_restart_tells_of_no_silence_twice_unless_its_status_is_lost(tmp_path: Path, broken: str) -> None:
    Post(tmp_path, Pager()).look(65, 0)
    pager = Pager()
    again = Post(tmp_path, pager)
    again.look(70, 0)
    assert [] == pager.sent
    again.status.write_text(broken, "utf-8")
    Post(tmp_path, pager).look(75, 0)
    assert 2 == len(pager.sent)


def test_a_status_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    pager = Pager()
    post = Post(tmp_path / "missing", pager)
    post.look(65, 0)
    assert 2 == len(pager.sent)


def test_all_languages_have_all_words_and_name_no_more_than_a_text_holds() -> None:
    assert {"en", "zh"} <= set(languages_of())
    everywhere = {tuple(sorted(templates(language))) for language in languages_of()}
    assert 1 == len(everywhere)
    many = tuple(f"D{number:02}" for number in range(51))
    for language in languages_of():
        for what in ("silent", "heard", "store_away", "store_back"):
            text = text_of(Notice(what, START_US, () if what.startswith("store") else many), CITY, language)  # type: ignore[arg-type]
            assert "16:22:24" in text
            assert ("46" in text) == (not what.startswith("store"))
            assert "D05" not in text
