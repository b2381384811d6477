"""A row belongs to one sender before its text leaves, the most dangerous first; what is too late is dropped instead."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update

from streams.delivery.job import Job
from streams.store.claims import NOTHING, claim, jobs_of, new_attempt
from streams.store.engine import reading, writing
from streams.store.outbox import issued_us, write_order
from streams.store.outbox_schema import ATTEMPTS, OUTBOX
from streams.store.people_schema import HOMES, RESIDENTS
from streams.store.residents_opt_outs import opt_out
from tests.streams.store.posts import at, begin, say
from tests.streams.store.town import TEXTS, VAULT, order, settle

ON_ONE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What hangs on no database."""


def reasons(engine: Engine) -> set[tuple[str, str]]:
    with reading(engine) as connection:
        return {(row.state, row.reason) for row in connection.execute(select(OUTBOX))}


def claimed(engine: Engine, most: int = 100, now_us: int = at(1), expires: bool = True, kind: str = "sms") -> list[Job]:
    return claim(engine, kind, "me", "fake", now_us, most, expires=expires).jobs


@ON_ONE
def test_a_job_has_all_that_its_post_needs(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(level=4), status="Actual")
    [job] = claimed(engine)
    assert ("R000001", "sms", "zh", TEXTS["zh"], 4, 1, "Actual", "fake") == (
        job.resident, job.channel, job.language, job.text, job.level, job.number, job.status, job.provider,
    )  # fmt: skip
    assert issued_us(order().expires) == job.expires_us
    assert "+9990000000001" == VAULT.unseal("R000001", job.phone or b"")


def test_the_claim_and_its_attempt_stand_before_it_returns(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    [job] = claimed(engine)
    with reading(engine) as connection:
        row, attempt = connection.execute(select(OUTBOX)).one(), connection.execute(select(ATTEMPTS)).one()
        assert [job] == jobs_of(connection, [job.attempt])
    assert ("claimed", "me", at(1), 1) == (row.state, row.owner, row.claimed_us, row.attempts)
    assert (job.attempt, row.id, 1, "fake", "posting", at(1)) == (*tuple(attempt)[:4], attempt.state, attempt.posted_us)


def test_an_attempt_s_id_cannot_be_guessed_and_stands_in_an_address() -> None:
    ids = {new_attempt() for _ in range(1_000)}
    assert 1_000 == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", one) for one in ids)


@ON_ONE
def test_so_many_are_claimed_and_no_row_twice(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 5)
    write_order(engine, order())
    assert [2, 2, 1, 0] == [len(claimed(engine, 2)) for _ in range(4)]
    assert NOTHING == claim(engine, "sms", "me", "fake", at(1), 100)
    assert not NOTHING


def test_senders_that_claim_at_once_get_different_rows(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 60)
    write_order(engine, order())
    got: list[int] = []
    together = threading.Barrier(4)

    def take() -> None:
        together.wait(10)
        while jobs := claimed(engine, 7):
            got.extend(job.row_id for job in jobs)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(range(1, 61)) == sorted(got)


@ON_ONE
def test_the_most_dangerous_order_comes_first_and_an_all_clear_last(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z2"])
    write_order(engine, order(1, level=2, incident="yellow"))
    say(engine, begin(engine)["R000001"], "delivered")
    for each in (
        order(2, "Cancel", incident="yellow", level=4),
        order(level=1, incident="blue", zones=["Z2"]),
        order(level=4, incident="red"),
    ):
        write_order(engine, each)
    assert ["red", "blue", "yellow"] == [job.incident for job in claimed(engine)]


@ON_ONE
def test_within_an_order_basements_and_who_needs_help_come_first(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 4)
    with writing(engine) as connection:
        for number, values in ((2, {"mobility": "slow"}), (3, {"floor": -1}), (4, {"floor": 5})):
            connection.execute(update(HOMES).where(HOMES.c.resident == f"R00000{number}").values(**values))
    write_order(engine, order())
    assert ["R000003", "R000002", "R000001", "R000004"] == [job.resident for job in claimed(engine)]


@ON_ONE
def test_what_is_not_due_yet_or_of_another_kind_waits(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 2)
    write_order(engine, order())
    with writing(engine) as connection:
        connection.execute(update(OUTBOX).where(OUTBOX.c.resident == "R000001").values(not_before_us=at(5)))
    assert [] == claimed(engine, kind="voice")
    assert ["R000002"] == [job.resident for job in claimed(engine, now_us=at(4.9))]
    assert ["R000001"] == [job.resident for job in claimed(engine, now_us=at(5))]


def test_what_has_expired_is_dropped_but_not_an_all_clear(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    late_us = issued_us(order().expires)
    assert (0, 1) == ((dropped := claim(engine, "sms", "me", "fake", late_us, 100)) and len(dropped.jobs), dropped.dropped)
    assert {("suppressed", "expired")} == reasons(engine)
    write_order(engine, order(1, incident="b"))
    assert 1 == len(claimed(engine, now_us=late_us - 1))
    write_order(engine, order(2, "Cancel", incident="b"))
    assert [("b", 2)] == [(job.incident, job.version) for job in claimed(engine, now_us=late_us + 1)]


@ON_ONE
def test_a_storm_of_another_day_has_not_expired(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    assert 1 == len(claimed(engine, now_us=issued_us(order().expires) + 1, expires=False))


@ON_ONE
def test_what_waits_to_be_posted_again_when_a_newer_version_comes_is_dropped(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    job = begin(engine)["R000001"]
    write_order(engine, order(2, "Update"))
    say(engine, job, "refused", "429")
    assert [2] == [one.version for one in claimed(engine, now_us=at(1_000))]
    assert {("suppressed", "superseded"), ("claimed", "")} == reasons(engine)


@ON_ONE
def test_who_waits_to_be_texted_again_when_it_is_called_off_gets_neither_the_warning_nor_an_all_clear(
    engine: Engine, tmp_path: Path
) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    job = begin(engine)["R000001"]
    write_order(engine, order(2, "Cancel"))
    say(engine, job, "refused", "429")
    assert [] == claimed(engine, now_us=at(1_000))
    assert {("suppressed", "called_off"), ("suppressed", "not_warned")} == reasons(engine)


@ON_ONE
def test_a_draft_of_a_newer_version_drops_nothing(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    write_order(engine, order(2, "Update", state="draft"))
    assert [1] == [job.version for job in claimed(engine)]


@ON_ONE
def test_who_has_opted_out_since_is_not_texted(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 2)
    write_order(engine, order())
    opt_out(engine, VAULT.lookup("+9990000000001"), at(1), "text", "resident")
    assert ["R000002"] == [job.resident for job in claimed(engine)]
    assert {("suppressed", "opted_out"), ("claimed", "")} == reasons(engine)


def test_who_has_left_the_list_since_has_a_job_without_a_number(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    with writing(engine) as connection:
        connection.execute(delete(HOMES))
        connection.execute(delete(RESIDENTS))
    assert [None] == [job.phone for job in claimed(engine)]
