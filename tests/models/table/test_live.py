"""Laws of the live what-if: it starts from the water as it stands, and more rain never gives less."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.hydraulics import Water, dry, volume_mm
from models.core.site import Sites
from models.table.live import WhatIf, what_if
from tests.models.table.places import bank_of, sites, street, thresholds_m


def asked(places: Sites, amounts_mm: tuple[float, ...], depth_m: float = 0.0, inflow_mm_h: float = 0.0, seed: int = 0) -> WhatIf:
    bank = bank_of(places)
    water = dry(*bank.pond_mm.shape)
    if depth_m:
        water = Water(water.surface_mm, water.channel_mm, volume_mm(bank, depth_m))
    weight = np.random.default_rng(seed).gamma(0.4, 1.0, bank.pond_mm.shape) + 1e-9
    weight /= weight.sum(axis=1, keepdims=True)
    return what_if(bank, water, weight, np.full(bank.pond_mm.shape, inflow_mm_h), thresholds_m(places), amounts_mm)


def test_no_rain_on_a_dry_street_leaves_it_dry() -> None:
    found = asked(street(), (0.0,))
    assert (0.0, 0.0) == (found.depth_m.max(), found.peak_m.max())
    assert not np.isfinite(found.minutes_to).any()


@settings(max_examples=30, deadline=None)
@given(sites(), st.lists(st.floats(0, 300), min_size=2, max_size=6), st.floats(0, 1), st.floats(-30, 60), st.integers(0, 1000))
def test_more_rain_never_gives_less_water_in_whatever_order_it_is_asked(
    places: Sites, amounts_mm: list[float], depth_m: float, inflow_mm_h: float, seed: int
) -> None:
    found = asked(places, tuple(amounts_mm), depth_m, inflow_mm_h, seed)
    order = np.argsort(amounts_mm)
    assert tuple(amounts_mm) == found.amounts_mm
    for rising in (found.depth_m, found.peak_m, -found.minutes_to):
        higher = rising[:, order]
        assert (higher[:, 1:] >= higher[:, :-1]).all()


@settings(max_examples=30, deadline=None)
@given(sites(), st.floats(0, 200), st.floats(0, 1))
def test_the_peak_is_nowhere_under_a_depth_on_the_way(places: Sites, amount_mm: float, depth_m: float) -> None:
    found = asked(places, (amount_mm,), depth_m)
    assert (found.peak_m[:, :, None] >= found.depth_m - 1e-9).all()


def test_water_that_stands_at_a_level_already_needs_no_minutes() -> None:
    assert [0.0, 0.0] == asked(street(), (0.0,), depth_m=0.30).minutes_to[0, 0, :2].tolist()
    assert not np.isfinite(asked(street(), (0.0,), depth_m=0.30).minutes_to[0, 0, 3])


def test_standing_water_without_rain_falls() -> None:
    medians = asked(street(), (0.0,), depth_m=0.30).depth_m[0, 0, :, 1]
    assert (np.diff(medians) <= 1e-12).all()
    assert 0.30 > medians[0]


def test_rain_over_a_full_hollow_ends_deeper_than_over_an_empty_one() -> None:
    assert (asked(street(), (50.0,), depth_m=0.3).peak_m > asked(street(), (50.0,)).peak_m).all()


def test_an_inflow_that_rain_does_not_explain_goes_on_and_fades() -> None:
    medians = asked(street(), (0.0,), inflow_mm_h=600.0).depth_m[0, 0, :, 1]
    assert medians[0] > 0.05
    assert medians[-1] < medians.max()


@pytest.mark.parametrize("duration_min", [7.3, 60.0, 60.02, 90.0, 180.0])
def test_any_duration_answers_at_every_lead(duration_min: float) -> None:
    bank = bank_of(street())
    weight = np.full(bank.pond_mm.shape, 1 / bank.pond_mm.shape[1])
    found = what_if(bank, dry(*weight.shape), weight, np.zeros(weight.shape), thresholds_m(street()), (80.0,), duration_min)
    assert np.isfinite(found.depth_m).all()
    assert (np.diff(found.depth_m, axis=2).max(axis=2) > 0).all()
    assert found.depth_m.max() <= found.peak_m.max()


def test_blocked_inlets_and_a_stopped_pump_are_never_shallower() -> None:
    places = street()
    places.pump_mm_h[:] = 30.0
    bank = bank_of(places)
    weight = np.full(bank.pond_mm.shape, 1 / bank.pond_mm.shape[1])

    def peak(clear: float, pump_on: np.ndarray | float) -> np.ndarray:
        return what_if(
            bank, dry(*weight.shape), weight, np.zeros(weight.shape), thresholds_m(places), (80.0,), clear=clear, pump_on=pump_on
        ).peak_m

    assert (peak(0.5, 1.0) > peak(1.0, 1.0)).all()
    assert (peak(1.0, np.array([0.0])) > peak(1.0, np.array([1.0]))).all()
