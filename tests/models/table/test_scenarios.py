"""Laws of the table: more rain, a wetter start or worse drains never give less water, and no water comes from nowhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.bank import Bank
from models.core.site import Sites
from models.table.axes import Axes, edges_min, usual_axes
from models.table.scenarios import Table, make_table
from tests.models.table.places import bank_of, sites, street, thresholds_m

amounts = st.lists(st.integers(0, 300), min_size=2, max_size=5, unique=True).map(lambda some: tuple(float(mm) for mm in sorted(some)))
axes = st.builds(
    Axes,
    amounts_mm=amounts,
    durations_h=st.sampled_from([(0.5,), (1.0,), (3.0,)]),
    peak_ratios=st.sampled_from([(0.0,), (0.375,), (1.0,)]),
)


def table_of(places: Sites, wanted: Axes, bank: Bank | None = None) -> Table:
    return make_table(places.low_point, bank or bank_of(places), thresholds_m(places), wanted)


@settings(max_examples=25, deadline=None)
@given(sites(), axes)
def test_more_rain_a_wetter_start_and_worse_drains_never_give_less_water(places: Sites, wanted: Axes) -> None:
    found = table_of(places, wanted)
    for rising in (found.peak_m, found.minutes_above, -found.minutes_to):
        assert (rising[..., 1:, :] >= rising[..., :-1, :]).all(), "amounts"
        assert (rising[:, :, 1] >= rising[:, :, 0]).all(), "starts"
        assert (rising[:, :, :, 1:] >= rising[:, :, :, :1]).all(), "drains"
    assert found.corrected_m <= 0.005, "the physics itself keeps the law but for what a time step rounds off"


@settings(max_examples=25, deadline=None)
@given(sites(), axes)
def test_rain_is_stored_lost_drained_or_spilled_and_nothing_else(places: Sites, wanted: Axes) -> None:
    assert table_of(places, wanted).balance_error <= 0.01


@settings(max_examples=25, deadline=None)
@given(sites(), axes)
def test_quantiles_and_levels_stand_in_order(places: Sites, wanted: Axes) -> None:
    found = table_of(places, wanted)
    assert (np.diff(found.peak_m, axis=-1) >= -1e-12).all()
    assert (found.minutes_to[..., 1:] >= found.minutes_to[..., :-1]).all(), "a higher level is not reached sooner"
    assert (np.diff(found.minutes_above, axis=-1) <= 1e-9).all(), "the water does not stand longer above a higher level"
    assert (found.minutes_above <= np.array(wanted.durations_h).max() * 60 + 120 + 1e-9).all()


def test_no_rain_on_a_dry_street_leaves_it_dry() -> None:
    found = table_of(street(), Axes(amounts_mm=(0.0, 100.0), durations_h=(1.0,), peak_ratios=(0.375,)))
    assert 0.0 == found.peak_m[:, :, 0, :, :, 0].max()
    assert found.peak_m[0, 0, 0, 0, 0, 1, 1] > 0.2


def test_a_level_that_is_reached_in_the_median_has_a_time() -> None:
    found = table_of(street(), Axes(durations_h=(1.0,), peak_ratios=(0.375,)))
    reached = found.peak_m[..., 1:2] >= thresholds_m(street())[0] + 0.02
    missed = found.peak_m[..., 1:2] < thresholds_m(street())[0] - 0.02
    assert reached.any() and missed.any()
    assert np.isfinite(found.minutes_to[reached]).all()
    assert not np.isfinite(found.minutes_to[missed]).any()


def test_a_point_with_fewer_levels_never_reaches_the_others() -> None:
    fewer = np.array([[0.15, np.inf]])
    found = make_table(("P0",), bank_of(street()), fewer, Axes(durations_h=(1.0,), peak_ratios=(0.375,)))
    assert not np.isfinite(found.minutes_to[..., 1]).any()
    assert 0.0 == found.minutes_above[..., 1].max()


@pytest.mark.parametrize("duration_h", [1.0, 3.0, 6.0, 24.0])
def test_steps_a_quarter_as_long_give_the_same_peaks_within_a_centimetre(duration_h: float, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Axes(durations_h=(duration_h,), peak_ratios=(0.375,), starts=("dry",), drains=("free",))
    coarse = table_of(street(), wanted)

    def finer(duration_min: float, peak_ratio: float) -> np.ndarray:
        edges = edges_min(duration_min, peak_ratio)
        return np.unique(np.concatenate([edges[:-1] + share * np.diff(edges) for share in (0, 0.25, 0.5, 0.75)] + [edges[-1:]]))

    monkeypatch.setattr("models.table.scenarios.edges_min", finer)
    fine = table_of(street(), wanted)
    np.testing.assert_allclose(coarse.peak_m, fine.peak_m, atol=0.01)


def test_the_answer_for_a_point_does_not_hang_on_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Axes(durations_h=(1.0,), peak_ratios=(0.375,))
    alone = table_of(street(), wanted)
    both = street()
    twice = Sites(("P0", "P1"), *(np.repeat(getattr(both, name), 2) for name in both.__dataclass_fields__ if name != "low_point"))
    monkeypatch.setattr("models.table.scenarios._ROWS", 5)
    together = table_of(twice, wanted)
    np.testing.assert_array_equal(alone.peak_m[:, :, :, :, 0], together.peak_m[:, :, :, :, 1])


def test_pumps_off_is_worse_only_where_there_is_a_pump() -> None:
    wanted = Axes(durations_h=(1.0,), peak_ratios=(0.375,), starts=("dry",), drains=("free", "pumps-off"))
    without = table_of(street(), wanted).peak_m
    np.testing.assert_array_equal(without[:, :, :, 0], without[:, :, :, 1])
    pumped = table_of(replace(street(), pump_mm_h=np.array([30.0])), wanted).peak_m
    assert (pumped[0, 0, 0, 1, 0, 5:, 1] > pumped[0, 0, 0, 0, 0, 5:, 1] + 0.02).all()


def test_the_whole_table_has_eleven_amounts_to_250_mm_over_four_durations() -> None:
    whole = usual_axes()
    assert (11, 250.0) == (len(whole.amounts_mm), whole.amounts_mm[-1])
    assert (4, 3, 2, 3) == whole.shape()


@pytest.mark.parametrize(
    "wrong",
    [
        {"amounts_mm": (20.0, 10.0)},
        {"amounts_mm": (-1.0,)},
        {"amounts_mm": (float("nan"),)},
        {"amounts_mm": ()},
        {"durations_h": (0.0,)},
        {"durations_h": ()},
        {"peak_ratios": (1.5,)},
        {"starts": ("wet", "dry")},
        {"drains": ("clean",)},
    ],
)
def test_axes_that_cannot_be_are_refused(wrong: dict[str, tuple[float, ...]]) -> None:
    with pytest.raises(ValueError, match=r"amounts|durations|starts|at least one"):
        Axes(**wrong)  # type: ignore[arg-type]


@given(st.floats(0.05, 72), st.floats(0, 1))
def test_steps_cover_the_rain_and_two_hours_more_and_none_goes_over_its_end(duration_h: float, ratio: float) -> None:
    edges = edges_min(duration_h * 60, ratio)
    assert (0.0, duration_h * 60 + 120) == pytest.approx((edges[0], edges[-1]))
    assert np.diff(edges).min() > 0 and np.diff(edges).max() <= 5.01
    assert np.isclose(edges, duration_h * 60).any()
