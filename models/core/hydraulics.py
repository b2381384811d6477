"""Water balance of a low point: rain to runoff, runoff to the hollow, and what inlets, pump, leaks and the rim take out of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.bank import Bank

Floats = npt.NDArray[np.float64]

_REFERENCE_MM_H = 60.0
_DRY_UP_MIN = 240.0
_RIM_PER_MIN = 0.5


@dataclass
class Water:
    """Where the water is, shape (P, M) each, in mm over the catchment.

    Attributes
    ----------
    surface_mm
        On the surface of the catchment.
    channel_mm
        Under way to the hollow.
    pond_mm
        In the hollow.
    """

    surface_mm: Floats
    channel_mm: Floats
    pond_mm: Floats

    def copy(self) -> Water:
        """A copy that shares nothing."""
        return Water(self.surface_mm.copy(), self.channel_mm.copy(), self.pond_mm.copy())


@dataclass(frozen=True)
class Flows:
    """What moved in one step, mm over the catchment, shape (P, M) each; in - out - change of storage is 0."""

    rain_mm: Floats
    lost_mm: Floats
    drained_mm: Floats
    spilled_mm: Floats


def dry(points: int, members: int) -> Water:
    """No water anywhere."""
    return Water(np.zeros((points, members)), np.zeros((points, members)), np.zeros((points, members)))


def advance(
    bank: Bank,
    water: Water,
    rain_mm_h: Floats | float,
    inflow_mm_h: Floats | float,
    dt_min: float,
    clear: Floats | float,
    pump_on: Floats | float,
) -> Flows:
    """Take the water one step further, in place.

    Parameters
    ----------
    rain_mm_h
        Rain on the catchment, broadcast to (P, M).
    inflow_mm_h
        Inflow to the hollow that the rain does not explain, may be negative.
    clear
        Share of the inlets that is free: 1 clean, 0.5 half blocked.
    pump_on
        1 where the pump runs.

    Notes
    -----
    Surface: kinematic overland flow, q = a (S - S_d)^(5/3) with a = 60 / lag_min^(5/3) mm^(-2/3)/h (Manning on a plane, as EPA SWMM
    lumps it). Channel: linear reservoir. Hollow: dV/dt = q + u - c V / (V + V_d) - k V - rim. The surface is solved implicitly in the
    outflow with the coefficient of the middle of the step, the hollow fully, so storage stays at or above 0, inlets that keep up leave
    no water standing however long the step, and the balance closes to rounding.
    """
    hours = dt_min / 60
    rain_mm = np.broadcast_to(rain_mm_h, water.pond_mm.shape) * hours
    running_mm = bank.runoff_share * rain_mm
    if bank.soak_mm_h is not None:
        running_mm = running_mm + np.maximum(1 - bank.runoff_share, 0.0) * np.maximum(rain_mm - bank.soak_mm_h * hours, 0.0)
    middle = np.maximum(water.surface_mm + running_mm / 2 - bank.depression_mm, 0.0)
    share = middle / bank.lag_min
    # share ** (5 / 3), and cube roots are cheaper than powers
    rate = _REFERENCE_MM_H * share * np.cbrt(share * share) * hours / np.maximum(middle, 1e-9)
    above = np.maximum(water.surface_mm + running_mm - bank.depression_mm, 0.0)
    runoff_mm = above * rate / (1 + rate)
    surface = water.surface_mm + running_mm - runoff_mm
    dried_mm = np.minimum(surface, bank.depression_mm) * (dt_min / _DRY_UP_MIN) / (1 + dt_min / _DRY_UP_MIN)
    water.surface_mm = surface - dried_mm
    channel = (water.channel_mm + runoff_mm) / (1 + dt_min / bank.routing_min)
    arriving_mm = water.channel_mm + runoff_mm - channel
    water.channel_mm = channel
    filled = np.maximum(water.pond_mm + arriving_mm + np.asarray(inflow_mm_h) * hours, 0.0)
    unexplained_mm = filled - water.pond_mm - arriving_mm
    capacity_mm = (bank.inlet_mm_h * clear + bank.pump_mm_h * pump_on) * hours
    pond = _drained(filled, capacity_mm, bank.drowned_mm, 1 + bank.leak_per_min * dt_min)
    over = np.maximum(pond - bank.rim_mm, 0.0)
    spilled_mm = over * (_RIM_PER_MIN * dt_min) / (1 + _RIM_PER_MIN * dt_min)
    water.pond_mm = pond - spilled_mm
    return Flows(rain_mm + unexplained_mm, rain_mm - running_mm + dried_mm, filled - pond, spilled_mm)


def _drained(filled_mm: Floats, capacity_mm: Floats, drowned_mm: Floats, leaking: Floats) -> Floats:
    """What is left of a volume V0 after one implicit step: the root of ``leaking V + capacity V / (V + drowned) = V0`` at or above 0."""
    half = (leaking * drowned_mm + capacity_mm - filled_mm) / 2
    root = np.sqrt(half**2 + leaking * drowned_mm * filled_mm)
    kept = filled_mm * drowned_mm / np.maximum(half + root, 1e-30)  # without cancellation where the inlets keep up
    return np.where(half > 0, kept, (root - half) / leaking)


def volume_mm(bank: Bank, depth_m: Floats | float) -> Floats:
    """Volume of the hollow at a depth above the road."""
    return np.asarray(bank.pond_mm * (np.asarray(depth_m) + bank.bank_m) ** (1 + bank.shape))


def level_m(bank: Bank, pond_mm: Floats) -> Floats:
    """Level above the road at a volume, negative where a river stands below it."""
    return np.asarray((np.maximum(pond_mm, 0.0) / bank.pond_mm) ** (1 / (1 + bank.shape)) - bank.bank_m)


def depth_m(bank: Bank, pond_mm: Floats) -> Floats:
    """Depth above the road at a volume; 0 where the road is dry."""
    return np.maximum(level_m(bank, pond_mm), 0.0)
