"""The whole sender against the fake of Twilio: everybody is reached once, whatever goes wrong on the way (law 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from streams import clock
from streams.bench.sending_town import order, texts_by
from streams.fake_twilio.behaviour import Ending, Fault
from streams.fake_twilio.ledger import Entry
from streams.fake_twilio.process import FakeTwilio
from streams.senders.dry_run import DryRun
from streams.senders.sender import Sender
from streams.senders.twilio_voice import TwilioVoice
from streams.store.attempts import NOT_BEGUN
from streams.store.engine import reading, writing
from streams.store.escalate import call_vulnerable
from streams.store.outbox import unsent, write_order
from streams.store.outbox_schema import ATTEMPTS
from streams.store.people_schema import HOMES, OPT_OUTS
from tests.streams.senders.trial import VAULT, Receipts, attempts, rows, sending, settled, states, until, way_to_fake

ON_ONE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What hangs on no database."""


def told(fake: FakeTwilio, numbers: Sequence[str]) -> list[Entry]:
    """What was created for these numbers."""
    known = set(numbers)
    return [entry for entry in fake.ledger() if entry.to in known]


def each_once(numbers: Sequence[str]) -> dict[str, int]:
    return dict.fromkeys(numbers, 1)


def count(entries: Sequence[Entry]) -> dict[str, int]:
    return dict(Counter(entry.to for entry in entries))


def posted(engine: Engine) -> list[Any]:
    """The attempts that were posted: what a line could not take was given back before."""
    return [attempt for attempt in attempts(engine) if attempt.code != NOT_BEGUN]


def delivered(engine: Engine, people: int) -> bool:
    return states(engine) == {"delivered": people}


def test_everybody_gets_the_text_once_and_gives_a_receipt(engine: Engine, fake: FakeTwilio) -> None:
    numbers = settled(engine, 100)
    fake.control.set(shuffled=True, repeated=2)
    write_order(engine, order("Z1"))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))]):
        until(lambda: delivered(engine, 100))
    assert each_once(numbers) == count(told(fake, numbers))
    assert 100 == len(posted(engine))
    sids = {entry.to: entry.sid for entry in told(fake, numbers)}
    assert set(sids.values()) == {attempt.provider_id for attempt in posted(engine)}


@pytest.mark.parametrize("fault", ["dropped", "error_after"])
def test_where_answers_are_lost_nobody_is_texted_twice(engine: Engine, fake: FakeTwilio, fault: str) -> None:
    numbers = settled(engine, 200)
    fake.control.set(**{fault: Fault(0.05)})
    write_order(engine, order("Z1"))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))]):
        until(lambda: delivered(engine, 200))
    assert each_once(numbers) == count(told(fake, numbers))
    lost = [entry for entry in told(fake, numbers) if entry.answered != "201"]
    assert lost
    assert 200 == len(posted(engine))


@ON_ONE
def test_where_answers_are_lost_and_no_callback_comes_the_list_tells(engine: Engine, fake: FakeTwilio) -> None:
    numbers = settled(engine, 60)
    fake.control.set(dropped=Fault(0.3))
    write_order(engine, order("Z1"))
    with sending(engine, [texts_by(way_to_fake(fake))]):
        until(lambda: delivered(engine, 60))
    assert each_once(numbers) == count(told(fake, numbers))
    assert 60 == len(posted(engine))


@ON_ONE
@pytest.mark.parametrize("fault", ["error_before", "unavailable_before"])
def test_an_error_twice_makes_one_post_for_each_attempt_on_record(engine: Engine, fake: FakeTwilio, fault: str) -> None:
    numbers = settled(engine, 20)
    before = fake.stats()
    fake.control.set(**{fault: Fault(1.0, count=2)})
    write_order(engine, order("Z1"))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))]):
        until(lambda: delivered(engine, 20))
    posts = sum(fake.stats().posts.values()) - sum(before.posts.values())
    assert (22, 22) == (posts, len(posted(engine)))
    assert each_once(numbers) == count(told(fake, numbers))


