from __future__ import annotations

import numpy as np
import pytest

from models.verify.cases import EVERY_US, GRID, LEAD_MIN, Told, Watched, cases_on_grid, cases_while_wet, newest
from models.verify.record import MINUTE_US, Flood
from tests.models.verify.made_up import LADDER_M, cases, dry, hump, minutes, nothing, perfect, record


def ramp(*issued_min: float) -> Told:
    """Forecasts that say, in every quantile, the lead in minutes; chances a hundredth of it."""
    count = len(issued_min)
    said = np.broadcast_to(LEAD_MIN.astype(float), (count, 7, 6))
    return Told(minutes(*issued_min), said.copy(), said[:, :4].copy() / 100)


def test_a_flood_is_judged_every_five_minutes_while_a_centimetre_stands() -> None:
    found = cases([0.3], perfect)
    assert {EVERY_US} == set(np.diff(found.issued_us).tolist())
    assert (found.depth_m >= 0.01).all()
    assert 60 * MINUTE_US == found.issued_us[0]  # hump: dry for an hour, 2 cm at once, wet from the first reading


def test_the_grid_judges_dry_moments_too() -> None:
    measured = record(hump(0.3))
    found = cases_on_grid(Watched("s", "P", LADDER_M, measured, nothing(measured)), 0, int(measured.time_us[-1]))
    assert (found.depth_m == 0).any() and (found.depth_m > 0.15).any()
    assert {GRID} == set(found.event.tolist())


def test_the_newest_forecast_is_read_at_the_moment_plus_the_lead() -> None:
    there, quantiles_m, p_exceed = newest(ramp(0, 4), minutes(4, 7), 4)
    assert there.all()
    assert LEAD_MIN.tolist() == pytest.approx(quantiles_m[0, 3].tolist())
    assert [8, 18, 33, 63, 93, 120] == pytest.approx(quantiles_m[1, 3].tolist())  # three minutes old; nothing is known past 120
    assert 0.18 == pytest.approx(float(p_exceed[1, 0, 1]))


def test_no_forecast_is_used_before_it_was_issued_nor_when_it_is_over_ten_minutes_old() -> None:
    there, quantiles_m, _ = newest(ramp(5), minutes(4.9, 5, 15, 15.1), 4)
    assert [False, True, True, False] == there.tolist()
    assert 0 == quantiles_m[~there].sum()


def test_where_there_is_no_forecast_it_counts_as_dry() -> None:
    found = cases([0.3], nothing)
    assert not found.there.any()
    assert 0 == found.quantiles_m.sum() + found.p_exceed.sum()


def test_the_target_is_the_depth_at_issue_plus_lead() -> None:
    measured = record([0.0, *[0.02 * n for n in range(1, 200)]])
    found = cases_while_wet(Watched("s", "P", LADDER_M, measured, dry(measured)), [Flood("P", 0, MINUTE_US, 60 * MINUTE_US)])
    assert (0.02 + 0.02 * LEAD_MIN).tolist() == pytest.approx(found.observed_m[0].tolist())
    assert found.observed_m[0].tolist() == pytest.approx(found.peak_m[0].tolist())
