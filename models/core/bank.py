"""The bank of parameter sets: what is not known about a point, spread out evenly over the members of an ensemble."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import qmc

from models.core.site import CLASSES, Sites

Floats = npt.NDArray[np.float64]

MEMBERS = 48


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

    def part(self, points: npt.NDArray[np.int64]) -> Bank:
        """Some of the points."""
        return Bank(**{f.name: getattr(self, f.name)[points] for f in fields(self)})


NAMES = tuple(f.name for f in fields(Bank))
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
    return Bank(**columns)


def _known(sites: Sites, name: str, median: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """What the city knows of a point takes the place of its class's prior; records are never exact, so some spread stays."""
    area_m2 = sites.catchment_ha * 10_000
    told = {
        "runoff_share": (sites.impervious_share, 0.08),
        "inlet_mm_h": (sites.drain_mm_h, 0.2),
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
