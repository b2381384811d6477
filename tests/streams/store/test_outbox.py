"""An order becomes texts to the right people, once (laws 5 and 6)."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from streams.city.model import City, Zone
from streams.delivery.lattice import Said
from streams.messages.message import Message
from streams.rules.outputs import Order
from streams.store.attempts import Word, hear
from streams.store.claims import claim
from streams.store.engine import open_store, reading, writing
from streams.store.outbox import (
    account,
    issued_us,
    messages,
    messages_once,
    texts_by_zone,
    undispatched,
    unsent,
    write_at_once,
    write_order,
)
from streams.store.outbox_schema import DISPATCHES, OUTBOX
from streams.store.residents import import_residents
from tests.streams.store.town import CITY, TEXTS, VAULT, order, send_all, settle, write_csv


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
    send_all(engine)
    assert 2 == write_order(engine, order(2, "Update", level=4))
    assert told(engine, 1) == told(engine, 2)


def test_the_all_clear_goes_to_exactly_those_who_were_warned(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1", "Z2"])
    write_order(engine, order(1))
    send_all(engine)
    settle(engine, tmp_path, ["Z1", "Z1", "Z2", "Z1"])  # one more has moved in, and the raise reaches them
    write_order(engine, order(2, "Update", level=4))
    send_all(engine)
    settle(engine, tmp_path, ["Z2", "Z1", "Z1", "Z1", "Z1"])  # one has moved away, two have moved in
    write_order(engine, order(3, "Cancel"))
    assert ["R000001", "R000002"] == told(engine, 1)
    assert ["R000001", "R000002", "R000007"] == told(engine, 2) == told(engine, 3)


def test_the_all_clear_reaches_who_has_left_the_list_in_the_language_of_the_warning(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z2", "Z1"], "en")
    write_order(engine, order(1))
    send_all(engine)
    settle(engine, tmp_path, ["Z2"])
    write_order(engine, order(2, "Cancel"))
    assert [("R000002", "en")] == [(message.resident, message.language) for message in messages(engine) if message.version == 2]


def test_the_all_clear_of_one_incident_does_not_reach_those_of_another(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z2"])
    write_order(engine, order(1))
    write_order(engine, order(1, incident="other", zones=["Z2"]))
    send_all(engine)
    write_order(engine, order(2, "Cancel", incident="other", zones=["Z2"]))
    assert ["R000002"] == told(engine, 2)


def states(engine: Engine, version: int) -> dict[str, tuple[str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(select(OUTBOX).where(OUTBOX.c.version == version))
        return {row.resident: (row.state, row.reason) for row in rows}


def test_what_was_dropped_before_it_was_sent_asks_for_no_all_clear(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    write_order(engine, order(1))
    with writing(engine) as connection:
        connection.execute(update(OUTBOX).where(OUTBOX.c.resident == "R000001").values(state="sent"))
    write_order(engine, order(2, "Cancel"))
    assert {"R000001": ("sent", ""), "R000002": ("suppressed", "called_off")} == states(engine, 1)
    assert ["R000001"] == told(engine, 2)


def test_a_newer_version_drops_what_is_unsent_of_the_older(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    write_order(engine, order(2, "Update", level=4))
    assert {"R000001": ("suppressed", "superseded")} == states(engine, 1)
    assert {"R000001": ("pending", "")} == states(engine, 2)


@pytest.mark.parametrize("state", ["claimed", "unknown", "accepted", "delivered"])
def test_who_may_have_been_warned_gets_the_all_clear(engine: Engine, tmp_path: Path, state: str) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    with writing(engine) as connection:
        connection.execute(update(OUTBOX).values(state=state))
    write_order(engine, order(2, "Cancel"))
    assert ["R000001"] == told(engine, 2)


TWO = ["X1,+9990000000001,zh,Z1", "X1,+9990000000001,zh,Z2", "X2,+9990000000002,zh,Z2"]


def two_homes(engine: Engine, folder: Path) -> None:
    import_residents(engine, write_csv(folder / "two.csv", TWO), CITY, VAULT)


def elsewhere(version: int = 1, msg_type: str = "Alert", **changes: Any) -> Order:
    return order(version, msg_type, incident="Z2-20210720T083000Z", zones=["Z2"], **changes)


def test_who_lives_in_two_zones_is_told_once_of_the_same_danger(engine: Engine, tmp_path: Path) -> None:
    two_homes(engine, tmp_path)
    write_order(engine, order(level=3))
    write_order(engine, elsewhere(level=3))
    send_all(engine)
    assert [("R000001", "Z1"), ("R000003", "Z2")] == [(m.resident, m.incident[:2]) for m in messages(engine)]


def test_who_lives_in_two_zones_is_told_of_the_more_severe_danger_too(engine: Engine, tmp_path: Path) -> None:
    two_homes(engine, tmp_path)
    write_order(engine, order(level=3))
    write_order(engine, elsewhere(level=4))
    send_all(engine)
    assert ["R000001", "R000001", "R000003"] == sorted(m.resident for m in messages(engine))


def test_when_the_more_severe_is_over_what_still_stands_is_told(engine: Engine, tmp_path: Path) -> None:
    two_homes(engine, tmp_path)
    write_order(engine, order(level=4))
    write_order(engine, elsewhere(level=3))
    send_all(engine)
    write_order(engine, order(2, "Cancel"))
    send_all(engine)
    assert [("R000001", "Z1", 1), ("R000001", "Z1", 2), ("R000001", "Z2", 1), ("R000003", "Z2", 1)] == sorted(
        (m.resident, m.incident[:2], m.version) for m in messages(engine)
    )


STEPS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 4)), min_size=1, max_size=10)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_the_outbox_and_the_rule_over_all_that_was_issued_come_to_the_same(steps: list[tuple[str, int]]) -> None:
    """Each text sent before the next order comes: what the database decides one by one is what `told_once` says of all."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{folder}/store.db")
        again = open_store(f"sqlite:///{folder}/again.db")
        try:
            zones = [Zone(f"Z{name}", "D1", {}) for name in "ABC"]
            city = City(name="T", time_zone="Asia/Shanghai", districts=("D1",), zones=tuple(zones))
            rows = [f"X,+9990000000001,zh,Z{name}" for name in "ABC"] + ["Y,+9990000000002,zh,ZA"]
            versions: dict[str, int] = {}
            for store in (engine, again):
                import_residents(store, write_csv(Path(folder) / "r.csv", rows), city, VAULT)
            for number, (name, level) in enumerate(steps):
                versions[name] = version = versions.get(name, 0) + 1
                kind = "Cancel" if level == 0 else "Alert" if version == 1 else "Update"
                each = order(version, kind, incident=name, zones=[f"Z{name}"], level=level, issued_at=f"2021-07-20T08:{number:02d}:00Z")
                write_order(engine, each)
                write_at_once(again, each)
                send_all(engine)
            assert messages_once(again) == messages(engine)
        finally:
            engine.dispose()
            again.dispose()


