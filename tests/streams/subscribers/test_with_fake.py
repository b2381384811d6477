"""From the form to a telephone and back: code, news of a road and its end go out by the sender, each once, with receipts."""

from __future__ import annotations

import re

from sqlalchemy import Engine

from streams import clock as wall
from streams.bench.sending_town import texts_by
from streams.city.model import City
from streams.fake_twilio.process import FakeTwilio
from streams.observation.moments import SECOND_US
from streams.store.subscriptions import count_subscriptions
from streams.subscribers.notifier import Notifier
from tests.streams.senders.trial import VAULT as TRIAL_VAULT
from tests.streams.senders.trial import Receipts, new_run, sending, states, until, way_to_fake
from tests.streams.subscribers.conftest import ON_ONE, VAULT, Clock, Reader, codes, texts
from tests.streams.subscribers.test_notifier import happen
from tests.streams.web.situations import warning


@ON_ONE
def test_a_code_and_the_news_come_once_and_are_receipted(
    engine: Engine, fake: FakeTwilio, town: City, clock: Clock, reader: Reader
) -> None:
    assert VAULT.lookup("x") == TRIAL_VAULT.lookup("x"), "the trial's sender opens what the page has sealed"
    phone = f"+99977{new_run():03d}{wall.now_us() % 10**7:07d}"
    # codes that are not sent for 15 min expire by the sender's clock
    clock.now_us = wall.now_us()
    with Receipts(engine) as receipts, sending(engine, [texts_by(way_to_fake(fake, receipts.url))]):
        ticket = reader.begin("road:P0", phone)
        until(lambda: {"delivered": 1} == states(engine))
        (came,) = [entry for entry in fake.ledger() if entry.to == phone]
        (code,) = re.findall(r"\d{6}", came.body)
        assert [code] == codes(engine)
        assert 303 == reader.confirm(ticket, code).status_code
        assert {"road": 1, "zone": 0} == count_subscriptions(engine)
        clock.pass_s(60)
        point, notifier = town.low_points[0], Notifier(engine, town, clock)
        off_s = -round((clock.now_us - _now_of_situations()) / SECOND_US)
        happen(engine, town, warning(point, 2, 0.3, off_s + 20), ahead_s=-off_s)
        assert 1 == notifier.turn()
        until(lambda: ["delivered"] == [state for _, state, _ in texts(engine)])
        happen(engine, town, warning(point, 0, 0.0, off_s + 5), ahead_s=-off_s)
        assert 1 == notifier.turn()
        until(lambda: ["delivered"] * 2 == [state for _, state, _ in texts(engine)])
    bodies = [entry.body for entry in fake.ledger() if entry.to == phone]
    assert ["code", "YELLOW", "over"] == [next(word for word in ("code", "YELLOW", "over") if word in body) for body in bodies]


def _now_of_situations() -> int:
    from tests.streams.web.situations import NOW_US

    return NOW_US
