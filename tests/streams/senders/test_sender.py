"""A text is sent once, the most dangerous first, through any crash (law 6)."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError

from streams import clock
from streams.city.load import load_city
from streams.delivery.job import Job
from streams.delivery.lattice import Said
from streams.demo.city import FOLDER
from streams.demo.residents import make_residents
from streams.senders.channel import Posted, barred
from streams.senders.dry_run import DryRun
from streams.senders.finder import Finder
from streams.senders.sender import Sender
from streams.store.attempts import Word, hear
from streams.store.claims import claim
from streams.store.engine import open_store, reading, writing
from streams.store.outbox import account, messages, unsent, write_order
from streams.store.outbox_schema import ATTEMPTS, OUTBOX
from streams.store.residents import import_residents
from streams.store.senders import ALIVE_US
from tests.streams.senders.ledger import Ledger
from tests.streams.senders.process import work
from tests.streams.store.town import VAULT, order, settle

SPAWN = multiprocessing.get_context("spawn")


def states(engine: Engine) -> dict[str, int]:
    return {state: count for state, count in account(engine).items() if count}


def reasons(engine: Engine) -> dict[str, tuple[str, str]]:
    with reading(engine) as connection:
        return {row.resident: (row.state, row.reason) for row in connection.execute(select(OUTBOX))}


def test_the_dry_run_ends_every_row_as_sent_with_its_reason(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 5)
    write_order(engine, order())
    assert 5 == Sender(engine, [DryRun()], batch=2, expires=False).drain()
    assert {"sent": 5} == states(engine)
    assert {("sent", "dry run")} == set(reasons(engine).values())


def test_the_most_dangerous_goes_first_and_an_all_clear_last(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1, level=2))
    Sender(engine, [DryRun()], expires=False).drain()
    for each in (order(2, "Cancel", level=4), order(1, level=3, incident="b"), order(1, level=4, incident="c")):
        write_order(engine, each)
    ledger = Ledger()
    Sender(engine, [ledger], batch=1, expires=False).drain()
    assert ["c", "b", order().incident] == [job.incident for job in ledger.jobs]


def test_a_row_is_claimed_and_its_attempt_on_record_before_it_is_posted(engine: Engine, store_url: str, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    seen: list[tuple[str, str]] = []

    def look(job: Job) -> Posted:
        other = open_store(store_url)
        with reading(other) as connection:
            row = connection.execute(select(OUTBOX.c.state, ATTEMPTS.c.state).join(ATTEMPTS).where(ATTEMPTS.c.attempt == job.attempt)).one()
            seen.append((row[0], row[1]))
        other.dispose()
        return Posted("sent")

    Sender(engine, [Ledger(look)], expires=False).drain()
    assert [("claimed", "posting")] == seen


def test_a_text_that_fails_does_not_stop_the_others_and_keeps_its_reason(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())

    def refuse(job: Job) -> Posted:
        return Posted("refused", code="21614") if job.resident == "R000002" else Posted("sent")

    assert 3 == Sender(engine, [Ledger(refuse)], expires=False).drain()
    assert {"R000001": ("sent", ""), "R000002": ("failed", "21614"), "R000003": ("sent", "")} == reasons(engine)


def test_a_channel_that_raises_makes_the_outcome_unknown_without_its_words(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())

    def fall(job: Job) -> Posted:
        raise ConnectionError("no way to +9990000000002")

    Sender(engine, [Ledger(fall)], expires=False).drain()
    assert {"unknown": 1} == states(engine)
    assert "+999" not in caplog.text


class Died(BaseException):
    """Stands for a kill: nothing after it runs."""


def die(job: Job) -> Posted:
    raise Died


def died(engine: Engine, owner: str, repeatable: bool) -> None:
    """A sender claims, and is gone: its claims are old, and its pulse has stopped."""
    name = "ledger" if not repeatable else "dry"
    assert claim(engine, "sms", owner, name, clock.now_us() - 2 * ALIVE_US, 100, expires=False)


@pytest.mark.parametrize(("repeatable", "expected"), [(True, {"sent": 3}), (False, {"unknown": 3})])
def test_what_a_dead_sender_had_claimed_is_taken_up(engine: Engine, tmp_path: Path, repeatable: bool, expected: dict[str, int]) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())
    died(engine, "sender-1", repeatable)
    assert {"claimed": 3} == states(engine)
    ledger = Ledger(name="dry" if repeatable else "ledger", repeatable=repeatable)
    Sender(engine, [ledger], owner="sender-2", expires=False).drain()
    assert expected == states(engine)
    assert (3 if repeatable else 0) == len(ledger.jobs)


def test_a_fresh_claim_of_another_sender_is_left_alone_but_not_ones_own_of_a_life_before(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    assert claim(engine, "sms", "sender-1", "dry", clock.now_us(), 100, expires=False)
    ledger = Ledger(name="dry", repeatable=True)
    Sender(engine, [ledger], owner="sender-2", expires=False).drain()
    assert ({"claimed": 1}, []) == (states(engine), ledger.jobs)
    Sender(engine, [ledger], owner="sender-1", expires=False).drain()
    assert {"sent": 1} == states(engine)


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
    posted = Counter(line for file in files if file.exists() for line in file.read_text().splitlines())
    assert {f"i{number}|1|R{resident:06d}": 1 for number in range(8) for resident in range(1, 21)} == dict(posted)
    assert 160 == account(engine)["sent"] == len(messages(engine))
    engine.dispose()


def test_a_sender_killed_between_claim_and_post_loses_nothing(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    settle(engine, tmp_path, ["Z1"] * 20)
    file = tmp_path / "a.txt"
    first = SPAWN.Process(target=work, args=(store_url, file, 2, 10))
    first.start()
    first.join(60)
    assert -signal.SIGKILL == first.exitcode
    work(store_url, file, 2, 0)  # the same name comes back
    posted = Counter(file.read_text().splitlines())
    assert {f"i{number}|1|R{resident:06d}" for number in range(2) for resident in range(1, 21)} == set(posted)
    assert sum(count - 1 for count in posted.values()) <= 9  # what it had noted before it died, and not yet stored
    assert (0, 40) == (unsent(engine), account(engine)["sent"])
    engine.dispose()


def test_a_running_sender_sends_what_comes_and_stops_at_once_when_told(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    stop, done = threading.Event(), threading.Event()
    ledger = Ledger()

    def tell(job: Job) -> Posted:
        if len(ledger.jobs) == 3:
            done.set()
        return Posted("sent")

    ledger._answer = tell
    thread = threading.Thread(target=Sender(engine, [ledger], expires=False).run, args=(stop,))
    thread.start()
    write_order(engine, order())
    assert done.wait(10)
    stop.set()
    thread.join(10)
    assert (False, 3) == (thread.is_alive(), len(ledger.jobs))
    assert 0 == unsent(engine)


def test_a_refusal_that_may_pass_is_posted_again_and_one_that_may_not_is_not(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 2)
    write_order(engine, order())
    answers = {"R000001": iter(["429", "429"]), "R000002": iter(["30005"])}

    def refuse(job: Job) -> Posted:
        code = next(answers[job.resident], "")
        return Posted("refused", code=code, retry_after_s=0.01) if code else Posted("sent")

    ledger, stop = Ledger(refuse), threading.Event()
    thread = threading.Thread(target=Sender(engine, [ledger], expires=False).run, args=(stop,))
    thread.start()
    deadline_s = clock.monotonic_s() + 20
    while unsent(engine):
        assert clock.monotonic_s() < deadline_s
        clock.sleep_s(0.02)
    stop.set()
    thread.join(10)
    assert Counter({"R000001": 3, "R000002": 1}) == Counter(ledger.residents)
    assert {"R000001": ("sent", ""), "R000002": ("failed", "30005")} == reasons(engine)


def test_a_second_provider_takes_over_when_the_first_is_down_and_the_first_is_tried_again(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 30)
    write_order(engine, order())
    first, second, stop = Ledger(lambda _: Posted("away", code="away"), "first"), Ledger(name="second"), threading.Event()
    thread = threading.Thread(target=Sender(engine, [first, second], batch=10, expires=False).run, args=(stop,))
    thread.start()
    deadline_s = clock.monotonic_s() + 20
    while unsent(engine):
        assert clock.monotonic_s() < deadline_s
        clock.sleep_s(0.02)
    stop.set()
    thread.join(10)
    assert {"sent": 30} == states(engine)
    assert 30 == len(second.jobs)
    assert 5 <= len(first.jobs) <= 12


def test_what_has_expired_or_been_superseded_or_opted_out_is_dropped_before_it_is_posted(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 2)
    write_order(engine, order())
    ledger = Ledger()
    Sender(engine, [ledger], expires=True).drain()  # the order is of 2021
    assert ([], {("suppressed", "expired")}) == (ledger.jobs, set(reasons(engine).values()))


def test_a_channel_of_one_number_shares_its_pace_among_its_senders(engine: Engine, tmp_path: Path) -> None:
    from streams.senders.line import Line
    from streams.store.senders import beat, gone

    line = Line(Ledger(segments_per_s=10))
    line.share(beat(engine, "a", "ledger", 1_000_000))
    assert 10 == line.pace.segments_per_s
    line.share(beat(engine, "b", "ledger", 1_000_000))
    assert 5 == line.pace.segments_per_s
    gone(engine, "a")
    line.share(beat(engine, "b", "ledger", 2_000_000))
    assert 10 == line.pace.segments_per_s
    assert 1 == beat(engine, "c", "other", 2_000_000)


def test_an_account_out_of_order_stops_the_line_and_keeps_its_texts(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())
    ledger = Ledger(lambda _: Posted("refused", code="20003"))
    Sender(engine, [ledger], batch=1, expires=False).drain(_soon())
    assert 1 == len(ledger.jobs)
    assert 0 == account(engine)["failed"]


def test_a_store_that_does_not_answer_is_tried_again(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    ledger, stop, failures = Ledger(), threading.Event(), iter([True, True])

    def away_at_first(*arguments: Any, **options: Any) -> Any:
        if next(failures, False):
            raise OperationalError("SELECT", {}, Exception("gone"))
        return claim(*arguments, **options)

    monkeypatch.setattr("streams.senders.sender.claim", away_at_first)
    thread = threading.Thread(target=Sender(engine, [ledger], expires=False).run, args=(stop,))
    thread.start()
    deadline_s = clock.monotonic_s() + 20
    while unsent(engine):
        assert clock.monotonic_s() < deadline_s
        clock.sleep_s(0.02)
    stop.set()
    thread.join(10)
    assert (1, {"sent": 1}) == (len(ledger.jobs), states(engine))


def test_a_sender_whose_claim_was_taken_over_does_not_overwrite_the_end(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())

    def slow(job: Job) -> Posted:  # meanwhile another took it for dead, found the text not there, and posted it
        hear(engine, [Word(job.attempt, Said("refused", "not_there"))], clock.now_us())
        with ThreadPoolExecutor(1) as pool:  # an event loop of its own
            assert 1 == pool.submit(Sender(engine, [Ledger()], expires=False).drain).result()
        return Posted("refused", code="30005")

    Sender(engine, [Ledger(slow, name="slow")], expires=False).drain()
    assert {"sent": 1} == states(engine)


def test_no_digits_of_a_telephone_number_are_in_the_database(tmp_path: Path) -> None:
    make_residents(FOLDER, tmp_path / "r.csv", 500)
    city, engine = load_city(FOLDER), open_store(f"sqlite:///{tmp_path / 'store.db'}")
    import_residents(engine, tmp_path / "r.csv", city, VAULT)
    for zone in city.zones:
        write_order(engine, order(incident=zone.zone_id, zones=[zone.zone_id]))
    Sender(engine, [DryRun()], owner="dry", expires=False).drain()
    assert 500 == account(engine)["sent"]
    stored = b"".join(file.read_bytes() for file in sorted(tmp_path.glob("store.db*")))
    engine.dispose()
    lines = (tmp_path / "r.csv").read_text().splitlines()[1:]
    digits = [line.split(",")[1].removeprefix("+999") for line in lines]
    assert b"R000500" in stored
    assert [] == [number for number in digits if number.encode() in stored or number[-7:].encode() in stored]


def _soon() -> threading.Event:
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    return stop


def _age(engine: Engine, seconds: float) -> None:
    with writing(engine) as connection:
        past = {"posted_us": ATTEMPTS.c.posted_us - int(seconds * 1e6), "looked_us": 0}
        connection.execute(update(ATTEMPTS).values(**past))


def test_an_answer_that_the_store_will_never_take_keeps_no_other_from_it(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())
    odd = {"R000001": "a\x00b", "R000002": "\ud800", "R000003": "SM3"}
    Sender(engine, [Ledger(lambda job: Posted("accepted", provider_id=odd[job.resident]))], expires=False).drain()
    assert {"accepted": 3} == states(engine)


def test_a_key_that_opens_no_number_fails_nobody(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())
    ledger = Ledger(lambda _: barred("number_sealed_with_another_key"))
    Sender(engine, [ledger], batch=1, expires=False).drain(_soon())
    assert ({"pending": 3}, 1) == (states(engine), len(ledger.jobs))


def test_what_is_unknown_of_a_provider_that_is_gone_is_not_unknown_for_ever(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(level=4))
    Sender(engine, [Ledger(lambda _: Posted("unknown"), name="old")], expires=False).drain()
    assert {"unknown": 1} == states(engine)
    _age(engine, 60)
    assert 1 == asyncio.run(Finder(engine, [Ledger(name="new")]).judge_strangers())
    assert {"pending": 1} == states(engine)
