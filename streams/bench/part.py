"""A part of a recording."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.city.model import City
from streams.replay.recording import Recording

RAIN_KINDS = ("rain", "bureau")
"""Stations that measure rain, or say what will fall."""


def part_of(recording: Recording, rows: npt.NDArray[np.int64]) -> Recording:
    """Some of its observations, in rising order of rows; what was refused stays."""
    place = {row: new for new, row in enumerate(rows.tolist())}
    return Recording(
        station_no=recording.station_no[rows],
        observed_us=recording.observed_us[rows],
        received_us=recording.received_us[rows],
        value=recording.value[rows],
        extras={place[row]: extra for row, extra in recording.extras.items() if row in place},
        dead_letters=recording.dead_letters,
    )


def without_rain(city: City, recording: Recording) -> Recording:
    """As if no gauge and no bureau had ever spoken."""
    told = np.array([station.kind in RAIN_KINDS for station in city.stations], bool)
    return part_of(recording, np.flatnonzero(~told[recording.station_no]))
