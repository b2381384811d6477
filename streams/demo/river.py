"""The stage of the demo city's river: the whole city's rain raises it, and high water closes the drains of the southern districts."""

import numpy as np

from streams.demo.rain import STEP_S, Series

BASE_STAGE_M = 95.4
_RISE_M_PER_MM = 0.042
_LAG_S = 2400.0


def river_stage(city_rain_mm: Series) -> Series:
    """Return the stage in m above datum at the end of each minute: a linear reservoir (40 min) fed by the city's mean rain."""
    keep = np.exp(-STEP_S / _LAG_S)
    stored_mm, stage_m = 0.0, np.empty_like(city_rain_mm)
    for k, rain_mm in enumerate(city_rain_mm):
        stored_mm = stored_mm * keep + rain_mm
        stage_m[k] = BASE_STAGE_M + _RISE_M_PER_MM * stored_mm
    return stage_m
