"""What a forecast is made from: the state of all points of a district at one moment, in columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Situation:
    """Points (P) in fixed order.

    Attributes
    ----------
    depth_m
        Water above the road now, shape (P,).
    depth_sd_m
        Its standard error, shape (P,).
    rise_m_per_min
        Its trend over the last minutes, shape (P,).
    age_min
        Age of the newest trusted reading, shape (P,).
    underpass, riverside
        Class of the point (a sag otherwise), shape (P,), bool.
    rain_mm_per_h
        Rain intensity over the last ten minutes in the district; nan where no gauge says.
    thresholds_m
        Depth of each level, shape (P, L); infinite where a point has fewer.
    """

    depth_m: Floats
    depth_sd_m: Floats
    rise_m_per_min: Floats
    age_min: Floats
    underpass: npt.NDArray[np.bool_]
    riverside: npt.NDArray[np.bool_]
    rain_mm_per_h: float
    thresholds_m: Floats


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
    """

    depth_m: Floats
    p_exceed: Floats
    peak_m: Floats
    minutes_to: Floats
    median_30min_m: Floats
