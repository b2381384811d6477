"""Laws of storm intensity: amounts and return periods are each other's inverse, and a hyetograph holds its amount exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.table.intensity import L_S_HA_PER_MM_MIN, Formula, ReturnPeriod, hyetograph_mm

formulas = st.builds(
    Formula,
    a1=st.floats(200, 20_000),
    c=st.floats(0.3, 2),
    b_min=st.floats(0, 40),
    n=st.floats(0.4, 1),
    source=st.just("made up"),
    minutes=st.just((5.0, 1440.0)),
)
PLAIN = Formula(1000.0, 0.8, 10.0, 0.7, "made up")


def test_one_mm_a_minute_is_166_67_litres_a_second_on_a_hectare() -> None:
    assert 166.67 == pytest.approx(L_S_HA_PER_MM_MIN, abs=0.004)


def test_the_formula_is_the_one_of_the_design_codes() -> None:
    q = 1000 * (1 + 0.8 * 1) / (60 + 10) ** 0.7  # P = 10 years
    assert q / (10_000 / 60) * 60 == pytest.approx(PLAIN.amount_mm(10, 60))


@given(formulas, st.floats(1, 100), st.floats(5, 1440))
def test_the_return_period_of_an_amount_is_where_the_amount_came_from(formula: Formula, years: float, minutes: float) -> None:
    found = formula.return_period(formula.amount_mm(years, minutes), minutes)
    assert "within" == found.kind
    assert years == pytest.approx(found.years, rel=1e-6)


@given(formulas, st.floats(5, 1440), st.floats(1.001, 10))
def test_what_is_over_the_rarest_amount_is_beyond_design_and_what_is_under_the_commonest_is_below(
    formula: Formula, minutes: float, factor: float
) -> None:
    assert ReturnPeriod("beyond") == formula.return_period(formula.amount_mm(100, minutes) * factor, minutes)
    assert ReturnPeriod("below") == formula.return_period(formula.amount_mm(1, minutes) / factor, minutes)
    assert ReturnPeriod("below") == formula.return_period(0.0, minutes)


@pytest.mark.parametrize("minutes", [4.9, 180.1])
def test_a_duration_that_the_formula_does_not_speak_of_has_no_return_period(minutes: float) -> None:
    assert ReturnPeriod("unknown") == PLAIN.return_period(50.0, minutes)
    with pytest.raises(ValueError, match="5 to 180 min"):
        PLAIN.amount_mm(10, minutes)


@pytest.mark.parametrize("years", [0.5, 101])
def test_a_return_period_outside_the_formula_has_no_amount(years: float) -> None:
    with pytest.raises(ValueError, match="1 to 100 years"):
        PLAIN.amount_mm(years, 60)


@given(
    st.one_of(st.none(), formulas),
    st.floats(0, 500),
    st.floats(5, 1440),
    st.floats(0, 1),
    st.lists(st.floats(0, 1), min_size=0, max_size=40),
)
def test_a_hyetograph_sums_to_its_amount_on_any_steps(
    formula: Formula | None, amount_mm: float, duration_min: float, ratio: float, cuts: list[float]
) -> None:
    edges = np.unique([0.0, *(cut * duration_min for cut in cuts), duration_min, duration_min + 30])
    fallen = hyetograph_mm(amount_mm, duration_min, edges, ratio, formula)
    assert amount_mm == pytest.approx(fallen.sum(), rel=1e-9, abs=1e-12)
    assert (fallen >= -1e-9).all()
    assert 0 == fallen[-1]


@given(formulas, st.floats(0.1, 0.9))
def test_around_the_peak_every_duration_has_the_amount_of_the_formula(formula: Formula, ratio: float) -> None:
    years, whole_min = 10.0, 180.0
    total_mm = formula.amount_mm(years, whole_min)
    for inner_min in (5.0, 30.0, 60.0):
        bounds = np.array([0.0, ratio * (whole_min - inner_min), ratio * whole_min + (1 - ratio) * inner_min, whole_min])
        fallen = hyetograph_mm(total_mm, whole_min, bounds, ratio, formula)
        assert formula.amount_mm(years, inner_min) == pytest.approx(fallen[1], rel=1e-6)


def test_the_peak_comes_at_its_share_of_the_duration() -> None:
    fallen = hyetograph_mm(50, 60, np.arange(61.0), 0.4, PLAIN)
    assert fallen.argmax() in (23, 24)


@pytest.mark.parametrize(("amount_mm", "duration_min", "ratio"), [(-1, 60, 0.4), (50, 0, 0.4), (50, 60, 1.1), (float("nan"), 60, 0.4)])
def test_a_storm_that_cannot_be_is_refused(amount_mm: float, duration_min: float, ratio: float) -> None:
    with pytest.raises(ValueError, match="a storm has"):
        hyetograph_mm(amount_mm, duration_min, np.arange(3.0), ratio)
