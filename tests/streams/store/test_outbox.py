"""An order becomes texts to the right people, once (laws 5 and 6)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from streams.messages.message import Message
from streams.rules.outputs import Order
from streams.store.engine import reading, writing
from streams.store.outbox import account, messages, texts_by_zone, undispatched, unsent, write_order
from streams.store.schema import DISPATCHES, OUTBOX
from tests.streams.store.town import TEXTS, order, settle


def told(engine: Engine, version: int) -> list[str]:
    return [message.resident for message in messages(engine) if message.version == version]


def test_an_alert_goes_to_all_who_live_in_its_zone_and_to_nobody_else(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z2", "Z1"])
    assert 2 == write_order(engine, order())
    assert ["R000001", "R000003"] == told(engine, 1)
    assert {"Z1": 2} == texts_by_zone(engine)


def test_a_message_is_what_the_contract_says(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"], "en")
    write_order(engine, order(texts={"zh": "水" * 71, "en": "w" * 161}))
    assert [Message("R000001", order().incident, 1, "en", "w" * 161, 2, "2021-07-20T08:31:00.500000Z")] == messages(engine)


def test_the_same_order_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    assert [2, 0, 0] == [write_order(engine, order()) for _ in range(3)]
    assert 2 == unsent(engine)


def test_the_same_order_again_reaches_nobody_who_came_later(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    settle(engine, tmp_path, ["Z1", "Z1"])
    assert 0 == write_order(engine, order())
    assert ["R000001"] == told(engine, 1)


def test_the_same_order_from_many_at_once_is_written_once(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 50)
    together = threading.Barrier(6)

    def write() -> int:
        together.wait(10)
        return write_order(engine, order())

    with ThreadPoolExecutor(6) as pool:
        written = [job.result() for job in [pool.submit(write) for _ in range(6)]]
    assert [0, 0, 0, 0, 0, 50] == sorted(written)
    assert 50 == len(messages(engine))


def test_a_raise_goes_again_to_those_who_were_texted_before(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    assert 2 == write_order(engine, order(1))
    assert 2 == write_order(engine, order(2, "Update", level=4))
    assert told(engine, 1) == told(engine, 2)


def test_the_all_clear_goes_to_exactly_those_who_were_warned(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1", "Z2"])
    write_order(engine, order(1))
    settle(engine, tmp_path, ["Z1", "Z1", "Z2", "Z1"])  # one more has moved in, and the raise reaches them
    write_order(engine, order(2, "Update", level=4))
    settle(engine, tmp_path, ["Z2", "Z1", "Z1", "Z1", "Z1"])  # one has moved away, two have moved in
    write_order(engine, order(3, "Cancel"))
    assert ["R000001", "R000002"] == told(engine, 1)
    assert ["R000001", "R000002", "R000004"] == told(engine, 2) == told(engine, 3)


def test_the_all_clear_reaches_who_has_left_the_list_in_the_language_of_the_warning(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z2", "Z1"], "en")
    write_order(engine, order(1))
    settle(engine, tmp_path, ["Z2"])
    write_order(engine, order(2, "Cancel"))
    assert [("R000002", "en")] == [(message.resident, message.language) for message in messages(engine) if message.version == 2]


def test_the_all_clear_of_one_incident_does_not_reach_those_of_another(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z2"])
    write_order(engine, order(1))
    write_order(engine, order(1, incident="other", zones=["Z2"]))
    write_order(engine, order(2, "Cancel", incident="other", zones=["Z2"]))
    assert ["R000002"] == told(engine, 2)


def test_what_was_withdrawn_before_it_was_sent_asks_for_no_all_clear(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    write_order(engine, order(1))
    with writing(engine) as connection:
        connection.execute(update(OUTBOX).where(OUTBOX.c.resident == "R000001").values(state="withdrawn", reason="superseded"))
    write_order(engine, order(2, "Cancel"))
    assert ["R000002"] == told(engine, 2)


@pytest.mark.parametrize("silent", [order(state="draft"), order(texts={}), order(zones=["Z9"])])
def test_an_order_that_texts_nobody_is_recorded(engine: Engine, tmp_path: Path, silent: Order) -> None:
    settle(engine, tmp_path, ["Z1"])
    assert 0 == write_order(engine, silent)
    assert [] == messages(engine)
    assert {"another"} == undispatched(engine, [silent.identifier, "another"])


def test_a_draft_that_is_released_under_its_own_identifier_is_texted_once(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    drafted, released = order(state="draft"), order()
    assert [0, 0, 1, 0, 0] == [write_order(engine, each) for each in (drafted, drafted, released, released, drafted)]


def test_a_language_without_a_text_gets_the_first_there_is(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"], "en")
    write_order(engine, order(texts={"zh": "水"}))
    assert [("zh", "水")] == [(message.language, message.text) for message in messages(engine)]


def test_messages_come_in_the_order_of_the_file(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    late, early = order(1, incident="a", issued_at="2021-07-20T09:00:00Z"), order(1, incident="b", issued_at="2021-07-20T08:59:59.5Z")
    for each in (late, early):
        write_order(engine, each)
    assert [("b", "R000001"), ("b", "R000002"), ("a", "R000001"), ("a", "R000002")] == [(m.incident, m.resident) for m in messages(engine)]


def test_a_dispatch_keeps_when_and_how_many(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    write_order(engine, order())
    with reading(engine) as connection:
        row = connection.execute(select(DISPATCHES)).one()
    assert (order().identifier, order().incident, 1, 1_626_769_860_500_000, 2) == (
        row.identifier,
        row.incident,
        row.version,
        row.issued_us,
        row.rows,
    )


def test_an_order_that_fails_halfway_leaves_nothing_and_can_be_written_later(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    with pytest.raises(ValueError, match="no RFC 3339"):
        write_order(engine, order(issued_at="yesterday"))
    assert {order().identifier} == undispatched(engine, [order().identifier])
    assert 1 == write_order(engine, order())


def test_undispatched_takes_any_number_of_identifiers(engine: Engine) -> None:
    write_order(engine, order())
    many = [f"o{number}" for number in range(12_000)]
    assert set(many) == undispatched(engine, [*many, order().identifier])


def test_the_account_names_every_state(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order(texts=TEXTS))
    assert {"pending": 3, "claimed": 0, "sent": 0, "delivered": 0, "failed": 0, "withdrawn": 0} == account(engine)
