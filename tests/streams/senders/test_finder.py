"""What became of a text whose outcome is unknown is found out; only what the provider does not know is posted again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from streams.delivery.job import Job
from streams.delivery.lattice import Said
from streams.senders.channel import Found
from streams.senders.finder import Finder, Patience
from streams.store.attempts import NOT_THERE, Word, hear
from streams.store.engine import reading
from streams.store.outbox import write_order
from streams.store.outbox_schema import ATTEMPTS, OUTBOX
from tests.streams.senders.ledger import Ledger
from tests.streams.store.posts import at, begin, say
from tests.streams.store.town import order, settle

PATIENCE = Patience(callback_s=3, looks=2, open_s=30, receipt_s=60)
ON_ONE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What hangs on no database."""


class Provider(Ledger):
    """Is asked at a time of the test's own; `knows` is what it lists for a resident, None where it does not answer."""

    def __init__(self) -> None:
        super().__init__(name="fake")
        self.knows: dict[str, list[Found]] | None = {}
        self.asked: list[str] = []
        self.far: dict[str, Found] = {}

    async def look_up(self, job: Job, posted_us: int) -> list[Found] | None:
        self.asked.append(job.resident)
        return None if self.knows is None else self.knows.get(job.resident, [])

    async def fetch(self, provider_id: str) -> Found | None:
        self.asked.append(provider_id)
        return self.far.get(provider_id)


def unknown(engine: Engine, folder: Path, people: int = 1, level: int = 4) -> dict[str, Job]:
    """Texts that were posted at 1 s, and nobody knows of."""
    settle(engine, folder, ["Z1"] * people)
    write_order(engine, order(level=level))
    jobs = begin(engine)
    for job in jobs.values():
        say(engine, job, "unknown", "500")
    return jobs


def find(engine: Engine, provider: Provider, seconds: float) -> int:
    return asyncio.run(Finder(engine, [provider], lambda: at(seconds), PATIENCE).find_unknown(provider))


def fetch(engine: Engine, provider: Provider, seconds: float) -> int:
    return asyncio.run(Finder(engine, [provider], lambda: at(seconds), PATIENCE).fetch_receipts(provider))


def states(engine: Engine) -> dict[str, tuple[str, str]]:
    with reading(engine) as connection:
        return {row.resident: (row.state, row.reason) for row in connection.execute(select(OUTBOX))}


def test_a_text_that_the_provider_knows_is_bound_and_not_posted_again(engine: Engine, tmp_path: Path) -> None:
    unknown(engine, tmp_path, 3)
    provider = Provider()
    provider.knows = {
        "R000001": [Found("M1", "accepted")],
        "R000002": [Found("M2", "delivered")],
        "R000003": [Found("M3", "failed", "30005")],
    }
    assert 3 == find(engine, provider, 5)
    assert {"R000001": ("accepted", ""), "R000002": ("delivered", ""), "R000003": ("failed", "30005")} == states(engine)
    hear(engine, [Word("", Said("delivered"), "M1")], at(6))  # a receipt that names only the provider's id
    assert ("delivered", "") == states(engine)["R000001"]
    assert ({}, 0) == (begin(engine, 1_000), find(engine, provider, 1_000))


@ON_ONE
def test_the_callback_is_given_time_before_anybody_is_asked(engine: Engine, tmp_path: Path) -> None:
    unknown(engine, tmp_path)
    provider = Provider()
    assert (0, []) == (find(engine, provider, 3.9), provider.asked)
    find(engine, provider, 4.1)
    find(engine, provider, 7)
    assert ["R000001"] == provider.asked
    find(engine, provider, 7.2)
    assert ["R000001"] * 2 == provider.asked


@ON_ONE
def test_what_is_not_there_twice_is_posted_again_once(engine: Engine, tmp_path: Path) -> None:
    [first] = unknown(engine, tmp_path).values()
    provider = Provider()
    assert 0 == find(engine, provider, 5)
    assert ("unknown", "") == states(engine)["R000001"]
    assert {} == begin(engine, 6)
    assert 1 == find(engine, provider, 9)
    assert ("pending", NOT_THERE) == states(engine)["R000001"]
    [second] = begin(engine, 10).values()
    assert (2, True) == (second.number, first.attempt != second.attempt)
    say(engine, second, "accepted", seconds=11)
    assert [0, 0] == [find(engine, provider, seconds) for seconds in (100, 200)]
    assert {} == begin(engine, 300)


@ON_ONE
def test_a_text_that_shows_up_late_after_all_is_not_posted_again(engine: Engine, tmp_path: Path) -> None:
    [job] = unknown(engine, tmp_path).values()
    provider = Provider()
    find(engine, provider, 5)
    find(engine, provider, 9)
    hear(engine, [Word(job.attempt, Said("accepted"), "M1")], at(9.5))
    assert {} == begin(engine, 10)


