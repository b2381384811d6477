"""Water balance of a low point: rain to runoff, runoff to the hollow, and what inlets, pump, leaks and the rim take out of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.bank import Bank

Floats = npt.NDArray[np.float64]

DROWNED_M = 0.02
"""At this depth the inlets take half of what they can."""

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
    bank: Bank, water: Water, rain_mm_h: Floats, inflow_mm_h: Floats | float, dt_min: float, clear: Floats | float, pump_on: Floats | float
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
    lumps it). Channel: linear reservoir. Hollow: dV/dt = q + u - c V / (V + V_d) - k V - rim. Each is solved implicitly in the outflow
    with the coefficient of the middle of the step, so storage stays at or above 0 and the balance closes to rounding.
    """
    hours = dt_min / 60
    rain_mm = np.broadcast_to(rain_mm_h, water.pond_mm.shape) * hours
    running_mm = bank.runoff_share * rain_mm
    middle = np.maximum(water.surface_mm + running_mm / 2 - bank.depression_mm, 0.0)
    rate = _REFERENCE_MM_H * (middle / bank.lag_min) ** (5 / 3) * hours / np.maximum(middle, 1e-9)
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
    middle = (water.pond_mm + filled) / 2
    capacity_mm = (bank.inlet_mm_h * clear + bank.pump_mm_h * pump_on) * hours
    share = capacity_mm / (middle + drowned_mm(bank)) + bank.leak_per_min * dt_min
    pond = filled / (1 + share)
    over = np.maximum(pond - volume_mm(bank, bank.spill_m), 0.0)
    spilled_mm = over * (_RIM_PER_MIN * dt_min) / (1 + _RIM_PER_MIN * dt_min)
    water.pond_mm = pond - spilled_mm
    return Flows(rain_mm + unexplained_mm, rain_mm - running_mm + dried_mm, filled - pond, spilled_mm)


def drowned_mm(bank: Bank) -> Floats:
    """Volume at which the inlets take half of what they can."""
    return volume_mm(bank, DROWNED_M)


def volume_mm(bank: Bank, depth_m: Floats | float) -> Floats:
    """Volume of the hollow at a depth above the road."""
    return np.asarray(bank.pond_mm * (np.asarray(depth_m) + bank.bank_m) ** (1 + bank.shape), float)


def depth_m(bank: Bank, pond_mm: Floats) -> Floats:
    """Depth above the road at a volume; 0 where the road is dry."""
    return np.maximum((np.maximum(pond_mm, 0.0) / bank.pond_mm) ** (1 / (1 + bank.shape)) - bank.bank_m, 0.0)
