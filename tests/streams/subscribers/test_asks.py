"""A code shows that a number is theirs: it is good for a while, for a few tries, and for what it was asked for."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from streams.observation.moments import SECOND_US
from streams.store.engine import open_store, reading, writing
from streams.store.outbox import write_order
from streams.store.outbox_schema import OUTBOX
from streams.store.people_schema import HOMES, OPT_OUTS, RESIDENTS
from streams.store.residents import import_residents
from streams.store.residents_opt_outs import opt_out
from streams.store.subscriptions import MOST, Place, count_subscriptions
from streams.store.subscriptions_asks import (
    APART_US,
    DAY_US,
    MOST_CODES,
    MOST_TRIES,
    PENDING_US,
    Act,
    Ask,
    Coded,
    Outcome,
    begin_ask,
    confirm,
)
from streams.store.subscriptions_schema import SUBSCRIBE_ASKS, SUBSCRIPTIONS
from streams.store.subscriptions_texts import PRIORITY_CODE
from tests.streams.store.town import CITY, order, write_csv
from tests.streams.subscribers.conftest import OTHER, PHONE, VAULT, codes

NOW_US = 1_784_535_744 * SECOND_US
CODED = Coded({"en": "T: {code}", "zh": "【T】{code}"}, "Test")
ROAD, ZONE = Place("road", "P0"), Place("zone", "Z1")
WRONG = "not it"


def ask(engine: Engine, act: Act = "subscribe", phone: str = PHONE, place: Place | None = ROAD, at_us: int = NOW_US) -> str:
    return begin_ask(engine, VAULT, Ask(act, phone, "en", place if act == "subscribe" else None), CODED, at_us)


def confirmed(engine: Engine, ticket: str, code: str, at_us: int = NOW_US) -> Outcome:
    return confirm(engine, VAULT, ticket, code, at_us)


def subscribed(engine: Engine, place: Place = ROAD, phone: str = PHONE, at_us: int = NOW_US) -> None:
    assert "done" == confirmed(engine, ask(engine, phone=phone, place=place, at_us=at_us), codes(engine)[-1], at_us)


def residents(engine: Engine) -> dict[str, list[str]]:
    """The zones of everybody."""
    with reading(engine) as connection:
        found: dict[str, list[str]] = {name: [] for name in connection.scalars(select(RESIDENTS.c.resident))}
        for row in connection.execute(select(HOMES.c.resident, HOMES.c.zone).order_by(HOMES.c.zone)):
            found[row.resident].append(row.zone)
    return found


def test_the_code_is_a_text_of_one_row_after_all_orders(engine: Engine) -> None:
    ask(engine)
    with reading(engine) as connection:
        (row,) = connection.execute(select(OUTBOX)).all()
    assert ("pending", PRIORITY_CODE, "sms", "en") == (row.state, row.priority, row.channel, row.language)


def test_five_wrong_codes_end_it_and_the_right_one_comes_too_late(engine: Engine) -> None:
    ticket = ask(engine)
    assert ["wrong"] * MOST_TRIES == [confirmed(engine, ticket, WRONG) for _ in range(MOST_TRIES)]
    assert "over" == confirmed(engine, ticket, codes(engine)[0])
    assert {"road": 0, "zone": 0} == count_subscriptions(engine)


def test_tries_are_counted_over_all_pages_that_wait_for_the_code(engine: Engine) -> None:
    first, second = ask(engine), ask(engine, at_us=NOW_US + SECOND_US)
    assert ["wrong"] * MOST_TRIES == [confirmed(engine, (first, second)[n % 2], WRONG) for n in range(MOST_TRIES)]
    assert ["over", "over"] == [confirmed(engine, ticket, codes(engine)[0]) for ticket in (first, second)]


def test_a_page_that_has_no_code_of_its_own_takes_the_one_that_is_on_its_way(engine: Engine) -> None:
    ask(engine)
    again = ask(engine, at_us=NOW_US + APART_US - 1)
    assert 1 == len(codes(engine))
    assert "done" == confirmed(engine, again, codes(engine)[0], NOW_US + APART_US)


def test_a_code_does_one_thing_once_and_a_form_that_is_sent_twice_is_done(engine: Engine) -> None:
    first, second = ask(engine), ask(engine, place=ZONE)
    (code,) = codes(engine)
    assert ["done", "done", "over"] == [confirmed(engine, ticket, code) for ticket in (first, first, second)]
    assert {"road": 1, "zone": 0} == count_subscriptions(engine)


def test_a_code_is_good_for_a_quarter_of_an_hour(engine: Engine) -> None:
    early, late = ask(engine), ask(engine, phone=OTHER)
    first, second = codes(engine)
    assert "done" == confirmed(engine, early, first, NOW_US + PENDING_US)
    assert "over" == confirmed(engine, late, second, NOW_US + PENDING_US + 1)


def test_a_number_gets_a_new_code_a_minute_later_and_three_in_a_day(engine: Engine) -> None:
    for turn in range(10):
        ask(engine, at_us=NOW_US + turn * APART_US)
    assert MOST_CODES == len(codes(engine))
    ask(engine, at_us=NOW_US + DAY_US + 5 * APART_US)
    assert MOST_CODES + 1 == len(codes(engine))


def test_a_code_to_subscribe_is_none_to_leave(engine: Engine) -> None:
    subscribed(engine)
    ask(engine, at_us=NOW_US + APART_US, place=ZONE)
    leaving = ask(engine, "leave", at_us=NOW_US + APART_US + 1)
    assert "wrong" == confirmed(engine, leaving, codes(engine)[-1], NOW_US + APART_US + 2)


def test_who_wants_no_texts_gets_no_code_and_who_is_nobody_here_gets_none_to_leave(engine: Engine) -> None:
    opt_out(engine, VAULT.lookup(PHONE), NOW_US, "text", "text")
    tickets = [ask(engine), ask(engine, "leave", OTHER), ask(engine, "leave_all", OTHER)]
    assert [] == codes(engine)
    assert ["wrong"] * 3 == [confirmed(engine, ticket, "000000") for ticket in tickets]
    assert {} == residents(engine)


def test_a_resident_who_subscribes_stays_who_they_are(engine: Engine, tmp_path: Path) -> None:
    import_residents(engine, write_csv(tmp_path / "list.csv", [f"X,{PHONE},zh,Z2"]), CITY, VAULT)
    subscribed(engine, ZONE)
    assert {"R000001": ["Z1", "Z2"]} == residents(engine)
    assert 2 == write_order(engine, order()) + write_order(engine, order(incident="other", zones=["Z2"], identifier="o", level=4))


def test_a_new_list_of_residents_takes_no_subscriber_out(engine: Engine, tmp_path: Path) -> None:
    subscribed(engine, ZONE)
    subscribed(engine, ROAD, OTHER)
    rows = ["X,+9990000000009,zh,Z2"]
    for _ in range(2):
        import_residents(engine, write_csv(tmp_path / "list.csv", rows), CITY, VAULT)
        assert [["Z1"], [], ["Z2"]] == list(residents(engine).values())
    assert {"road": 1, "zone": 1} == count_subscriptions(engine)


def test_an_order_to_a_zone_reaches_its_subscribers_once(engine: Engine) -> None:
    subscribed(engine, ZONE)
    assert [1, 0] == [write_order(engine, order()), write_order(engine, order())]


def test_leaving_ends_what_was_subscribed_and_forgets_who_is_in_no_list(engine: Engine, tmp_path: Path) -> None:
    import_residents(engine, write_csv(tmp_path / "list.csv", [f"X,{OTHER},zh,Z1"]), CITY, VAULT)
    subscribed(engine, ZONE)
    subscribed(engine, Place("zone", "Z2"), OTHER)
    for phone in (PHONE, OTHER):
        later_us = NOW_US + APART_US
        assert "done" == confirmed(engine, ask(engine, "leave", phone, at_us=later_us), codes(engine)[-1], later_us)
    assert {"R000001": ["Z1"]} == residents(engine), "the home of the list stays, that of the page goes"
    assert {"road": 0, "zone": 0} == count_subscriptions(engine)
    with reading(engine) as connection:
        assert [] == connection.execute(select(OPT_OUTS)).all()


def test_leaving_for_good_ends_orders_too_and_outlasts_a_new_list(engine: Engine, tmp_path: Path) -> None:
    subscribed(engine, ZONE)
    later_us = NOW_US + APART_US
    assert "done" == confirmed(engine, ask(engine, "leave_all", at_us=later_us), codes(engine)[-1], later_us)
    import_residents(engine, write_csv(tmp_path / "list.csv", [f"X,{PHONE},zh,Z1"]), CITY, VAULT)
    write_order(engine, order())
    with reading(engine) as connection:
        row = connection.execute(select(OUTBOX.c.state, OUTBOX.c.reason).where(OUTBOX.c.incident == order().incident)).one()
    assert ("suppressed", "opted_out") == tuple(row)


def test_who_asks_and_never_confirms_is_forgotten_after_a_day(engine: Engine) -> None:
    ask(engine)
    assert 1 == len(residents(engine))
    ask(engine, phone=OTHER, at_us=NOW_US + DAY_US + 1)
    with reading(engine) as connection:
        assert 1 == len(connection.scalars(select(SUBSCRIBE_ASKS.c.ticket)).all())
    assert ["R000002"] == list(residents(engine)), "and the number of their id is given to nobody else"


def test_nobody_has_more_subscriptions_than_anybody_needs(engine: Engine) -> None:
    subscribed(engine)
    with writing(engine) as connection:
        rows = ", ".join(f"('R000001', 'road', 'X{n}', 0, 0)" for n in range(MOST - 1))
        connection.execute(text(f"INSERT INTO subscriptions (resident, kind, place, since_us, made_home) VALUES {rows}"))
    ticket = ask(engine, place=ZONE, at_us=NOW_US + APART_US)
    assert "over" == confirmed(engine, ticket, codes(engine)[-1], NOW_US + APART_US)


def test_to_delete_a_resident_deletes_their_subscriptions(engine: Engine) -> None:
    from streams.store.residents_changes import delete_residents

    subscribed(engine, ZONE)
    delete_residents(engine, ["R000001"], NOW_US, "somebody")
    with reading(engine) as connection:
        assert [] == connection.execute(select(SUBSCRIPTIONS)).all()


def test_many_who_ask_for_one_number_at_once_have_one_code_texted_and_five_tries(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    gate, found = threading.Barrier(6), list[str]()

    def work() -> None:
        own = open_store(url)
        gate.wait(20)
        ticket = ask(own)
        found.extend(confirmed(own, ticket, WRONG) for _ in range(3))
        own.dispose()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 1 == len(codes(engine))
    assert (MOST_TRIES, 18 - MOST_TRIES) == (found.count("wrong"), found.count("over"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from([PHONE, OTHER]), st.integers(0, 40), st.booleans()), min_size=1, max_size=25))
def test_whatever_is_asked_in_whatever_order_no_number_gets_more_codes_than_it_may(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, bool]]
) -> None:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('asks') / 'store.db'}")
    now_us, texted = NOW_US, list[tuple[str, int]]()
    for phone, minutes, leaves in steps:
        now_us += minutes * 30 * SECOND_US
        before = len(codes(engine))
        ask(engine, "leave" if leaves else "subscribe", phone, at_us=now_us)
        texted += [(phone, now_us)] * (len(codes(engine)) - before)
    engine.dispose()
    for phone in (PHONE, OTHER):
        times = [at_us for number, at_us in texted if number == phone]
        assert all(later - earlier >= APART_US for earlier, later in pairwise(times))
        assert all(sum(at_us - DAY_US < one <= at_us for one in times) <= MOST_CODES for at_us in times)
