"""Made-up low points for the laws of the table: every figure known, half of them, or none."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from models.core.bank import Bank, lay_out
from models.core.site import Floats, Sites

LEVELS_M = (0.15, 0.27, 0.40, 0.60)


@st.composite
def sites(draw: st.DrawFn, most: int = 3) -> Sites:
    count = draw(st.integers(1, most))

    def figure(low: float, high: float) -> Floats:
        known = st.one_of(st.just(np.nan), st.floats(low, high))
        return np.array(draw(st.lists(known, min_size=count, max_size=count)))

    return Sites(
        low_point=tuple(f"P{k}" for k in range(count)),
        point_class=np.array(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), np.int64),
        catchment_ha=figure(0.05, 30),
        impervious_share=figure(0, 1),
        drain_mm_h=figure(0, 300),
        pump_mm_h=figure(0, 60),
        hollow_m3=figure(100, 20_000),
        hollow_shape=figure(0, 1.5),
        spill_m=figure(0.2, 3),
    )


def bank_of(places: Sites, members: int = 12) -> Bank:
    return lay_out(places, members=members)


def thresholds_m(places: Sites) -> Floats:
    return np.tile(LEVELS_M, (len(places), 1))


def street() -> Sites:
    """One sag of which all is known: 2 ha, sealed to 80 %, drains for 40 mm/h."""
    known = [np.array([value]) for value in (2.0, 0.8, 40.0, 0.0, 5000.0, 1.0, 1.8)]
    return Sites(("P0",), np.array([1], np.int64), *known)
