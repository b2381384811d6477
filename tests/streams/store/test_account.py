"""Everybody who was targeted is accounted for, at every moment (law 6)."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from streams.delivery.faults import OF_CALLS, TABLE
from streams.delivery.lattice import AttemptState, RowState, Said
from streams.store.account import Tally, account_by_zone, total
from streams.store.attempts import Word, hear
from streams.store.claims import claim
from streams.store.delays import Doubles, Spread, delays, doubles
from streams.store.engine import open_store
from streams.store.escalate import call_vulnerable
from streams.store.outbox import account, write_order
from streams.store.reasons import OF_STATES, WITHHELD, WORDS, folded, why, words_of
from tests.streams.store.posts import at, begin, say, settle_doors
from tests.streams.store.town import order, settle


def counts(tally: Tally) -> dict[str, int]:
    return {state: count for state, count in tally.states.items() if count}


def test_a_zone_is_accounted_for_in_all_and_by_order(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1", "Z1", "Z2"])
    write_order(engine, order(1))
    write_order(engine, order(1, incident="b", zones=["Z2"], level=4))
    jobs = begin(engine)
    say(engine, jobs["R000001"], "delivered")
    say(engine, jobs["R000002"], "failed", "30005")
    first, second = account_by_zone(engine)
    assert ("Z1", 3, {"claimed": 1, "delivered": 1, "failed": 1}) == (first.zone, first.texts.targeted, counts(first.texts))
    assert {"failed": {"30005": 1}} == first.texts.reasons == first.orders[0].texts.reasons
    assert [(order().identifier, order().incident, 1, "Alert", 3)] == [
        (one.identifier, one.incident, one.version, one.msg_type, one.level) for one in first.orders
    ]
    assert ("Z2", {"claimed": 1}, 0) == (second.zone, counts(second.texts), second.calls.targeted)
    assert account(engine) == total([first.texts, second.texts]).states


def test_an_order_that_texts_nobody_is_told_and_a_draft_is_not(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z2"])
    write_order(engine, order(1))
    write_order(engine, order(1, incident="b", state="draft"))
    [zone] = account_by_zone(engine)
    assert [(order().identifier, 0, True)] == [(one.identifier, one.texts.targeted, one.texts.adds_up) for one in zone.orders]


def test_versions_are_told_the_newest_first_and_what_a_newer_one_dropped_with_its_reason(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    write_order(engine, order(1))
    say(engine, begin(engine, most=1)["R000001"], "sent")
    write_order(engine, order(2, "Update", level=4))
    [zone] = account_by_zone(engine)
    assert [(2, {"pending": 2}, {}), (1, {"sent": 1, "suppressed": 1}, {"suppressed": {"superseded": 1}})] == [
        (one.version, counts(one.texts), one.texts.reasons) for one in zone.orders
    ]
    assert (4, True) == (zone.texts.targeted, zone.texts.adds_up)


def test_whoever_gave_way_is_one_reason_whatever_the_incident(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, [f"+999000000000{n},zh,{zone},,,a," for n in range(2) for zone in ("Z1", "Z2")])
    write_order(engine, order(1, level=4))
    write_order(engine, order(1, incident="b", zones=["Z2"]))
    [_, second] = account_by_zone(engine)
    assert {"suppressed": {"told_by": 2}} == second.texts.reasons


def test_calls_are_counted_apart(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, ["+9990000000001,zh,Z1,-1,,a,", "+9990000000002,zh,Z1,3,walks,b,"])
    write_order(engine, order(level=4))
    for job in begin(engine).values():
        say(engine, job, "sent")
    assert 1 == call_vulnerable(engine, at(1000), 60)
    [zone] = account_by_zone(engine)
    assert (2, {"sent": 2}, 1, {"pending": 1}) == (zone.texts.targeted, counts(zone.texts), zone.calls.targeted, counts(zone.calls))


def test_the_account_is_one_statement_so_that_it_sees_one_moment(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    account_by_zone(engine)
    assert 1 == sum("outbox" in statement or "dispatches" in statement for statement in asked)


def test_every_moment_adds_up_while_orders_claims_and_receipts_come(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    rows = [f"+999{n:010d},zh,{('Z1', 'Z2')[n % 2]},{n % 3 - 1},{('slow', 'walks')[n % 2]},a," for n in range(60)]
    settle_doors(engine, tmp_path, [*rows, "+9990000000000,zh,Z2,,,b,", ",zh,Z1,,,c,"])
    done = threading.Event()
    moments = 0
    with ThreadPoolExecutor(3) as pool:
        work = [pool.submit(task, store_url, 1) for task in (orders_come, rows_are_sent, rows_are_sent)]
        work[0].add_done_callback(lambda _: done.set())
        while not done.is_set() or not all(one.done() for one in work):
            tallies = [one.texts for zone in account_by_zone(engine) for one in zone.orders]
            assert [] == [tally for tally in tallies if not tally.adds_up]
            moments += 1
        for one in work:
            one.result()
    zones = account_by_zone(engine)
    assert moments > 10
    assert account(engine) == total([tally for zone in zones for tally in (zone.texts, zone.calls)]).states
    assert 20 == sum(len(zone.orders) for zone in zones)
    engine.dispose()


def orders_come(store_url: str, seed: int) -> None:
    engine, chance = open_store(store_url), random.Random(seed)
    for version in range(1, 6):
        for zone in ("Z1", "Z2"):
            for incident in ("a", "b"):
                kind = "Cancel" if version == 5 else "Alert" if version == 1 else "Update"
                write_order(engine, order(version, kind, incident=f"{incident}{zone}", zones=[zone], level=chance.choice((3, 4))))
        call_vulnerable(engine, at(10_000), 1)
    engine.dispose()


def rows_are_sent(store_url: str, seed: int) -> None:
    engine, chance = open_store(store_url), random.Random(seed + threading.get_ident())
    codes = {"failed": ("30003", "30005", "30008"), "refused": ("21610", "20429", "21211", "not_there")}
    for turn in range(40):
        jobs = claim(engine, chance.choice(("sms", "sms", "voice")), f"s{turn}", "fake", at(20_000 + 100 * turn), 9, expires=False).jobs
        for job in jobs:
            state: AttemptState = chance.choice(get_args(AttemptState))
            said = Said(state, chance.choice(codes.get(state, ("",))))
            hear(engine, [Word(job.attempt, said)], at(20_000 + 100 * turn))
    engine.dispose()


def test_several_tallies_come_to_their_sums() -> None:
    one = Tally(3, {"failed": 2, "sent": 1}, {"failed": {"21211": 2}})
    other = Tally(2, {"failed": 1, "suppressed": 1}, {"failed": {"21211": 1}, "suppressed": {"expired": 1}})
    both = total([one, other])
    assert (5, {"failed": 3, "sent": 1, "suppressed": 1}, True) == (both.targeted, counts(both), both.adds_up)
    assert {"failed": {"21211": 3}, "suppressed": {"expired": 1}} == both.reasons
    assert Tally(0, dict.fromkeys(OF_STATES, 0), {}) == total([])


# reasons in words


def test_every_code_and_every_state_has_words() -> None:
    assert set() == (set(TABLE) | set(OF_CALLS)) - set(WORDS)
    assert set(get_args(RowState)) == set(OF_STATES)


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("failed", "30005", "failed: the number is nobody's"),
        ("suppressed", "told_by:Z1-20210720T083000Z", "not sent: gets the text of another zone that is as much in danger"),
        ("pending", "", "waits to be sent"),
        ("failed", "E77", "failed: code E77"),
    ],
)
def test_a_state_is_told_with_its_reason(state: str, reason: str, words: str) -> None:
    assert words == why(state, reason)


@pytest.mark.parametrize("said", ["no such number +9990000000001", "999 000-000.0", "(999) 0000000"])
def test_what_may_be_a_number_is_in_no_reason(said: str) -> None:
    assert WITHHELD == folded(said)
    assert "999" not in words_of(said)


def test_what_a_provider_said_that_may_be_a_number_is_withheld(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    write_order(engine, order())
    for job in begin(engine).values():
        say(engine, job, "failed", f"no such number +999000000000{job.resident[-1]}")
    [zone] = account_by_zone(engine)
    assert {"failed": {WITHHELD: 2}} == zone.texts.reasons


# delays and doubles


def test_delays_count_from_the_release(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 4)
    write_order(engine, order())
    jobs = begin(engine)
    for seconds, job in enumerate(jobs.values(), start=1):
        say(engine, job, "accepted", seconds=seconds)
    for seconds, job in enumerate(list(jobs.values())[:2], start=11):
        say(engine, job, "delivered", seconds=seconds)
    found = delays(engine)
    assert Spread(4, 2.5, 3.85) == found.accepted
    assert Spread(2, 11.5, 11.95) == found.delivered
    assert [(order().identifier, found.accepted, found.delivered)] == [
        (one.identifier, one.accepted, one.delivered) for one in found.orders
    ]


def test_where_nothing_came_there_are_no_delays(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    write_order(engine, order())
    nothing = Spread(0, None, None)
    assert (nothing, nothing, ()) == ((found := delays(engine)).accepted, found.delivered, found.orders)
    say(engine, begin(engine)["R000001"], "accepted")
    found = delays(engine)
    assert (Spread(1, 2.0, 2.0), nothing) == (found.accepted, found.orders[0].delivered)
    assert nothing == delays(engine, []).accepted


def test_a_call_delays_nothing(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, ["+9990000000001,zh,Z1,-1,,a,"])
    write_order(engine, order(level=4))
    say(engine, begin(engine)["R000001"], "sent")
    call_vulnerable(engine, at(100), 60)
    say(engine, begin(engine, 100, kind="voice")["R000001"], "delivered", seconds=150)
    assert (Spread(1, 2.0, 2.0), 0) == ((found := delays(engine)).accepted, found.delivered.count)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 3_000_000), min_size=1, max_size=30))
def test_delays_are_those_of_numpy(tmp_path: Path, milliseconds: list[int]) -> None:
    (tmp_path / "one.db").unlink(missing_ok=True)
    engine = open_store(f"sqlite:///{tmp_path / 'one.db'}")
    settle(engine, tmp_path, ["Z1"] * len(milliseconds))
    write_order(engine, order())
    for each, job in zip(milliseconds, begin(engine).values(), strict=True):
        say(engine, job, "delivered", seconds=each / 1000)
    p50_s, p95_s = np.percentile(np.array(milliseconds) / 1000, (50, 95)).tolist()
    found = delays(engine).delivered
    assert len(milliseconds) == found.count
    assert pytest.approx([p50_s, p95_s], abs=1e-3) == [found.p50_s, found.p95_s]
    engine.dispose()


POSTS: list[tuple[list[tuple[AttemptState, str]], Doubles]] = [
    ([("delivered", "")], Doubles(0, 0, 0)),
    ([("refused", "20429"), ("delivered", "")], Doubles(0, 0, 0)),
    ([("failed", "30003"), ("delivered", "")], Doubles(1, 0, 0)),
    ([("failed", "30410"), ("delivered", "")], Doubles(1, 0, 1)),
    ([("refused", "not_there"), ("sent", "")], Doubles(0, 0, 1)),
    ([("refused", "not_there")], Doubles(0, 0, 0)),
]


def test_what_was_posted_again_is_counted(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    before = doubles(engine)
    assert Doubles(0, 0, 0) == before
    for number, (posts, expected) in enumerate(POSTS):
        write_order(engine, order(incident=f"i{number}", level=4))
        for hour, (state, code) in enumerate(posts, start=10 * number):
            say(engine, begin(engine, 3600 * hour)["R000001"], state, code, 3600 * hour)
        now = doubles(engine)
        assert expected == Doubles(*(getattr(now, name) - getattr(before, name) for name in Doubles.__struct_fields__))
        before = now


def test_a_text_that_turns_up_after_it_was_posted_again_came_perhaps_twice(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(level=4))
    first = begin(engine)["R000001"]
    say(engine, first, "refused", "not_there", 10)
    second = begin(engine, 20)["R000001"]
    say(engine, second, "delivered", seconds=21)
    say(engine, first, "delivered", seconds=22)
    assert (1, 1) == ((found := doubles(engine)).taken_again, found.perhaps_twice)
