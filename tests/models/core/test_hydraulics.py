"""The core's water balance closes, whatever the parameters and the rain."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.core.hydraulics import advance, dry
from tests.models.table.places import bank_of, sites


@given(
    places=sites(), rain_mm_h=st.lists(st.floats(0, 250), min_size=1, max_size=20), dt_min=st.floats(0.5, 10), inflow=st.floats(-50, 200)
)
def test_what_came_less_what_went_is_what_is_there(places, rain_mm_h, dt_min, inflow) -> None:  # type: ignore[no-untyped-def]
    bank = bank_of(places)
    water = dry(len(places), 12)
    came, went = np.zeros_like(water.pond_mm), np.zeros_like(water.pond_mm)
    for intensity in rain_mm_h:
        flows = advance(bank, water, np.array([[intensity]]), inflow, dt_min, 1.0, 1.0)
        came += flows.rain_mm
        went += flows.lost_mm + flows.drained_mm + flows.spilled_mm
    there = water.surface_mm + water.channel_mm + water.pond_mm
    assert np.allclose(came - went, there, atol=1e-6 * (1 + np.abs(came).max()))
    assert (there >= 0).all()
