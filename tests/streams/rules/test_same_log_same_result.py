"""Law 4: the same log gives the same result, however batched."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from models.forecaster import Model, forecast
from streams.city.model import Level, Station
from streams.observation.moments import SECOND_US
from streams.observation.observation import Extra
from streams.rules.state import decode_state, encode_state
from tests.streams.towns import START_US, Reading, Run, depths, quick, rain, town

VALUES = st.sampled_from([0.0, 0.0, 0.0, 0.005, 0.01, 0.02, 0.1, 0.16, 0.2, 0.28, 0.45, 0.7, 1.5, 12.0, -0.02, -1.0])


@st.composite
def readings(draw: st.DrawFn) -> list[Reading]:
    """Rough weather for quality control: jumps, repeats, late and early ones, gaps of hours, equal values, rain."""
    drawn: list[Reading] = []
    now_s = 0.0
    for _ in range(draw(st.integers(1, 40))):
        now_s += draw(st.sampled_from([0.0, 0.0, 1.0, 10.0, 30.0, 60.0, 60.0, 61.5, 300.0, 4000.0, 9000.0]))
        station = draw(st.sampled_from(["S0", "S0", "S0", "S1", "S2", "S2", "R", "Q0"]))
        late_s = draw(st.sampled_from([0.0, 0.0, 0.0, 0.0, 3.0, 130.0, 500.0, 700.0, 4000.0, -30.0]))
        if station == "R":
            drawn.append(Reading("R", now_s - late_s, draw(st.sampled_from([0.0, 0.1, 0.6, 3.0])), now_s, Extra(period_s=60.0)))
            continue
        value = draw(VALUES)
        extra = draw(st.sampled_from([None, None, None, None, Extra(id="a"), Extra(id="b")]))
        drawn.append(Reading(station, now_s - late_s, value, now_s, extra))
        if draw(st.booleans()):
            drawn.append(Reading(station, now_s - late_s, draw(st.sampled_from([value, 0.3])), now_s, extra))
        if draw(st.integers(0, 5)) == 0:
            drawn += depths(station, [value] * draw(st.integers(2, 90)), now_s + 1)
            now_s += 90 * 60
    return drawn


def the_same_however_batched(model: Model, drawn: list[Reading], sizes: list[int]) -> None:
    city = town(points=3, apart_m=1500.0)
    whole = Run(city, model).hear(drawn)
    one_by_one = Run(city, model).hear(drawn, sizes=(1,))
    mixed = Run(city, model).hear(drawn, sizes=sizes)
    assert whole.outputs == one_by_one.outputs == mixed.outputs
    assert encode_state(whole.state, whole.plan) == encode_state(one_by_one.state, one_by_one.plan) == encode_state(mixed.state, mixed.plan)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(readings(), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_outputs_and_state_do_not_depend_on_how_the_log_is_batched(drawn: list[Reading], sizes: list[int]) -> None:
    the_same_however_batched(quick, drawn, sizes)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(readings(), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_nor_do_they_with_the_real_core(drawn: list[Reading], sizes: list[int]) -> None:
    the_same_however_batched(forecast, drawn, sizes)


@settings(max_examples=30, deadline=None)
@given(readings())
def test_a_state_that_went_through_a_snapshot_goes_on_alike(drawn: list[Reading]) -> None:
    city = town(points=3)
    straight = Run(city, quick).hear(drawn, sizes=(3,))
    broken = Run(city, quick)
    ordered = sorted(drawn, key=lambda r: r.arrival_s)
    plain_batches: list[object] = []
    broken_take = broken.take

    def through_snapshot(batch: object) -> None:
        restored = decode_state(encode_state(broken.state, broken.plan), broken.plan)
        assert restored is not None
        broken.state = restored
        plain_batches.append(batch)
        broken_take(batch)  # type: ignore[arg-type]

    broken.take = through_snapshot  # type: ignore[method-assign]
    broken.hear(ordered, sizes=(3,))
    assert plain_batches
    assert straight.outputs == broken.outputs


def test_step_does_not_change_the_state_it_is_given() -> None:
    run = Run(town(points=2), forecast).hear(depths("S0", [0.0, 0.1, 0.3]) + rain(0, 3))
    before = encode_state(run.state, run.plan)
    kept = run.state
    run.hear(depths("S0", [0.5, 0.7], start_s=180.0))
    assert before == encode_state(kept, run.plan)


def test_where_ticks_stand_does_not_matter() -> None:
    readings = depths("S0", [0.0, 0.0, 0.2, 0.3, 0.3, 0.1, *[0.0] * 30]) + depths("S1", [0.0] * 5)
    coarse, fine = Run(town(points=2), forecast).hear(readings, tick_s=60.0), Run(town(points=2), forecast).hear(readings, tick_s=1.0)
    assert coarse.outputs == fine.outputs


def test_a_second_sensor_confirms_at_the_same_instant_however_batched() -> None:
    base = town()
    both = town(stations=tuple(sorted([*base.stations, Station("T0", "level", 60.0, "P0")], key=lambda s: s.station_id)))
    slow = depths("T0", [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.28, 0.28], start_s=20)
    readings = [*depths("S0", [0.0, 0.42, *[0.42, 0.43] * 4]), *slow, Reading("T0", 300.0, 0.2, received_s=425.0)]
    runs = [Run(both).hear(readings, until_s=600, sizes=(size,)) for size in (1000, 7, 1)]
    assert runs[0].outputs == runs[1].outputs == runs[2].outputs
    assert not runs[0].state.unconfirmed[0]


def test_a_level_near_the_ground_ends_alike_however_batched() -> None:
    base = town()
    ladder = (Level(1, 0.03), *base.levels[1:])
    low = town(low_points=tuple(structs.replace(point, levels=ladder) for point in base.low_points))
    readings = [*rain(0, 3), *depths("S0", [0.0, 0.05, *[0.0] * 20]), Reading("S0", 370.0, 0.0, received_s=700.0)]
    runs = [Run(low).hear(readings, until_s=1400, sizes=(size,)) for size in (1000, 7, 1)]
    assert runs[0].outputs == runs[1].outputs == runs[2].outputs
    assert 0 == runs[0].state.measured[0]


def test_a_district_without_points_goes_through_its_minutes() -> None:
    bare = town(low_points=(), zones=(), stations=(Station("R", "rain", 60.0, district_ids=("D1",)),))
    run = Run(bare).hear(rain(0, 5), until_s=400)
    assert run.state.heard_until_us == START_US + 400 * SECOND_US
