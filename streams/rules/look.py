"""Looks ahead between two whole minutes, where water has climbed past a rung: it is forecast there, and levels by forecast are raised."""

from __future__ import annotations

import numpy as np

from streams.rules.forecast_levels import raise_levels
from streams.rules.forecasts import forecast_between
from streams.rules.fusion import fuse
from streams.rules.state import LATER_US
from streams.rules.work import Work


def look_ahead(work: Work) -> None:
    """Ask the model once, and raise what is likely; the lines of all others, memory and step-downs wait for the whole minute."""
    work.state.look_us, work.state.looked_us = LATER_US, work.now_us
    outlook = forecast_between(work, fuse(work.plan, work.state, work.now_us))
    work.state.climbed[:] = False
    # a warning that is raised now tells of now's forecast; a step-down waits for the higher of the two
    work.state.median_m = np.maximum(work.state.median_m, outlook.median_30min_m)
    raise_levels(work, outlook)
