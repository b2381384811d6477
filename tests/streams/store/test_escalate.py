"""Who cannot be expected to read a text in time, and has given no receipt, is called: once an order version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from streams.delivery.lattice import AttemptState
from streams.store.engine import reading, writing
from streams.store.escalate import call_vulnerable
from streams.store.outbox import write_order
from streams.store.outbox_schema import OUTBOX
from tests.streams.store.posts import at, begin, say, settle_doors
from tests.streams.store.town import order

PEOPLE = [
    "+9990000000001,zh,Z1,-1,,,",
    "+9990000000002,zh,Z1,3,needs_help,,",
    "+9990000000003,zh,Z1,3,slow,,",
    "+9990000000004,zh,Z1,3,walks,,",
    "+9990000000005,zh,Z1,,,,",
]
VULNERABLE = ["R000001", "R000002", "R000003"]
AFTER_S = 120.0

ON_ONE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What hangs on no database."""


def calls(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(select(OUTBOX.c.resident).where(OUTBOX.c.channel == "voice").order_by(OUTBOX.c.resident)))


def begun(engine: Engine, folder: Path, state: AttemptState | None = "accepted", code: str = "", **changes: Any) -> None:
    """Everybody is texted at 1 s, and this is said of it at 2 s."""
    settle_doors(engine, folder, PEOPLE)
    write_order(engine, order(**changes))
    for job in begin(engine).values():
        if state:
            say(engine, job, state, code)


@pytest.mark.parametrize(
    ("state", "code"), [(None, ""), ("unknown", "500"), ("accepted", ""), ("sent", ""), ("failed", "30005"), ("refused", "21614")]
)
def test_the_vulnerable_without_a_receipt_are_called_once(engine: Engine, tmp_path: Path, state: AttemptState | None, code: str) -> None:
    begun(engine, tmp_path, state, code)
    assert 0 == call_vulnerable(engine, at(120), AFTER_S)
    assert 3 == call_vulnerable(engine, at(122), AFTER_S)
    assert [0, 0] == [call_vulnerable(engine, at(1_000), AFTER_S) for _ in range(2)]
    assert VULNERABLE == calls(engine)


def test_a_call_is_a_row_like_any_other_and_asks_for_its_text(engine: Engine, tmp_path: Path) -> None:
    begun(engine, tmp_path, level=4)
    call_vulnerable(engine, at(122), AFTER_S)
    jobs = begin(engine, 123, kind="voice")
    assert (VULNERABLE, {"voice"}, {4}) == (sorted(jobs), {job.channel for job in jobs.values()}, {job.level for job in jobs.values()})
    assert {} == begin(engine, 123)


@ON_ONE
def test_who_has_a_receipt_is_not_called(engine: Engine, tmp_path: Path) -> None:
    begun(engine, tmp_path, "delivered")
    assert 0 == call_vulnerable(engine, at(1_000), AFTER_S)


def test_the_wait_begins_with_the_text_and_not_with_what_was_said_of_it_last(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, PEOPLE)
    write_order(engine, order())
    for job in begin(engine).values():
        for seconds, state in ((2, "unknown"), (60, "accepted"), (118, "sent")):
            say(engine, job, state, seconds=seconds)  # type: ignore[arg-type]
    assert 3 == call_vulnerable(engine, at(122), AFTER_S)


@ON_ONE
def test_who_is_texted_again_and_again_in_vain_is_called_after_that_time_too(engine: Engine, tmp_path: Path) -> None:
    begun(engine, tmp_path, "failed", "30003")
    for job in begin(engine, 100).values():
        say(engine, job, "accepted", seconds=101)
    assert 3 == call_vulnerable(engine, at(122), AFTER_S)


@ON_ONE
@pytest.mark.parametrize("level", [1, 2])
def test_for_little_water_nobody_is_called(engine: Engine, tmp_path: Path, level: int) -> None:
    begun(engine, tmp_path, level=level)
    assert 0 == call_vulnerable(engine, at(1_000), AFTER_S)


@ON_ONE
@pytest.mark.parametrize("msg_type", ["Update", "Cancel"])
def test_an_order_that_no_longer_stands_is_not_called_out(engine: Engine, tmp_path: Path, msg_type: str) -> None:
    begun(engine, tmp_path)
    write_order(engine, order(2, msg_type))
    assert 0 == call_vulnerable(engine, at(1_000), AFTER_S)


@ON_ONE
def test_a_draft_does_not_keep_anybody_from_being_called(engine: Engine, tmp_path: Path) -> None:
    begun(engine, tmp_path)
    write_order(engine, order(2, "Update", state="draft"))
    assert 3 == call_vulnerable(engine, at(1_000), AFTER_S)


@ON_ONE
def test_who_has_no_telephone_or_wants_no_texts_is_not_called(engine: Engine, tmp_path: Path) -> None:
    begun(engine, tmp_path, None)
    with writing(engine) as connection:
        values = {"R000001": ("suppressed", "opted_out", 0), "R000002": ("failed", "no_telephone", 0), "R000003": ("pending", "", 0)}
        for resident, (state, reason, attempts) in values.items():
            row = update(OUTBOX).where(OUTBOX.c.resident == resident)
            connection.execute(row.values(state=state, reason=reason, attempts=attempts))
    assert [] == calls(engine)
    assert 0 == call_vulnerable(engine, at(60), AFTER_S)


@ON_ONE
def test_a_raise_is_called_out_anew(engine: Engine, tmp_path: Path) -> None:
    begun(engine, tmp_path)
    call_vulnerable(engine, at(122), AFTER_S)
    write_order(engine, order(2, "Update", level=4))
    for job in begin(engine, 200).values():
        say(engine, job, "accepted", seconds=201)
    assert 3 == call_vulnerable(engine, at(400), AFTER_S)