@ON_ONE
def test_a_provider_that_was_away_must_say_twice_too_that_it_does_not_know_a_text(engine: Engine, tmp_path: Path) -> None:
    unknown(engine, tmp_path)
    provider = Provider()
    provider.knows = None
    for seconds in (5, 9, 13, 17):
        assert 0 == find(engine, provider, seconds)
    provider.knows = {}
    assert [0, 1] == [find(engine, provider, seconds) for seconds in (21, 25)]


@ON_ONE
@pytest.mark.parametrize(("level", "again"), [(4, 1), (3, 0), (1, 0)])
def test_where_nobody_can_tell_an_evacuation_is_posted_again_and_the_rest_waits(
    engine: Engine, tmp_path: Path, level: int, again: int
) -> None:
    unknown(engine, tmp_path, level=level)
    provider = Provider()
    provider.knows = None
    assert [0, again] == [find(engine, provider, seconds) for seconds in (30, 34)]
    assert again == len(begin(engine, 35))
    assert ("claimed" if again else "unknown") == states(engine)["R000001"][0]


@ON_ONE
def test_what_waits_ends_as_of_unknown_outcome_when_its_alert_does(engine: Engine, tmp_path: Path) -> None:
    unknown(engine, tmp_path, level=3)
    provider = Provider()
    provider.knows = None
    two_hours = 2 * 3_600.0
    assert [0, 1, 0] == [find(engine, provider, seconds) for seconds in (two_hours - 70, two_hours, two_hours + 60)]
    assert ("failed", "outcome_unknown") == states(engine)["R000001"]
    assert {} == begin(engine, two_hours)


@ON_ONE
def test_an_id_that_another_text_is_bound_to_is_not_taken(engine: Engine, tmp_path: Path) -> None:
    jobs = unknown(engine, tmp_path, 2)
    provider = Provider()
    hear(engine, [Word(jobs["R000001"].attempt, Said("accepted"), "M1")], at(3))
    provider.knows = {"R000002": [Found("M1", "delivered")]}
    assert [0, 1] == [find(engine, provider, seconds) for seconds in (5, 9)]
    assert ("pending", NOT_THERE) == states(engine)["R000002"]
    assert ("accepted", "") == states(engine)["R000001"]


@ON_ONE
def test_one_id_is_bound_to_one_text_within_a_look_too(engine: Engine, tmp_path: Path) -> None:
    unknown(engine, tmp_path, 3)
    provider = Provider()
    provider.knows = {f"R00000{number}": [Found("M1", "sent"), Found("M2", "sent")] for number in (1, 2, 3)}
    assert 2 == find(engine, provider, 5)
    with reading(engine) as connection:
        assert {"M1", "M2", None} == set(connection.scalars(select(ATTEMPTS.c.provider_id)))
    assert ["sent", "sent", "unknown"] == sorted(state for state, _ in states(engine).values())


@ON_ONE
def test_receipts_that_did_not_come_are_fetched_a_few_times(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())
    jobs = begin(engine)
    for job in jobs.values():
        say(engine, job, "accepted")
    provider = Provider()
    ids = {resident: f"M{job.attempt}" for resident, job in jobs.items()}
    provider.far = {ids["R000001"]: Found(ids["R000001"], "delivered"), ids["R000002"]: Found(ids["R000002"], "failed", "30005")}
    assert (0, []) == (fetch(engine, provider, 60), provider.asked)
    assert 2 == fetch(engine, provider, 62)
    assert {"R000001": ("delivered", ""), "R000002": ("failed", "30005"), "R000003": ("accepted", "")} == states(engine)
    assert [0] * 12 == [fetch(engine, provider, 62 + 61 * turn) for turn in range(1, 13)]
    assert 8 == provider.asked.count(ids["R000003"])


@ON_ONE
def test_another_provider_s_texts_are_not_asked_about(engine: Engine, tmp_path: Path) -> None:
    unknown(engine, tmp_path)
    other = Provider()
    other.name = "other"
    assert (0, []) == (find(engine, other, 100), other.asked)


@ON_ONE
def test_more_than_one_look_can_hold_are_looked_up_in_turns(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.senders.finder.MOST", 4)
    unknown(engine, tmp_path, 10)
    provider = Provider()
    for turn in range(3):
        find(engine, provider, 5 + turn * 0.1)
    assert [f"R{number:06d}" for number in range(1, 11)] == sorted(provider.asked)
    with reading(engine) as connection:
        assert 1 == connection.scalar(select(func.max(ATTEMPTS.c.looks)))
