"""No number of a resident is in any log, in the store in the clear, or in what an exception says, after all that can go wrong (law 10)."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from streams.bench.sending_town import order, texts_by
from streams.fake_twilio.behaviour import Ending, Fault
from streams.fake_twilio.process import FakeTwilio
from streams.senders.connections import Away, Connections, Unclear
from streams.senders.door import RealDoor
from streams.senders.gateway_form import GatewayForm
from streams.senders.http_gateway import HttpGateway
from streams.senders.twilio_voice import TwilioVoice
from streams.senders.way_out import MayNot, WayOut
from streams.store.engine import open_store
from streams.store.outbox import write_order
from tests.streams.senders.gateway import Gateway
from tests.streams.senders.test_door import CREDENTIALS, live
from tests.streams.senders.trial import (
    PHONE,
    VAULT,
    Receipts,
    attempts,
    done,
    job,
    rows,
    sending,
    settled,
    states,
    until,
    way_to,
    way_to_fake,
)

LOUD = ("", "streams", "twilio", "aiohttp", "aiohttp.client", "asyncio", "sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool")
FAULTS = ("too_many", "error_before", "unavailable_before", "queue_full", "error_after", "dropped")


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All logs, as talkative as they get."""
    for name in LOUD:
        caplog.set_level(logging.DEBUG, logger=name)
    yield caplog


def assert_holds_none(text: str, numbers: list[str]) -> None:
    """Not in any spelling: seven digits of a number, whatever stands between them."""
    digits = re.sub(r"(?<=\d)[\s\-().]+(?=\d)", "", text)
    found = [number for number in numbers if number in digits or number[1:] in digits or number[-9:] in digits]
    assert [] == found


def said(everything: pytest.LogCaptureFixture) -> str:
    """All that was logged, with what was given to it and what came with it."""
    parts = [everything.text]
    for record in everything.records:
        parts += [record.getMessage(), repr(record.args), str(record.exc_text), repr(record.exc_info)]
    return "\n".join(parts)


def test_after_faults_of_all_kinds_no_number_is_in_a_log_or_in_the_store(
    fake: FakeTwilio, tmp_path: Path, everything: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.store.attempts.backoff_s", lambda *_: 0.05)
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    numbers = settled(engine, 24, run=83_174)
    fake.control.set(
        **dict.fromkeys(FAULTS, Fault(0.1)),
        retry_after_s=0,
        refusals=dict(zip(numbers[:4], (21610, 21211, 21612, 21614), strict=True)),
        endings={numbers[4]: Ending(code=30003), numbers[5]: Ending(code=30005), numbers[6]: Ending(status="failed", code=30007)},
        repeated=1,
    )
    write_order(engine, order("Z1"))
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))]):
        until(lambda: states(engine) == {"delivered": 17, "failed": 7}, 30)
        fake.control.set(**dict.fromkeys(FAULTS, Fault()), down="unavailable")
        write_order(engine, order("Z1", 2, "Update"))
        fake.control.wait(lambda stats: stats.refused.get("down", 0) >= 5)
        fake.control.set(down="", endings={}, refusals={})
        # numbers[0] has opted out
        until(lambda: len([1 for (_, version), (state, _) in rows(engine).items() if version == 2 and state == "delivered"]) == 23, 30)
    assert {"refused", "failed", "delivered"} == {attempt.state for attempt in attempts(engine)}
    engine.dispose()
    logged = said(everything)
    assert "sqlalchemy" in {record.name.partition(".")[0] for record in everything.records}
    assert_holds_none(logged, numbers)
    for file in sorted(tmp_path.glob("store.db*")):
        assert_holds_none(file.read_bytes().decode("latin-1"), numbers)


def test_a_gateway_that_quotes_the_number_in_its_answers_is_not_quoted(tmp_path: Path, everything: pytest.LogCaptureFixture) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    numbers = settled(engine, 3, run=9_001)
    write_order(engine, order("Z1"))
    form = GatewayForm("https://sms.example/send", {"mobile": "{number}", "content": "{text}"}, national="999")
    with Gateway() as gateway:
        gateway.answer = {"code": f"{numbers[0][1:]}、{numbers[1][4:]}: {numbers[2]} blacklisted"}
        with sending(engine, [HttpGateway("gw", form, "s", way_to(gateway.url), 1_000)]):
            until(lambda: states(engine) == {"failed": 3})
    engine.dispose()
    assert_holds_none(said(everything), numbers)
    for file in sorted(tmp_path.glob("store.db*")):
        assert_holds_none(file.read_bytes().decode("latin-1"), numbers)


def test_calls_are_as_silent(fake: FakeTwilio, everything: pytest.LogCaptureFixture) -> None:
    for fault in (*FAULTS, None):
        fake.control.set(**{each: Fault(float(each == fault)) for each in FAULTS}, refusals={PHONE: 21211})
        by = TwilioVoice("calls", PHONE, way_to_fake(fake))
        done(by, by.post(job()))
        done(by, by.look_up(job(), 0))
    assert_holds_none(said(everything), [PHONE])


def test_no_exception_of_ours_says_a_number() -> None:
    raised: list[BaseException] = []

    async def exchange(url: str) -> None:
        connections = Connections(1, post_s=0.05)
        try:
            await connections.exchange("POST", url, data={"To": PHONE})
        except (Away, Unclear) as error:
            raised.append(error)
        finally:
            await connections.close()

    with Gateway() as gateway:
        gateway.answer = None
        for url in (gateway.url, "http://127.0.0.1:1/" + PHONE, f"http://{PHONE}:x/", f"http://127.0.0.1:1:{PHONE}"):
            asyncio.run(exchange(url))
    for refused, door in ((job(), RealDoor(live(), CREDENTIALS)), (job(phone=b"x" + PHONE.encode()), way_to("http://127.0.0.1:1").door)):
        try:
            WayOut(door, VAULT).number(refused)
        except MayNot as error:
            raised.append(error)
    assert 6 == len(raised)
    assert_holds_none(" ".join(f"{error} {error!r}" for error in raised), [PHONE])


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_an_error_of_the_store_does_not_quote_what_was_written(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SQLAlchemyError) as raised:
        for _ in range(2):  # the second time each is there already
            settled(engine, 2, run=9_002)
    assert_holds_none(f"{raised.value} {raised.value!r}", [f"+999{9_002:05d}{person:07d}" for person in (1, 2)])
