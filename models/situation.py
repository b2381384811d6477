"""What a forecast is made from: all that is known of the points of a district at one moment, in columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.core.site import Sites

if TYPE_CHECKING:  # the filter reads situations
    from models.core.filter import Ensemble

Floats = npt.NDArray[np.float64]

LEAD_MIN = np.array([5.0, 15.0, 30.0, 60.0, 90.0, 120.0])
QUANTILES = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
PEAK_QUANTILES = np.array([0.1, 0.5, 0.9])
RAIN_MIN = 180
"""Minutes of rain that a forecast may look back on."""
COMING_MIN = 120
"""Minutes of expected rain that a forecast may look at."""


@dataclass(frozen=True)
class Situation:
    """Points (P) in fixed order. Nothing in it arrived after the moment of issue (law 11).

    Attributes
    ----------
    minute
        The whole minute since 1970 that the moment of issue is, or that comes next.
    until_minute_min
        How long it is to that minute: 0 or more, less than 1.
    sites
        What the city knows of the points.
    depth_m, depth_sd_m
        Water above the road by the newest trusted readings, and its standard error, shape (P,).
    age_min
        Age of the newest trusted reading, shape (P,).
    doubtful
        Points whose depth rests on a jump that nothing has confirmed: it may be a parked car, shape (P,), bool.
    thresholds_m
        Depth of each level, shape (P, L); infinite where a point has fewer.
    history_min, history_m
        What was measured, oldest first: minutes before the issue (infinite where there is nothing) and level above the road,
        negative where a river stands below it, shape (P, H).
    rain_mm
        Rain on each point's catchment in each of the last `RAIN_MIN` minutes, newest last; nan where no gauge said, shape (P, RAIN_MIN).
    coming_mm
        Rain expected in each of the next `COMING_MIN` minutes; nan where nobody said, shape (P, COMING_MIN).
    pump_on
        1 where the pump runs, 0 where it does not, nan where there is none, shape (P,).
    apart_km
        Distances between the points, shape (P, P).
    memory
        What the model kept from its last forecast, shape (P, K); of another width where there is nothing, or from another model.
    """

    minute: int
    until_minute_min: float
    sites: Sites
    depth_m: Floats
    depth_sd_m: Floats
    age_min: Floats
    doubtful: npt.NDArray[np.bool_]
    thresholds_m: Floats
    history_min: Floats
    history_m: Floats
    rain_mm: Floats
    coming_mm: Floats
    pump_on: Floats
    apart_km: Floats
    memory: Floats

    def part(self, points: npt.NDArray[np.int64]) -> Situation:
        """Some of the points."""
        columns = {f.name: getattr(self, f.name) for f in fields(self)}
        own = {name: value[points] for name, value in columns.items() if isinstance(value, np.ndarray)}
        return Situation(**{**columns, **own, "sites": self.sites.part(points), "apart_km": self.apart_km[np.ix_(points, points)]})

    @property
    def raining(self) -> bool:
        """Whether any gauge said anything of the last half hour."""
        return bool(np.isfinite(self.rain_mm[:, -30:]).any())


@dataclass(frozen=True)
class Outlook:
    """A forecast for P points.

    Attributes
    ----------
    depth_m
        Quantiles of depth, shape (P, 7 quantiles, 6 leads).
    p_exceed
        Chance that the peak from now to the lead reaches each threshold, shape (P, L, 6 leads).
    peak_m
        Quantiles .1 .5 .9 of the peak within two hours, shape (P, 3).
    minutes_to
        Median minutes to each threshold, nan where it is not reached, shape (P, L).
    median_30min_m
        Highest median within the next 30 min, shape (P,).
    raises, keeps
        Whether each level is to be raised by forecast, for it may be reached within half an hour, and to be kept up once it was raised,
        shape (P, L), bool. A learned model orders floods by a score of its own for that: it is not the chance that is told.
    method
        By which link of the chain each point was forecast, length P: see `models.forecaster`.
    memory
        What the model wants to be given back next time, shape (P, K).
    present
        The core's ensemble as it stands now, not to be changed; None where no core was run.
    """

    depth_m: Floats
    p_exceed: Floats
    peak_m: Floats
    minutes_to: Floats
    median_30min_m: Floats
    raises: npt.NDArray[np.bool_]
    keeps: npt.NDArray[np.bool_]
    method: tuple[str, ...]
    memory: Floats
    present: Ensemble | None = None
