"""Made-up moments for the tests of the core and the learner: a few points with what was measured at them minute by minute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.core.site import unknown_sites
from models.situation import COMING_MIN, RAIN_MIN, Situation

HISTORY = 96
START_MIN = 29_000_000


def moment(
    depths_m: Sequence[Sequence[float]],
    minute: int | None = None,
    *,
    point_class: str = "sag",
    rain_mm: Sequence[float] = (),
    coming_mm: Sequence[float] = (),
    silent_min: int = 0,
    memory: np.ndarray | None = None,
    doubtful: Sequence[bool] | None = None,
) -> Situation:
    """What is known at a minute: of each point one reading a minute since the start, 20 s before the full minute.

    `silent_min` leaves out the newest readings; `rain_mm` are the newest minutes of rain, the newest last.
    """
    points = len(depths_m)
    now = len(depths_m[0]) - 1 if minute is None else minute
    history_min, history_m = np.full((points, HISTORY), np.inf), np.zeros((points, HISTORY))
    for point, series in enumerate(depths_m):
        read = [(now - at + 1 / 3, depth) for at, depth in enumerate(series) if at <= now - silent_min][-HISTORY:]
        for place, (ago, depth) in enumerate(reversed(read)):
            history_min[point, HISTORY - 1 - place], history_m[point, HISTORY - 1 - place] = ago, depth
    rain = np.full((points, RAIN_MIN), np.nan)
    if rain_mm:
        rain[:, RAIN_MIN - len(rain_mm) :] = rain_mm
    coming = np.full((points, COMING_MIN), np.nan)
    coming[:, : len(coming_mm)] = coming_mm
    return Situation(
        minute=START_MIN + now,
        until_minute_min=0.0,
        sites=unknown_sites(tuple(f"P{n}" for n in range(points)), (point_class,) * points),
        depth_m=history_m[:, -1].copy(),
        depth_sd_m=np.full(points, 0.01),
        age_min=history_min[:, -1].copy(),
        doubtful=np.zeros(points, bool) if doubtful is None else np.array(doubtful),
        thresholds_m=np.tile([0.15, 0.27, 0.4, 0.6], (points, 1)),
        history_min=history_min,
        history_m=history_m,
        rain_mm=rain,
        coming_mm=coming,
        pump_on=np.full(points, np.nan),
        apart_km=np.abs(np.subtract.outer(np.arange(points), np.arange(points))).astype(float),
        memory=np.zeros((points, 0)) if memory is None else memory,
    )