def test_basements_come_first_then_the_ground_floor_then_who_needs_help_then_the_nearest(engine: Engine, tmp_path: Path) -> None:
    header = "phone,language,zone_id,lon,lat,floor,mobility"
    rows = [
        "+9990000000001,zh,Z1,113.002,34.0,3,walks",
        "+9990000000002,zh,Z1,113.001,34.0,0,walks",
        "+9990000000003,zh,Z1,113.002,34.0,0,walks",
        "+9990000000004,zh,Z1,113.009,34.0,0,needs_help",
        "+9990000000005,zh,Z1,113.009,34.0,-1,walks",
        "+9990000000006,zh,Z1,,,,",
    ]
    import_residents(engine, write_csv(tmp_path / "r.csv", rows, header), CITY, VAULT)
    write_order(engine, order(), near=(113.0, 34.0))
    with reading(engine) as connection:
        ranked = connection.scalars(select(OUTBOX.c.resident).order_by(OUTBOX.c.rank)).all()
    assert [5, 4, 2, 3, 6, 1] == [int(name[1:]) for name in ranked]


def test_a_small_zone_takes_turns_with_a_large_one_that_came_before_it(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 60 + ["Z2"] * 10)
    write_order(engine, order())
    with writing(engine) as connection:  # thirty are through when the other order comes
        connection.execute(update(OUTBOX).where(OUTBOX.c.rank <= 30).values(state="sent"))
    write_order(engine, elsewhere())
    turns = claim(engine, "sms", "s", "p", 1, 20, expires=False).jobs
    assert {"Z1": 10, "Z2": 10} == Counter(job.incident[:2] for job in turns)


def test_who_has_no_telephone_is_on_the_account_as_failed_and_gets_no_text(engine: Engine, tmp_path: Path) -> None:
    rows = ["+9990000000001,zh,Z1,", ",zh,Z1,7 Canal Street"]
    import_residents(engine, write_csv(tmp_path / "r.csv", rows, "phone,language,zone_id,address"), CITY, VAULT)
    assert 2 == write_order(engine, order())
    assert {"R000001": ("pending", ""), "R000002": ("failed", "no_telephone")} == states(engine, 1)
    assert ["R000001"] == told(engine, 1)


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
    expected = dict.fromkeys(("claimed", "unknown", "accepted", "sent", "delivered", "failed", "suppressed"), 0) | {"pending": 3}
    assert expected == account(engine)


