"""A text is sent once, the most dangerous first, through any crash (law 6), and no number is anywhere (law 10)."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from streams.city.load import load_city
from streams.demo.city import FOLDER
from streams.demo.residents import make_residents
from streams.senders.channel import SendResult
from streams.senders.dry_run import DryRun
from streams.senders.sender import LEASE_S, Sender
from streams.store.claims import OutboxRow
from streams.store.engine import open_store, reading
from streams.store.outbox import account, messages, unsent, write_order
from streams.store.residents import import_residents
from streams.store.schema import OUTBOX
from tests.streams.senders.process import work
from tests.streams.store.town import order, settle

START_US = 1_000_000_000
SPAWN = multiprocessing.get_context("spawn")


class Ledger:
    """A channel that remembers what it was given."""

    name = "ledger"

    def __init__(self, repeatable: bool = True):
        self.repeatable = repeatable
        self.rows: list[OutboxRow] = []

    def send(self, row: OutboxRow) -> SendResult:
        self.rows.append(row)
        return SendResult("sent", "noted")


def test_the_dry_run_ends_every_row_as_sent_with_its_reason(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 5)
    write_order(engine, order())
    sender = Sender(engine, DryRun(), batch=2)
    assert [2, 2, 1, 0] == [sender.send_due() for _ in range(4)]
    assert {"pending": 0, "claimed": 0, "sent": 5, "delivered": 0, "failed": 0, "withdrawn": 0} == account(engine)
    with reading(engine) as connection:
        assert {"dry run"} == set(connection.scalars(select(OUTBOX.c.reason)))


def test_the_most_dangerous_goes_first_and_an_all_clear_last(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    for each in (order(1, level=2), order(2, "Cancel", level=4), order(1, level=3, incident="b"), order(1, level=4, incident="c")):
        write_order(engine, each)
    ledger = Ledger()
    Sender(engine, ledger, batch=1).send_due()
    Sender(engine, ledger).send_due()
    assert [("Z1-20210720T083000Z", 1), ("Z1-20210720T083000Z", 2)] == [(row.incident, row.version) for row in ledger.rows[2:]]
    assert ["c", "b"] == [row.incident for row in ledger.rows[:2]]


def test_a_row_is_claimed_durably_before_it_is_sent(engine: Engine, store_url: str, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    seen: list[dict[str, int]] = []

    class Looking(Ledger):
        def send(self, row: OutboxRow) -> SendResult:
            other = open_store(store_url)
            seen.append(account(other))
            other.dispose()
            return super().send(row)

    Sender(engine, Looking()).send_due()
    assert [1] == [states["claimed"] for states in seen]


def test_a_text_that_fails_does_not_stop_the_others_and_keeps_its_reason_without_the_words(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())

    class Failing(Ledger):
        def send(self, row: OutboxRow) -> SendResult:
            if row.resident == "R000002":
                raise ConnectionError("no way to +9990000000002")
            return super().send(row)

    assert 3 == Sender(engine, Failing()).send_due()
    with reading(engine) as connection:
        ends = {row.resident: (row.state, row.reason) for row in connection.execute(select(OUTBOX))}
    assert {"R000001": ("sent", "noted"), "R000002": ("failed", "ConnectionError"), "R000003": ("sent", "noted")} == ends


class Died(BaseException):
    """Stands for a kill: nothing after it runs."""


class Dying(Ledger):
    def send(self, row: OutboxRow) -> SendResult:
        raise Died


@pytest.mark.parametrize(("owner", "after_s"), [("sender-1", 0.0), ("sender-2", LEASE_S + 1)])
def test_what_a_dead_sender_had_claimed_is_sent_after_a_restart_or_after_a_minute(
    engine: Engine, tmp_path: Path, owner: str, after_s: float
) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())
    with pytest.raises(Died):
        Sender(engine, Dying(), owner="sender-1", now_us=lambda: START_US).send_due()
    assert 3 == account(engine)["claimed"]
    assert 0 == Sender(engine, Ledger(), owner="sender-3", now_us=lambda: START_US + 1).send_due()
    ledger = Ledger()
    assert 3 == Sender(engine, ledger, owner=owner, now_us=lambda: START_US + int(after_s * 1e6)).send_due()
    assert ["R000001", "R000002", "R000003"] == [row.resident for row in ledger.rows]
    assert 0 == unsent(engine)


def test_on_a_channel_where_twice_does_harm_a_dead_senders_claim_is_not_sent_again(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    with pytest.raises(Died):
        Sender(engine, Dying(repeatable=False), owner="s", now_us=lambda: START_US).send_due()
    ledger = Ledger(repeatable=False)
    assert 0 == Sender(engine, ledger, owner="s", now_us=lambda: START_US * 1000).send_due()
    assert ([], 1) == (ledger.rows, unsent(engine))


def test_a_sender_whose_claim_was_taken_over_does_not_overwrite_the_end(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    later = Sender(engine, Ledger(), now_us=lambda: START_US + int(2 * LEASE_S * 1e6))

    class Slow(Ledger):
        def send(self, row: OutboxRow) -> SendResult:
            assert 1 == later.send_due()
            return SendResult("failed", "too late")

    Sender(engine, Slow(), now_us=lambda: START_US).send_due()
    assert 1 == account(engine)["sent"]


def test_two_processes_that_write_and_send_at_once_send_each_message_once(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    settle(engine, tmp_path, ["Z1"] * 20)
    files = [tmp_path / f"{name}.txt" for name in "ab"]
    processes = [SPAWN.Process(target=work, args=(store_url, file, 8, 0)) for file in files]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [0, 0] == [process.exitcode for process in processes]
    sent = Counter(line for file in files if file.exists() for line in file.read_text().splitlines())
    assert {f"i{number}|1|R{resident:06d}": 1 for number in range(8) for resident in range(1, 21)} == dict(sent)
    assert 160 == account(engine)["sent"] == len(messages(engine))
    engine.dispose()


def test_a_sender_killed_between_claim_and_send_loses_nothing(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    settle(engine, tmp_path, ["Z1"] * 20)
    file = tmp_path / "a.txt"
    first = SPAWN.Process(target=work, args=(store_url, file, 2, 10))
    first.start()
    first.join(60)
    assert -signal.SIGKILL == first.exitcode
    assert {"claimed": 7, "sent": 7} == {state: count for state, count in account(engine).items() if state in ("claimed", "sent")}
    work(store_url, file, 2, 0)  # the same name comes back
    sent = Counter(file.read_text().splitlines())
    assert {f"i{number}|1|R{resident:06d}" for number in range(2) for resident in range(1, 21)} == set(sent)
    assert 2 == sum(count - 1 for count in sent.values())  # the two of the dead claim that it had sent and not yet noted
    assert (0, 40) == (unsent(engine), account(engine)["sent"])
    engine.dispose()


def test_a_running_sender_sends_what_comes_and_stops_at_once_when_told(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    stop, done = threading.Event(), threading.Event()

    class Telling(Ledger):
        def send(self, row: OutboxRow) -> SendResult:
            if len(self.rows) == 2:
                done.set()
            return super().send(row)

    ledger = Telling()
    thread = threading.Thread(target=Sender(engine, ledger).run, args=(stop, 0.01))
    thread.start()
    write_order(engine, order())
    assert done.wait(10)
    stop.set()
    thread.join(10)
    assert (False, 3) == (thread.is_alive(), len(ledger.rows))
    assert 0 == unsent(engine)


def test_a_store_that_does_not_answer_is_tried_again(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    stop, ledger, failures = threading.Event(), Ledger(), iter([True, True])
    sender = Sender(engine, ledger)
    honest = sender.send_due

    def send_due() -> int:
        if next(failures, False):
            raise OperationalError("SELECT", {}, Exception("gone"))
        sent = honest()
        stop.set()
        return sent

    monkeypatch.setattr(sender, "send_due", send_due)
    sender.run(stop, 0.001)
    assert 1 == len(ledger.rows)


def test_no_digits_of_a_telephone_number_are_in_the_database(tmp_path: Path) -> None:
    make_residents(FOLDER, tmp_path / "r.csv", 500)
    city, engine = load_city(FOLDER), open_store(f"sqlite:///{tmp_path / 'store.db'}")
    import_residents(engine, tmp_path / "r.csv", city)
    for zone in city.zones:
        write_order(engine, order(incident=zone.zone_id, zones=[zone.zone_id]))
    sender = Sender(engine, DryRun(), owner="dry")
    while sender.send_due():
        pass
    assert 500 == account(engine)["sent"]
    stored = b"".join(file.read_bytes() for file in sorted(tmp_path.glob("store.db*")))
    engine.dispose()
    lines = (tmp_path / "r.csv").read_text().splitlines()[1:]
    digits = [line.split(",")[1].removeprefix("+999") for line in lines]
    assert b"R000500" in stored
    assert [] == [number for number in digits if number.encode() in stored or number[-7:].encode() in stored]