@ON_ONE
def test_where_most_posts_are_too_many_all_are_taken_in_the_end(engine: Engine, fake: FakeTwilio) -> None:
    numbers = settled(engine, 20)
    fake.control.set(too_many=Fault(0.8, seconds=1.0), retry_after_s=0)
    write_order(engine, order("Z1"))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))]):
        until(lambda: delivered(engine, 20))
    assert each_once(numbers) == count(told(fake, numbers))
    assert {"429"} == {attempt.code for attempt in posted(engine) if attempt.state == "refused"}


@ON_ONE
@pytest.mark.parametrize("down", ["unavailable", "closing"])
def test_when_a_provider_comes_back_all_are_taken_and_red_goes_first(engine: Engine, fake: FakeTwilio, down: str) -> None:
    run = 7_000 + (down == "closing")
    yellow, red = settled(engine, 20, "Z1", run=run), settled(engine, 20, "Z2", first=101, run=run)
    before = fake.stats()
    fake.control.set(down=down)
    write_order(engine, order("Z1", level=2))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))], batch=5):
        fake.control.wait(lambda stats: stats.posts.get("closed", 0) + stats.posts.get("503", 0) >= 5 + _closed(before))
        write_order(engine, order("Z2", level=4))
        fake.control.set(down="")
        until(lambda: delivered(engine, 40), 30)
    entries = told(fake, [*yellow, *red])
    assert each_once([*yellow, *red]) == count(entries)
    known = set(red)
    # what was claimed of yellow before red came may go out between
    assert sum(1 for entry in entries[:25] if entry.to in known) >= 18


def _closed(stats: object) -> int:
    posts: dict[str, int] = stats.posts  # type: ignore[attr-defined]
    return posts.get("closed", 0) + posts.get("503", 0)


@ON_ONE
def test_a_full_queue_makes_the_line_wait_and_loses_nobody(engine: Engine, fake: FakeTwilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.store.attempts.backoff_s", lambda *_: 0.1)
    numbers = settled(engine, 6)
    fake.control.set(queue_full=Fault(1.0, count=1))
    write_order(engine, order("Z1"))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url), at_once=1)]):
        until(lambda: delivered(engine, 6))
    assert each_once(numbers) == count(told(fake, numbers))
    assert ["21611"] == [attempt.code for attempt in posted(engine) if attempt.state == "refused"]


@ON_ONE
def test_who_has_opted_out_at_the_provider_is_remembered_and_not_texted_the_next_time(engine: Engine, fake: FakeTwilio) -> None:
    numbers = settled(engine, 3)
    fake.control.set(refusals={numbers[0]: 21610})
    write_order(engine, order("Z1"))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))]):
        until(lambda: states(engine) == {"failed": 1, "delivered": 2})
        with reading(engine) as connection:
            assert [VAULT.lookup(numbers[0])] == list(connection.scalars(select(OPT_OUTS.c.lookup)))
        posts = sum(fake.stats().posts.values())
        write_order(engine, order("Z1", 2, "Update"))
        until(lambda: states(engine) == {"failed": 1, "delivered": 4, "suppressed": 1})
    assert posts + 2 == sum(fake.stats().posts.values())
    assert ("failed", "21610") == rows(engine)["R0000001", 1]
    assert ("suppressed", "opted_out") == rows(engine)["R0000001", 2]


@ON_ONE
def test_what_the_handset_or_the_carrier_refuses_is_posted_as_often_as_its_code_allows(
    engine: Engine, fake: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.store.attempts.backoff_s", lambda *_: 0.0)
    off, once, filtered, well = numbers = settled(engine, 4)
    fake.control.set(endings={off: Ending(code=30003), once: Ending(code=30008, first=1), filtered: Ending(status="failed", code=30007)})
    write_order(engine, order("Z1"))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))]):
        until(lambda: states(engine) == {"failed": 2, "delivered": 2})
    assert {off: 3, once: 2, filtered: 1, well: 1} == count(told(fake, numbers))
    expected = [("failed", "30003"), ("delivered", ""), ("failed", "30007"), ("delivered", "")]
    assert expected == [rows(engine)[f"R000000{person}", 1] for person in range(1, 5)]


