"""Tells the model's ensemble as it stands, so that what-if can be asked of the present without running the model again."""

from __future__ import annotations

import math

import numpy as np

from models.core.filter import pack, width
from models.situation import RAIN_MIN, Outlook
from streams.observation.moments import MINUTE_US
from streams.rules.forecasts import DRY
from streams.rules.outputs import Water
from streams.rules.work import Work

DRY_EVERY_MIN = 10
LARGE_POINTS = 500
LARGE_EVERY_MIN = 5
"""A district of so many points says it less often: a kilobyte each adds up."""

PART = 256
"""Points in one output: a quarter of a megabyte."""


def tell_water(work: Work, outlook: Outlook) -> None:
    """Give the ensemble out: each minute while the model is run, every ten while all is dry."""
    minute, count = work.now_us // MINUTE_US, len(work.plan.points)
    if outlook.present is not None:
        if count <= LARGE_POINTS or minute % LARGE_EVERY_MIN == 0:
            _give_out(work, outlook.present.minute, pack(outlook.present)[:, 1:].astype("<f4", copy=False))
    elif outlook.method and outlook.method[0] == DRY and minute % DRY_EVERY_MIN == 0:
        # nothing was computed: the ensemble as it was last kept, as long as the model itself would go on from it
        known = outlook.memory.shape[1] >= width() and outlook.memory[0, 0] >= minute - RAIN_MIN
        if known:
            _give_out(work, int(outlook.memory[0, 0]), outlook.memory[:, 1 : width()].astype("<f4"))
        else:
            _give_out(work, minute, None)


def _give_out(work: Work, minute: int, columns: np.ndarray | None) -> None:
    points, pump_on = work.plan.points, work.state.pump_on.tolist()
    for part, first in enumerate(range(0, len(points), PART)):
        own = slice(first, first + PART)
        work.outputs.append(
            Water(
                district=work.plan.district_id,
                issued_at=work.issued_at,
                part=part,
                minute=minute,
                points=[point.low_point_id for point in points[own]],
                pump_on=[None if math.isnan(on) else on for on in pump_on[own]],
                memory=b"" if columns is None else columns[own].tobytes(),
            )
        )
