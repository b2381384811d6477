"""The bank of parameter sets: what is not known about a point, spread out evenly over the members of an ensemble."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import qmc

from models.core.site import CLASSES, Sites

Floats = npt.NDArray[np.float64]

MEMBERS = 48

DROWNED_M = 0.02
"""At this depth the inlets take half of what they can."""

SOAK_MM_H = 20.0
"""What unsealed ground in a city goes on taking up in a storm: between Horton's first rates (25 to 75) and his last ones (3 to 12 mm/h)."""

_LEAK_PER_MIN = 0.003
"""Where the drains are known: the prior's leak is what unknown drains take, and would count them twice."""

_STREET_ROUTING_MIN = 15.0

_FLOW_LENGTH = 1.5
_ROUGHNESS, _SLOPE = 0.016, 0.005
"""Of the plane that a known catchment is taken for: as long as this many sides of a square of its area; asphalt, a flat city."""


@dataclass(frozen=True)
class Bank:
    """Parameters of M members at P points, shape (P, M) each; amounts in mm are over the catchment.

    Attributes
    ----------
    runoff_share
        Share of the rain that runs off.
    depression_mm
        What hollows on the surface keep before any of it runs off.
    lag_min
        Time of concentration of the surface under 60 mm/h: there a depth of ``lag_min`` mm is in balance.
    routing_min
        Mean time in gutters, pipes or the channel, a linear reservoir.
    inlet_mm_h
        What the inlets take once they are drowned.
    leak_per_min
        Share of the pond that drains away besides.
    pond_mm, shape
        The hollow holds ``pond_mm * depth_m ** (1 + shape)``.
    spill_m
        Depth at which it runs over its rim.
    pump_mm_h
        What the pump takes besides while it runs.
    bank_m
        The road lies this far above the bottom of what fills (0 but for a riverside road).
    inflow_decay_min
        How long an inflow that the rain does not explain goes on.
    soak_mm_h
        What the rest, 1 - `runoff_share`, takes up at most; more than that runs off too. Infinite, or None for all, where the sealed
        share is not known: then `runoff_share` is meant to say it all.
    """

    runoff_share: Floats
    depression_mm: Floats
    lag_min: Floats
    routing_min: Floats
    inlet_mm_h: Floats
    leak_per_min: Floats
    pond_mm: Floats
    shape: Floats
    spill_m: Floats
    pump_mm_h: Floats
    bank_m: Floats
    inflow_decay_min: Floats
    soak_mm_h: Floats | None = None

    def part(self, points: npt.NDArray[np.int64]) -> Bank:
        """Some of the points, in any order; a point may stand in it more than once."""
        soak = self.soak_mm_h
        return Bank(**{name: getattr(self, name)[points] for name in NAMES}, soak_mm_h=None if soak is None else soak[points])

    def single(self) -> Bank:
        """The same in single precision: a forecast is told to the millimetre, and half as wide is twice as fast."""
        soak = self.soak_mm_h
        columns = {name: getattr(self, name).astype(np.float32) for name in NAMES}
        return Bank(**columns, soak_mm_h=None if soak is None or np.isinf(soak).all() else soak.astype(np.float32))

    @cached_property
    def drowned_mm(self) -> Floats:
        """Volume at which the inlets take half of what they can."""
        return np.asarray(self.pond_mm * (DROWNED_M + self.bank_m) ** (1 + self.shape))

    @cached_property
    def rim_mm(self) -> Floats:
        """Volume at which the hollow runs over."""
        return np.asarray(self.pond_mm * (self.spill_m + self.bank_m) ** (1 + self.shape))


NAMES = tuple(f.name for f in fields(Bank) if f.name != "soak_mm_h")
Spreads = Mapping[str, Mapping[str, float]]
"""Of each parameter: `median` and `spread` (standard deviation of its logarithm)."""


@lru_cache(maxsize=1)
def load_priors() -> dict[str, Spreads]:
    """Priors by class, as the project ships them."""
    text = Path(__file__).with_name("priors.toml").read_text(encoding="utf-8")
    return {name: values for name, values in tomllib.loads(text).items() if name in CLASSES}


@lru_cache(maxsize=4)
def normals(members: int) -> Floats:
    """Standard normals on a fixed low-discrepancy sequence, shape (members, parameters + 1): no chance is involved (law 4)."""
    return np.asarray(ndtri(qmc.Halton(len(NAMES) + 1, scramble=False).random(members + 1)[1:]), float)


def lay_out(sites: Sites, priors: Mapping[str, Spreads] | None = None, members: int = MEMBERS) -> Bank:
    """Members at every point: log-normal around the class's medians, or closely around what the city knows of the point."""
    spreads = priors or load_priors()
    normal = normals(members)
    columns = {}
    for place, name in enumerate(NAMES):
        median = np.array([spreads[CLASSES[c]][name]["median"] for c in sites.point_class.tolist()])
        spread = np.array([spreads[CLASSES[c]][name]["spread"] for c in sites.point_class.tolist()])
        median, spread = _known(sites, name, median, spread)
        columns[name] = median[:, None] * np.exp(spread[:, None] * normal[:, place])
    sealed = np.isfinite(sites.impervious_share)[:, None]
    columns["runoff_share"] = np.where(sealed, np.minimum(columns["runoff_share"], 1.0), columns["runoff_share"])
    soak_mm_h = np.where(sealed, SOAK_MM_H, np.inf) * np.ones((1, members))
    return Bank(**columns, soak_mm_h=soak_mm_h)


def _known(sites: Sites, name: str, median: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """What the city knows of a point takes the place of its class's prior; records are never exact, so some spread stays."""
    area_m2 = sites.catchment_ha * 10_000
    hollow = np.isfinite(sites.hollow_m3) & np.isfinite(area_m2)
    river = sites.point_class == CLASSES.index("riverside")
    told = {
        # a road whose hollow and catchment are recorded floods from them, not from a river's bank and its whole basin
        "bank_m": (np.where(hollow, 0.0, np.nan), 0.0),
        "routing_min": (np.where(hollow & river, _STREET_ROUTING_MIN, np.nan), 1.0),
        "runoff_share": (sites.impervious_share, 0.08),
        "lag_min": (concentration_min(sites.catchment_ha), 0.4),
        "inlet_mm_h": (sites.drain_mm_h, 0.2),
        "leak_per_min": (np.where(np.isfinite(sites.drain_mm_h), _LEAK_PER_MIN, np.nan), 1.0),
        "pump_mm_h": (sites.pump_mm_h, 0.1),
        "pond_mm": (1000 * sites.hollow_m3 / area_m2, 0.2),
        "shape": (sites.hollow_shape, 0.05),
        "spill_m": (sites.spill_m, 0.02),
    }
    if name not in told:
        return median, spread
    value, error = told[name]
    known = np.isfinite(value)
    return np.where(known, value, median), np.where(known, error, spread)


def concentration_min(catchment_ha: Floats) -> Floats:
    """Time of concentration of a catchment under 60 mm/h, min, shape as given.

    Notes
    -----
    Kinematic wave on a plane (Morgali and Linsley, 1965): t = 6.92 (n L)^0.6 / (i^0.4 S^0.3), L in m, i in mm/h.
    """
    length_m = _FLOW_LENGTH * np.sqrt(catchment_ha * 10_000)
    return np.asarray(6.92 * (_ROUGHNESS * length_m) ** 0.6 / (60**0.4 * _SLOPE**0.3), float)
