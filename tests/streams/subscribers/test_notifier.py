"""Subscribers of a road hear of it when it goes under water, when it gets worse and when it is over: each once (law 6)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Engine, func, select

from streams.city.model import City
from streams.messages.segments import segments
from streams.observation.moments import MINUTE_US, SECOND_US
from streams.rules.outputs import Warning
from streams.store.account import account_by_zone
from streams.store.engine import open_store, reading, writing
from streams.store.not_reached import not_reached
from streams.store.outbox import account, write_order
from streams.store.outbox_schema import DISPATCHES, OUTBOX
from streams.store.subscriptions import Place, settled, subscribe
from streams.store.subscriptions_texts import PRIORITY_NOTICE
from streams.subscribers.notifier import OLDEST_US, Notifier
from streams.subscribers.texts import code_texts, over_texts, road_texts
from tests.streams.store.town import order, send_all
from tests.streams.subscribers.conftest import OTHER, PHONE, VAULT, Clock, texts
from tests.streams.towns import town as make_town
from tests.streams.web.situations import HEARD_US, NOW_US, dry, say, warning

LONG_AGO_US = NOW_US - 3600 * SECOND_US


def subscriber(engine: Engine, phone: str = PHONE, road: str = "P0", since_us: int = LONG_AGO_US, language: str = "en") -> str:
    with writing(engine) as connection:
        resident = settled(connection, VAULT, phone, language)
        assert subscribe(connection, resident, Place("road", road), language, since_us)
    return resident


def happen(engine: Engine, town: City, *changes: Warning, ahead_s: float = 0) -> None:
    """These changes are in the store, and the log has come to 14 s ago."""
    states = {point.low_point_id: dry(point) for point in town.low_points}
    say(engine, town, states, {"D1": list(changes)}, heard_us=HEARD_US + round(ahead_s * SECOND_US))


def words(engine: Engine) -> list[str]:
    return [text for _, _, text in texts(engine)]


def test_it_is_told_when_it_begins_when_it_rises_and_when_it_is_over(engine: Engine, town: City, clock: Clock) -> None:
    who = subscriber(engine)
    point = town.low_points[0]
    happen(engine, town, warning(point, 1, 0.17, 500))
    notifier = Notifier(engine, town, clock)
    assert 1 == notifier.turn()
    send_all(engine)
    happen(engine, town, warning(point, 3, 0.45, 400), warning(point, 2, 0.3, 300))
    assert 1 == notifier.turn()
    assert [
        "Town: road BLUE (1). Corner 0, 16:14: water over the ankle, 15 cm. Walk and drive with care.",
        "Town: road ORANGE (3). Corner 0, 16:15: water over the knee, 40 cm. Closed. Keep out of underpasses.",
    ] == words(engine)
    assert {who} == {resident for resident, _, _ in texts(engine)}
    send_all(engine)
    happen(engine, town, warning(point, 0, 0.0, 100))
    assert 1 == notifier.turn()
    assert "Town: Corner 0, 16:20: the flood warning for this road is over. It may be slippery." == words(engine)[-1]
    assert 0 == notifier.turn(), "and never again"


def test_an_unsent_text_gives_way_to_a_newer_one_and_the_end_goes_to_who_was_told(engine: Engine, town: City, clock: Clock) -> None:
    subscriber(engine)
    point, notifier = town.low_points[0], Notifier(engine, town, clock)
    happen(engine, town, warning(point, 1, 0.17, 500), warning(point, 3, 0.45, 400))
    assert 2 == notifier.turn()
    assert 1 == send_all(engine)
    late = subscriber(engine, OTHER, since_us=NOW_US - 350 * SECOND_US)
    happen(engine, town, warning(point, 0, 0.0, 100))
    assert 1 == notifier.turn()
    assert late not in [who for who, _, _ in texts(engine)]
    send_all(engine)
    assert ["suppressed", "sent", "sent"] == [state for _, state, _ in texts(engine)]


def test_nobody_hears_of_an_end_whose_beginning_nobody_was_told(engine: Engine, town: City, clock: Clock) -> None:
    point, notifier = town.low_points[0], Notifier(engine, town, clock)
    happen(engine, town, warning(point, 2, 0.3, 500))
    subscriber(engine, since_us=NOW_US - 300 * SECOND_US)
    happen(engine, town, warning(point, 0, 0.0, 100))
    assert 0 == notifier.turn()


def test_unknown_is_neither_an_end_nor_news(engine: Engine, town: City, clock: Clock) -> None:
    subscriber(engine)
    point, notifier = town.low_points[0], Notifier(engine, town, clock)
    happen(engine, town, warning(point, 2, 0.3, 500), warning(point, "unknown", 0.3, 400), warning(point, 2, 0.3, 300))
    assert 1 == notifier.turn()


def test_what_was_before_the_subscription_or_ten_minutes_ago_is_no_news(engine: Engine, town: City, clock: Clock) -> None:
    subscriber(engine, since_us=NOW_US - 200 * SECOND_US)
    point, notifier = town.low_points[0], Notifier(engine, town, clock)
    happen(engine, town, warning(point, 1, 0.17, 300))
    assert 0 == notifier.turn()
    old = replace(warning(town.low_points[1], 2, 0.3), issued_at=warning(point, 1, 0.0, OLDEST_US // SECOND_US + 1).issued_at)
    subscriber(engine, OTHER, "P1")
    happen(engine, town, old)
    assert 0 == notifier.turn()
    happen(engine, town, warning(point, 2, 0.3, 50))
    assert 1 == notifier.turn()


def test_a_storm_of_another_day_is_told_as_it_is_played(engine: Engine, town: City, clock: Clock) -> None:
    played = replace(town, simulated=True)
    clock.now_us = NOW_US + 40 * 86_400 * SECOND_US
    subscriber(engine, since_us=clock.now_us - MINUTE_US * 5)
    point = town.low_points[0]
    states = {each.low_point_id: dry(each) for each in town.low_points}
    say(engine, played, states, {"D1": [warning(point, 1, 0.17, 400), warning(point, 2, 0.3, 60)]}, written_us=clock.now_us - SECOND_US)
    assert 1 == Notifier(engine, played, clock).turn()


def test_only_the_road_that_was_asked_for_is_told_in_the_language_that_was(engine: Engine, town: City, clock: Clock) -> None:
    chinese = subscriber(engine, language="zh")
    english = subscriber(engine, OTHER, "P1")
    happen(engine, town, warning(town.low_points[0], 1, 0.17), warning(town.low_points[2], 4, 0.7))
    assert 1 == Notifier(engine, town, clock).turn()
    ((who, _, text),) = texts(engine)
    assert (chinese, True) == (who, text.startswith("【Town】道路蓝色1级：路口0"))
    assert english != who


def test_who_wants_no_texts_gets_none(engine: Engine, town: City, clock: Clock) -> None:
    from streams.store.residents_opt_outs import opt_out

    subscriber(engine)
    opt_out(engine, VAULT.lookup(PHONE), NOW_US, "text", "text")
    happen(engine, town, warning(town.low_points[0], 1, 0.17))
    Notifier(engine, town, clock).turn()
    assert ["suppressed"] == [state for _, state, _ in texts(engine)]


def test_notices_are_in_the_account_after_all_orders_and_send_nobody_to_knock(engine: Engine, town: City, clock: Clock) -> None:
    subscriber(engine)
    happen(engine, town, warning(town.low_points[0], 4, 0.7))
    Notifier(engine, town, clock).turn()
    (zone,) = account_by_zone(engine)
    assert ("road:P0", 1, True) == (zone.zone, zone.texts.targeted, zone.texts.adds_up)
    assert 1 == sum(account(engine).values())
    assert [] == not_reached(engine)
    with reading(engine) as connection:
        assert [PRIORITY_NOTICE] == connection.scalars(select(OUTBOX.c.priority)).all()


def test_a_notice_takes_no_order_from_anybody(engine: Engine, town: City, clock: Clock) -> None:
    """Who lives in two zones gets one order of two: a notice is none, however high the level of its road."""
    subscriber(engine)
    with writing(engine) as connection:
        who = settled(connection, VAULT, PHONE, "en")
        for zone in ("Z1", "Z2"):
            subscribe(connection, who, Place("zone", zone), "en", LONG_AGO_US)
    happen(engine, town, warning(town.low_points[0], 4, 0.7))
    assert 1 == Notifier(engine, town, clock).turn()
    write_order(engine, order(zones=["Z1"], level=3))
    with reading(engine) as connection:
        row = connection.execute(select(OUTBOX.c.state).where(OUTBOX.c.incident == order().incident)).one()
    assert "pending" == row.state


def test_many_at_once_tell_it_once(engine: Engine, town: City, clock: Clock) -> None:
    for number in range(20):
        subscriber(engine, f"+99900000001{number:02d}")
    point = town.low_points[0]
    happen(engine, town, warning(point, 1, 0.17, 300), warning(point, 2, 0.3, 200), warning(town.low_points[1], 2, 0.3, 100))
    gate, url = threading.Barrier(4), engine.url.render_as_string(hide_password=False)

    def work() -> None:
        own = open_store(url)
        gate.wait(20)
        Notifier(own, town, clock).turn()
        own.dispose()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with reading(engine) as connection:
        assert (40, 2) == (
            connection.scalars(select(func.count()).select_from(OUTBOX)).one(),
            connection.scalars(select(func.count()).select_from(DISPATCHES)).one(),
        )


def test_it_takes_turns_until_told_to_stop_and_an_error_ends_nothing(
    engine: Engine, town: City, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streams.subscribers import notifier as module

    monkeypatch.setattr(module, "EVERY_S", 0.01)
    notifier, stop, turns = Notifier(engine, town, clock), threading.Event(), list[int]()

    def turn() -> int:
        turns.append(1)
        if len(turns) == 3:
            stop.set()
        raise RuntimeError("in vain")

    monkeypatch.setattr(notifier, "turn", turn)
    notifier.run(stop)
    assert 3 == len(turns)


def test_no_text_to_a_subscriber_tells_anybody_to_leave_and_each_is_short(town: City) -> None:
    city = replace(town, drill=False, languages=("zh", "en"))
    all_texts: list[dict[str, str]] = [code_texts(city, False), code_texts(city, True), over_texts(city, city.low_points[0], NOW_US)]
    for level in (1, 2, 3, 4):
        for basis in ("measured", "report", "forecast", "officer"):
            all_texts += [road_texts(city, city.low_points[0], level, basis, unconfirmed, NOW_US) for unconfirmed in (True, False)]
    for each in all_texts:
        assert {"zh", "en"} == each.keys()
        for text in each.values():
            assert 1 == segments(text.replace("{code}", "123456")), text
            assert not any(word in text.lower() for word in ("evacuate", "leave", "撤离", "转移"))


def test_a_drill_says_so(town: City) -> None:
    drill = replace(town, drill=True)
    assert all(text.startswith("【演练】") for text in over_texts(drill, town.low_points[0], NOW_US).values())


def test_what_is_over_before_it_was_sent_is_told_to_nobody(engine: Engine, town: City, clock: Clock) -> None:
    subscriber(engine)
    point = town.low_points[0]
    happen(engine, town, warning(point, 1, 0.17, 300), warning(point, 0, 0.0, 100))
    Notifier(engine, town, clock).turn()
    assert 0 == send_all(engine)
    assert ["suppressed"] == [state for _, state, _ in texts(engine)]


def test_an_end_is_told_however_long_nobody_was_there_to_tell_it(engine: Engine, town: City, clock: Clock) -> None:
    """The all-clear goes to exactly those who were warned (law 5): an outage of the sender must not leave them with the warning."""
    warned, point = subscriber(engine), town.low_points[0]
    other = subscriber(engine, OTHER, "P1")
    happen(engine, town, warning(point, 2, 0.3, 100))
    assert 1 == Notifier(engine, town, clock).turn()
    send_all(engine)
    happen(engine, town, warning(point, 0, 0.0, 50), warning(town.low_points[1], 2, 0.3, 60), warning(town.low_points[1], 0, 0.0, 50))
    clock.pass_s(7200)
    happen(engine, town, ahead_s=7200)
    assert 1 == Notifier(engine, town, clock).turn()
    assert 1 == send_all(engine)
    assert [(warned, "sent"), (warned, "sent")] == [(who, state) for who, state, _ in texts(engine)]
    assert "over. It" in words(engine)[-1]
    assert other not in [who for who, _, _ in texts(engine)]
    assert 0 == Notifier(engine, town, clock).turn(), "and once"


def test_a_late_end_ends_no_flood_that_began_after_it(engine: Engine, town: City, clock: Clock) -> None:
    subscriber(engine)
    point, notifier = town.low_points[0], Notifier(engine, town, clock)
    happen(engine, town, warning(point, 2, 0.3, 100))
    notifier.turn()
    send_all(engine)
    clock.pass_s(1500)
    happen(engine, town, warning(point, 0, 0.0, 50), warning(point, 3, 0.45, -1400), ahead_s=1500)
    assert 2 == notifier.turn()
    send_all(engine)
    clock.pass_s(1500)
    happen(engine, town, ahead_s=3000)
    assert 0 == notifier.turn()
    assert [
        "BLUE" if "BLUE" in text else "YELLOW" if "YELLOW" in text else "over" if "over. It" in text else "ORANGE" for text in words(engine)
    ] == [
        "YELLOW",
        "over",
        "ORANGE",
    ]


levels = st.lists(st.sampled_from([0, 1, 2, 3, 4, "unknown"]), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(course=levels, looks=st.sets(st.integers(0, 11)), sends=st.sets(st.integers(0, 11)))
def test_whatever_the_water_does_the_last_that_somebody_was_told_is_how_it_is(
    tmp_path_factory: pytest.TempPathFactory, course: list[Any], looks: set[int], sends: set[int]
) -> None:
    """However many changes lie between two turns, and whenever the sender comes to it."""
    town, clock = make_town(), Clock()
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('water') / 'store.db'}")
    subscriber(engine)
    notifier = Notifier(engine, town, clock)
    for number, level in enumerate(course):
        happen(engine, town, warning(town.low_points[0], level, 0.2, 500 - 20 * number))
        if number in looks:
            notifier.turn()
        if number in sends:
            send_all(engine)
    notifier.turn()
    send_all(engine)
    told = ["over" if "over. It" in text else "flood" for _, state, text in texts(engine) if state == "sent"]
    left = [state for _, state, _ in texts(engine) if state not in ("sent", "suppressed")]
    engine.dispose()
    known = [level for level in course if level != "unknown"]
    last = known[-1] if known else 0
    assert ([], "over" if last == 0 else "flood") == (left, told[-1] if told else "over")
    assert "over over" not in " ".join(["over", *told]), "an end has a beginning"
    rises = sum(later > earlier for earlier, later in zip([0, *known], known, strict=False))
    assert told.count("flood") <= rises
