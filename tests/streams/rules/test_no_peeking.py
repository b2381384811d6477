"""Law 11: the forecast at time t is the same when everything after t is cut off."""

from __future__ import annotations

import pytest

from models.forecaster import Model, forecast
from models.learn.package import shipped
from tests.streams.towns import Reading, Run, depths, rain, seconds, town

STORM = [*rain(0, 40), *depths("S0", [0.0, 0.02, 0.1, 0.3, 0.5, 0.4, 0.2, *[0.1] * 30], start_s=7), *depths("S1", [0.0] * 40, start_s=31)]


DRY_GAUGE = [reading for reading in STORM if reading.station != "R"]


@pytest.mark.parametrize(("model", "storm"), [(forecast, STORM), (shipped(), STORM), (shipped(), DRY_GAUGE)], ids=["core", "rain", "full"])
@pytest.mark.parametrize("cut_s", [61.0, 127.0, 300.0, 600.0, 1801.0])
def test_nothing_changes_when_the_future_is_cut_off(cut_s: float, model: Model, storm: list[Reading]) -> None:
    whole = Run(town(points=2), model).hear(storm, until_s=2400)
    cut = Run(town(points=2), model).hear([reading for reading in storm if reading.arrival_s <= cut_s], until_s=cut_s)
    until = [output for output in whole.outputs if seconds(output.issued_at) <= cut_s // 10 * 10]
    assert until == [output for output in cut.outputs if seconds(output.issued_at) <= cut_s // 10 * 10]
    assert until


def test_a_forecast_knows_what_arrived_not_what_was_observed() -> None:
    on_time = Run(town(points=2), forecast).hear(depths("S0", [0.0, 0.0, 0.02, 0.05]), until_s=240)
    late = Run(town(points=2), forecast).hear([*depths("S0", [0.0, 0.0, 0.02]), Reading("S0", 180.0, 0.05, received_s=239.0)], until_s=239)
    at = "2026-07-14T08:03:00Z"
    assert [f for f in on_time.forecasts if f.issued_at == at] != [f for f in late.forecasts if f.issued_at == at]


def test_the_shipped_model_speaks_where_water_stands_and_no_gauge_does() -> None:
    run = Run(town(points=2), shipped()).hear(DRY_GAUGE, until_s=900)
    assert "full" in {line.method for line in run.forecasts}