def test_an_update_without_texts_ends_no_warning(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1, level=4))
    assert 0 == write_order(engine, order(2, "Update", level=3, texts={}))
    assert {"R000001": ("pending", "")} == states(engine, 1)
    assert ["R000001"] == [job.resident for job in claim(engine, "sms", "s", "p", 1, 10, expires=False).jobs]


def test_an_all_clear_without_texts_drops_what_is_unsent(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    write_order(engine, order(2, "Cancel", texts={}))
    assert {"R000001": ("suppressed", "called_off")} == states(engine, 1)


def test_who_has_moved_is_told_of_the_danger_where_they_live_now(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order())
    send_all(engine)
    settle(engine, tmp_path, ["Z2"])
    write_order(engine, elsewhere())
    send_all(engine)
    assert [("R000001", "Z1"), ("R000001", "Z2")] == sorted((m.resident, m.incident[:2]) for m in messages(engine))


def test_an_order_that_is_prolonged_without_texts_does_not_expire(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1, expires="2021-07-20T09:00:00Z"))
    write_order(engine, order(2, "Update", texts={}, expires="2021-07-20T15:00:00Z"))
    at_ten_us = issued_us("2021-07-20T10:00:00Z")
    jobs = claim(engine, "sms", "s", "p", at_ten_us, 10).jobs
    assert [issued_us("2021-07-20T15:00:00Z")] == [job.expires_us for job in jobs]


@pytest.mark.parametrize("end", ["expired", "failed"])
def test_who_gave_way_to_a_text_that_never_came_is_told_after_all(engine: Engine, tmp_path: Path, end: str) -> None:
    two_homes(engine, tmp_path)
    write_order(engine, order(level=4, expires="2021-07-20T09:00:00Z"))
    write_order(engine, elsewhere(level=3, expires="2021-07-20T20:00:00Z"))
    if end == "expired":
        claim(engine, "sms", "s", "p", issued_us("2021-07-20T10:00:00Z"), 1)
    else:
        (job,) = claim(engine, "sms", "s", "p", 1, 1, expires=False).jobs
        hear(engine, [Word(job.attempt, Said("refused", "30007"))], 2)
    jobs = claim(engine, "sms", "s", "p", issued_us("2021-07-20T10:00:00Z"), 10).jobs
    assert {("R000001", "Z2"), ("R000003", "Z2")} == {(job.resident, job.incident[:2]) for job in jobs}


@pytest.mark.parametrize("code", ["not_there", "30008"])
def test_who_may_have_been_reached_by_a_text_that_waits_to_be_posted_again_gets_the_all_clear(
    engine: Engine, tmp_path: Path, code: str
) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    (job,) = claim(engine, "sms", "s", "p", 1, 1, expires=False).jobs
    hear(engine, [Word(job.attempt, Said("refused" if code == "not_there" else "failed", code))], 2)
    assert "pending" == states(engine, 1)["R000001"][0]
    write_order(engine, order(2, "Cancel"))
    assert ["R000001"] == told(engine, 2)


def test_what_was_drafted_as_a_drill_never_becomes_real_by_its_release_nor_the_other_way_round(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z2"])
    write_order(engine, order(state="draft"), status="Exercise")
    write_order(engine, order(), status="Actual")
    write_order(engine, elsewhere(state="draft"), status="Actual")
    write_order(engine, elsewhere(), status="Exercise")
    assert {"Exercise"} == {job.status for job in claim(engine, "sms", "s", "p", 1, 10, expires=False).jobs}


def test_a_dry_run_that_knows_no_city_leaves_alone_what_is_for_real(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z2"])
    write_order(engine, order(), status="Actual")
    write_order(engine, elsewhere(), status="Test")
    jobs = claim(engine, "sms", "s", "p", 1, 10, expires=False, spares_actual=True).jobs
    assert ["R000002"] == [job.resident for job in jobs]


def test_who_was_claimed_when_it_was_called_off_and_never_texted_gets_no_all_clear(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    write_order(engine, order(1))
    given_back, sent = claim(engine, "sms", "s", "p", 1, 2, expires=False).jobs
    write_order(engine, order(2, "Cancel"))
    hear(engine, [Word(given_back.attempt, Said("refused", "given_back")), Word(sent.attempt, Said("accepted"))], 2)
    first = claim(engine, "sms", "s", "p", 3, 10, expires=False)
    assert ([sent.resident], 2) == ([job.resident for job in first.jobs], first.dropped)
