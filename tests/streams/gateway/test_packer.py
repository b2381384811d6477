from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.city.model import City
from streams.gateway.packer import MOST_EXTRA_BYTES, Packed, Packer
from streams.observation.batch import Batch, decode
from streams.observation.moments import SECOND_US
from streams.observation.observation import Extra, Observation
from tests.streams.gateway.site import write_town

NOW_US = 1_784_016_000 * SECOND_US


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> City:
    return write_town(tmp_path_factory.mktemp("town"))


def number_of(town: City, station: str) -> int:
    return [one.station_id for one in town.stations].index(station)


def unpacked(town: City, messages: list[Packed]) -> list[Batch]:
    numbers = {station.station_id: number for number, station in enumerate(town.stations)}
    batches = [decode(message.data, numbers) for message in messages]
    assert [message.readings for message in messages] == [len(batch.value) for batch in batches]
    assert [message.district for message in messages] == [batch.district for batch in batches]
    return batches


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 7), st.integers(-2_000_000, 1_500_000)),
        st.tuples(st.just("drain"), st.booleans(), st.integers(-2_000_000, 1_500_000)),
    ),
    max_size=60,
)


@given(steps, st.integers(1, 5))
def test_arrival_never_goes_back_and_no_reading_is_at_or_before_a_tick_sent_ahead_of_it(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]], batch_size: int
) -> None:
    town = write_town(tmp_path_factory.getbasetemp() / "law")
    packer, now_us, sent = Packer(town, batch_size), NOW_US, list[Packed]()
    added: dict[str, list[int]] = {"A": [], "B": []}
    serves = {0: "A", 1: "AB", 2: "B", 3: "AB", 4: "A", 5: "B", 6: "B", 7: "A"}  # by id: CA F Q R SA SB U W
    for row, (what, argument, change_us) in enumerate(steps):
        now_us += change_us  # the wall clock may be set back
        if what == "add":
            packer.add(Observation(argument, row, now_us, float(row)))
            for district in serves[argument]:
                added[district].append(row)
        else:
            sent += packer.drain(now_us // SECOND_US * SECOND_US if argument else None)
    sent += packer.drain()
    ticks_of: dict[str, list[int]] = {"A": [], "B": []}
    heard: dict[str, list[int]] = {"A": [], "B": []}
    last_us: dict[str, int] = {"A": 0, "B": 0}
    arrivals = {received_us for batch in unpacked(town, sent) for received_us in batch.received_us.tolist()}
    for batch in unpacked(town, sent):
        assert 1 <= len(batch.value) + len(batch.ticks_us) and len(batch.value) <= batch_size
        for row, received_us in zip(batch.observed_us.tolist(), batch.received_us.tolist(), strict=True):
            assert last_us[batch.district] <= received_us
            assert all(tick_us < received_us for tick_us in ticks_of[batch.district])
            last_us[batch.district] = received_us
            heard[batch.district].append(row)
        for tick_us in batch.ticks_us.tolist():
            assert last_us[batch.district] <= tick_us
            assert all(before_us < tick_us for before_us in ticks_of[batch.district])
            ticks_of[batch.district].append(tick_us)
    assert added == heard
    # what one district alone was ticked at is the last arrival, between two seconds that both are told of
    assert set(ticks_of["A"]) ^ set(ticks_of["B"]) <= arrivals


def test_a_gauge_that_serves_several_districts_is_copied_to_each(town: City) -> None:
    packer = Packer(town)
    packer.add(Observation(number_of(town, "R"), NOW_US, NOW_US, 1.5, Extra(period_s=60.0)))
    batches = unpacked(town, packer.drain())
    assert ["A", "B"] == [batch.district for batch in batches]
    assert [{0: Extra(period_s=60.0)}] * 2 == [batch.extras for batch in batches]


def test_a_tick_goes_to_every_district_also_to_those_without_readings(town: City) -> None:
    packer = Packer(town)
    packer.add(Observation(number_of(town, "SA"), NOW_US, NOW_US - 5, 0.1))
    batches = unpacked(town, packer.drain(NOW_US))
    assert [("A", 1, [NOW_US]), ("B", 0, [NOW_US])] == [(b.district, len(b.value), b.ticks_us.tolist()) for b in batches]


def test_readings_between_two_seconds_bring_their_district_a_tick_of_its_own(town: City) -> None:
    packer = Packer(town)
    packer.add(Observation(number_of(town, "SA"), NOW_US, NOW_US + 5, 0.1))
    assert [("A", [NOW_US + 5])] == [(b.district, b.ticks_us.tolist()) for b in unpacked(town, packer.drain())]
    packer.add(Observation(number_of(town, "SA"), NOW_US, NOW_US + 5, 0.1))
    assert [[NOW_US + 6]] == [b.received_us.tolist() for b in unpacked(town, packer.drain())], "never at the tick, for that was the last"


def test_the_same_tick_is_told_once(town: City) -> None:
    packer = Packer(town)
    assert 2 == len(packer.drain(NOW_US))
    assert [] == packer.drain(NOW_US)
    assert [] == packer.drain(NOW_US - SECOND_US)


def test_the_tick_follows_the_last_of_several_messages(town: City) -> None:
    packer = Packer(town, batch_size=2)
    for row in range(5):
        packer.add(Observation(number_of(town, "SA"), row, NOW_US + row, 0.1))
    batches = [batch for batch in unpacked(town, packer.drain(NOW_US + SECOND_US)) if batch.district == "A"]
    assert [(2, 0), (2, 0), (1, 1)] == [(len(batch.value), len(batch.ticks_us)) for batch in batches]


def test_long_texts_do_not_make_a_message_larger_than_kafka_takes(town: City) -> None:
    packer = Packer(town)
    for row in range(20):
        packer.add(Observation(number_of(town, "SA"), row, NOW_US, 0.1, Extra(id="x" * 900_000)))
    messages = packer.drain()
    assert 20 == sum(message.readings for message in messages)
    assert max(len(message.data) for message in messages) < 3 * MOST_EXTRA_BYTES


def test_what_waits_is_weighed_and_gone_after_the_drain(town: City) -> None:
    packer = Packer(town)
    packer.add(Observation(number_of(town, "R"), 1, NOW_US, 0.1, Extra(image="x" * 1000)))
    assert packer.waiting_bytes > 2000
    packer.drain()
    assert 0 == packer.waiting_bytes


@pytest.mark.parametrize("batch_size", [0, 10_001])
def test_a_batch_size_that_the_wire_cannot_hold_is_refused(town: City, batch_size: int) -> None:
    with pytest.raises(ValueError, match="1 to 10000"):
        Packer(town, batch_size)
