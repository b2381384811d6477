"""Takes in a run of plain readings at a stroke (see `rows` for what is plain)."""

from __future__ import annotations

import numpy as np

from streams.rules.rows import Rows
from streams.rules.work import Work


def hear_plain(work: Work, rows: Rows, first: int, last: int) -> None:
    """Take in the rows from `first` up to, not with, `last`; repeated indices keep the newest, as numpy assigns in order."""
    state, part = work.state, slice(first, last)
    station, point = rows.station[part], rows.point[part]
    observed_us, value, arrival_us = rows.observed_us[part], rows.value[part], rows.arrival_us[part]
    state.newest_us[station] = state.trusted_us[station] = observed_us
    state.raw_m[station] = value
    state.trusted_m[station] = np.maximum(value, 0.0)
    state.believed_us[station] = arrival_us
    starts = np.flatnonzero(rows.restarts[part])
    state.run_us[station[starts]] = observed_us[starts]
    state.known_us[point] = arrival_us
    wet = np.flatnonzero(rows.wet[part])
    if len(wet):
        point, observed_us, value = point[wet], observed_us[wet], value[wet]
        np.maximum.at(state.wet_us, point, observed_us)
        above = value[:, None] >= work.plan.low_m[point]
        for place in np.flatnonzero(above.any(axis=0)):
            np.maximum.at(state.high_us[:, place], point[above[:, place]], observed_us[above[:, place]])
