"""Law 3: unknown is not dry."""

from __future__ import annotations

from models.forecaster import forecast
from tests.streams.towns import Run, depths, rain, town


def test_a_silent_station_makes_its_point_unknown_at_the_exact_instant() -> None:
    run = Run(town()).hear(depths("S0", [0.0, 0.0]), until_s=600)
    assert [(240.0, "unknown", "measured")] == run.changes()


def test_that_nobody_knows_whether_it_rains_is_said_with_it() -> None:
    silent = Run(town()).hear(depths("S0", [0.0, 0.0]), until_s=300)
    assert silent.warnings[0].reason.endswith(", and all gauges are silent: it may rain there")
    dry = Run(town()).hear([*rain(0, 5, 0.0), *depths("S0", [0.0, 0.0])], until_s=300)
    assert dry.warnings[0].reason.endswith("for 3 min")


def test_a_slow_station_has_three_cadences() -> None:
    run = Run(town(cadence_s=300)).hear(depths("S0", [0.0, 0.0], every_s=300), until_s=1300)
    assert [(1200.0, "unknown", "measured")] == run.changes()


def test_a_station_that_never_spoke_is_silent_too() -> None:
    run = Run(town(points=2), forecast).hear(depths("S0", [0.0] * 8), until_s=420)
    assert [(180.0, "unknown", "measured")] == run.changes("P1")


def test_a_station_that_speaks_again_ends_the_not_knowing() -> None:
    run = Run(town()).hear([*depths("S0", [0.0, 0.0]), *depths("S0", [0.0, 0.0], start_s=500)], until_s=600)
    assert [(240.0, "unknown", "measured"), (500.0, 0, "measured")] == run.changes()


def test_unknown_does_not_end_a_level_nor_its_order() -> None:
    run = Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, 0.5], start_s=1)], until_s=4000)
    assert [(61.0, 3, "measured"), (241.0, "unknown", "measured")] == run.changes()
    assert [("Alert", 3)] == [(o.msg_type, o.level) for o in run.orders]


def test_what_nobody_measured_has_no_forecast_line() -> None:
    run = Run(town(points=2), forecast).hear(depths("S0", [0.0] * 12), until_s=660)
    assert {"P0"} == {forecast.low_point for forecast in run.forecasts}


def test_in_heavy_rain_a_silent_point_is_forecast_from_rain_alone_and_says_so() -> None:
    run = Run(town(points=2), forecast).hear([*rain(0, 40, 6.0), *depths("S0", [0.0] * 40, start_s=1)], until_s=2400)
    assert {"core only, level silent"} == {forecast.method for forecast in run.forecasts if forecast.low_point == "P1"}
    assert "forecast" in {basis for _, _, basis in run.changes("P1")}


def test_missing_rain_is_not_no_rain() -> None:
    run = Run(town()).hear([*rain(0, 2, 0.0), *depths("S0", [0.0] * 60)], until_s=3600)
    assert "nan" == str(_intensity(run))


def _intensity(run: Run) -> float:
    from streams.rules.models import Only
    from streams.rules.rain import intensity_mm_per_h
    from streams.rules.work import Work

    return intensity_mm_per_h(Work(run.plan, run.state, Only(forecast), now_us=run.state.heard_until_us))
