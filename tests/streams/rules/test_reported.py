"""Citizens' reports: which of a point's stands, whatever order they come in, and what they may confirm."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.observation.observation import Extra
from streams.rules.state import decode_state, encode_state
from tests.streams.towns import Reading, Run, depths, quick, town


def told(number: int, seen_s: float, depth_m: float, comes_s: float, picture: str | None = None) -> Reading:
    return Reading("Q0", seen_s, depth_m, comes_s, Extra(id=f"q{number}", error_sd_m=0.08, image=picture))


def stands(run: Run) -> tuple[object, ...]:
    """What is known of the report that stands at P0."""
    state = run.state
    told_of = float(state.report_m[0]), float(state.report_sd_m[0]), state.decided.get(-1)
    return int(state.reported[0]), int(state.reported_us[0]), *told_of, state.reports.get(0)


def test_a_deeper_report_that_comes_second_and_was_seen_first_raises_as_if_it_had_come_first() -> None:
    second = Run(town()).hear([told(1, 1000, 0.20, 1010), told(2, 940, 0.70, 1020)], until_s=1500)
    first = Run(town()).hear([told(2, 940, 0.70, 1010), told(1, 1000, 0.20, 1020)], until_s=1500)
    assert [(1010.0, 1, "report"), (1020.0, 4, "report")] == second.changes()
    assert [(1010.0, 4, "report")] == first.changes()
    assert stands(first) == stands(second)


def test_a_deeper_report_that_was_seen_ten_minutes_before_the_newest_raises_nothing() -> None:
    run = Run(town()).hear([told(1, 1000, 0.20, 1010), told(2, 400, 0.70, 1020)], until_s=1500)
    assert [(1010.0, 1, "report")] == run.changes()
    assert ["a newer report stands"] == [v.reason for v in run.verdicts if "report_not_used" in v.flags]


def test_when_a_high_report_is_half_an_hour_old_a_lower_one_that_is_not_carries_its_level() -> None:
    run = Run(town()).hear([told(1, 60, 0.70, 70), told(2, 480, 0.20, 490)], until_s=2400)
    found = [change for change in run.changes() if change[2] == "report"]
    assert [(70.0, 4), (1860.0, 1)] == [(at, level) for at, level, _ in found]
    assert 2280.0 == next(at for at, level, _ in run.changes() if at > 1860.0)


SEEN = st.tuples(st.integers(0, 599), st.sampled_from([0.0, 0.1, 0.2, 0.2, 0.3, 0.45, 0.5, 0.7, 1.2]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.lists(SEEN, min_size=2, max_size=6), st.sampled_from([1, 2]))
def test_the_order_in_which_reports_come_decides_nothing(data: st.DataObject, seen: list[tuple[int, float]], stretch: int) -> None:
    """Those of ten minutes, or of twenty: level, depth, error and the reading that is named are the same at the end."""
    every = list(enumerate(seen))
    order = data.draw(st.permutations(every))

    def run(these: list[tuple[int, tuple[int, float]]]) -> Run:
        come = [told(number, stretch * at, depth_m, 1200.0 + place) for place, (number, (at, depth_m)) in enumerate(these)]
        return Run(town()).hear(come, until_s=1230)

    one, other = run(every), run(order)
    assert stands(one) == stands(other)
    assert int(one.state.shown[0]) == int(other.state.shown[0])
    if stretch == 1:
        deepest = max(depth_m for _, depth_m in seen)
        assert sum(deepest >= rung for rung in (0.15, 0.27, 0.40, 0.60)) == one.state.reported[0]


def test_a_point_remembers_a_handful_of_reports_however_many_come() -> None:
    many = [told(n, 100.0 + n, (0.1, 0.2, 0.3, 0.5, 0.8)[n * 7 % 5], 500.0 + n) for n in range(80)]
    run = Run(town()).hear(many, until_s=600)
    assert 5 >= len(run.state.reports[0])
    assert 4 == run.state.reported[0]


def test_a_snapshot_from_before_knows_the_report_that_stood_and_takes_it_for_one_of_them() -> None:
    city = town()
    before = Run(city, quick).hear([told(1, 60, 0.70, 70)], until_s=100)
    before.state.reports = {}  # as it was written then
    restored = decode_state(encode_state(before.state, before.plan), before.plan)
    assert restored is not None
    run = Run(city)
    run.state = restored
    run.hear([told(2, 300, 0.20, 310)], until_s=320)
    assert 4 == run.state.reported[0]


UNCONFIRMED = depths("S0", [0.0, 0.0, 0.16, 0.16])  # level 1 by one sensor that nothing confirms


def test_a_report_of_a_shallow_road_believes_no_deep_spike_that_is_held() -> None:
    spike = [Reading("S0", 300, 2.0), Reading("S0", 360, 0.16), Reading("S0", 420, 0.16)]
    run = Run(town()).hear([*UNCONFIRMED, *spike, told(9, 300, 0.10, 310)], until_s=500)
    assert 1 == max(level for _, level, _ in run.changes() if isinstance(level, int))
    assert not run.state.unconfirmed[0], "level 1 is confirmed all the same"
    assert any("spike" in verdict.flags for verdict in run.verdicts)


def test_a_report_that_saw_half_of_it_believes_what_is_held() -> None:
    run = Run(town()).hear([*UNCONFIRMED, Reading("S0", 300, 0.9), told(9, 300, 0.5, 310)], until_s=312)
    assert 4 == run.state.measured[0]
    assert "a report of 0.50 m" == [verdict.reason for verdict in run.verdicts if "believed" in verdict.flags][-1]