@ON_ONE
def test_of_an_order_that_is_called_off_half_sent_the_rest_does_not_go_out(engine: Engine, fake: FakeTwilio) -> None:
    numbers = settled(engine, 60)
    first, last = order("Z1"), order("Z1", 2, "Cancel", texts={"zh": "【演示市防汛】解除", "en": "over"})
    write_order(engine, first)
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url), segments_per_s=20)]):
        until(lambda: len(told(fake, numbers)) >= 15)
        called_off_us = clock.now_us()
        write_order(engine, last)
        until(lambda: not unsent(engine), 30)
        until(lambda: set(states(engine)) == {"delivered", "suppressed"})
    entries = told(fake, numbers)
    warned = {entry.to for entry in entries if entry.body == first.texts["zh"]}
    cleared = [entry.to for entry in entries if entry.body != first.texts["zh"]]
    assert 15 <= len(warned) < 60
    assert sorted(warned) == sorted(cleared)
    assert [] == [entry for entry in entries if entry.body == first.texts["zh"] and entry.created_us > called_off_us + 1_000_000]
    assert {("suppressed", "called_off")} == {row for row in rows(engine).values() if row[0] == "suppressed"}


@ON_ONE
def test_receipts_are_fetched_where_no_callback_can_come(engine: Engine, fake: FakeTwilio) -> None:
    numbers = settled(engine, 10)
    fake.control.set(withheld=Fault(1.0))
    write_order(engine, order("Z1"))
    with sending(engine, [texts_by(way_to_fake(fake))]):
        until(lambda: delivered(engine, 10))
    assert each_once(numbers) == count(told(fake, numbers))


@ON_ONE
def test_two_senders_at_once_text_each_once(engine: Engine, fake: FakeTwilio) -> None:
    numbers = settled(engine, 100)
    fake.control.set(dropped=Fault(0.05))
    write_order(engine, order("Z1"))
    channels = [texts_by(way_to_fake(fake)) for _ in range(2)]
    with sending(engine, channels[:1], batch=7), sending(engine, channels[1:], batch=7):
        until(lambda: delivered(engine, 100))
    assert each_once(numbers) == count(told(fake, numbers))


@ON_ONE
def test_the_vulnerable_who_gave_no_receipt_are_called(engine: Engine, fake: FakeTwilio) -> None:
    numbers = settled(engine, 2)
    with writing(engine) as connection:
        connection.execute(update(HOMES).where(HOMES.c.resident == "R0000001").values(floor=-1))
    fake.control.set(course=("queued",))
    write_order(engine, order("Z1"))
    with sending(engine, [texts_by(way_to_fake(fake))]):
        until(lambda: states(engine) == {"accepted": 2})
    assert 1 == call_vulnerable(engine, clock.now_us() + 1, 0.0)
    with Receipts(engine) as receipts, sending(engine, [TwilioVoice("calls", numbers[0], way_to_fake(fake, receipts.url), 100)]):
        until(lambda: states(engine) == {"accepted": 2, "delivered": 1} or states(engine) == {"accepted": 1, "delivered": 1})
    assert [("call", numbers[0])] == [(entry.kind, entry.to) for entry in told(fake, numbers) if entry.kind == "call"]
    with reading(engine) as connection:
        assert {"fake", "calls"} == set(connection.scalars(select(ATTEMPTS.c.provider)))


@ON_ONE
def test_what_was_dropped_does_not_count_as_posted(engine: Engine) -> None:
    settled(engine, 3)
    write_order(engine, order("Z1"))
    late_us = clock.now_us() + 3 * 3_600_000_000
    assert 0 == Sender(engine, [DryRun()], now_us=lambda: late_us).drain()
    assert {"suppressed": 3} == states(engine)
