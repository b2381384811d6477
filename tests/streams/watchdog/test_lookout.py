"""The lookout keeps the last answer, and neither an outage nor a store that hangs holds anybody up."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from streams.store.lookout import Lookout, Sight


def test_answers_are_counted_and_an_outage_keeps_the_last_and_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    answers: list[str | Exception] = ["first", *[OperationalError("SELECT secret", {}, OSError("away"))] * 3, "second"]

    def ask(_: Engine) -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    lookout = Lookout(f"sqlite:///{tmp_path / 'store.db'}", ask, 5)
    assert lookout.latest() is None
    lookout.look()
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            lookout.look()
        assert Sight(1, "first") == lookout.latest()
        lookout.look()
    assert Sight(2, "second") == lookout.latest()
    assert ["the store does not answer (OperationalError); trying again", "the store answers again"] == [
        record.getMessage() for record in caplog.records
    ]


def test_it_is_not_ended_by_a_fault_of_one_look(tmp_path: Path) -> None:
    came = threading.Semaphore(0)
    stop = threading.Event()

    def ask(engine: Engine) -> int:
        came.release()
        with engine.connect() as connection:
            return 1 // int(connection.execute(text("SELECT 0")).scalar_one())

    Lookout(f"sqlite:///{tmp_path / 'store.db'}", ask, 0.001).start(stop, 10)
    try:
        assert all(came.acquire(timeout=10) for _ in range(3))
    finally:
        stop.set()


def test_a_store_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    stop, come_back = threading.Event(), threading.Event()
    lookout = Lookout(f"sqlite:///{tmp_path / 'store.db'}", lambda _: come_back.wait(10), 0.001)
    try:
        lookout.start(stop, 0.01)
        assert lookout.latest() is None
    finally:
        stop.set()
        come_back.set()
