"""A part of a recording."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.city.model import City
from streams.observation.moments import to_text
from streams.replay.recording import Recording

RAIN_KINDS = ("rain", "bureau")
"""Stations that measure rain, or say what will fall."""


def part_of(recording: Recording, rows: npt.NDArray[np.int64]) -> Recording:
    """Its observations at some rows, as they are named and as often as they are; what was refused stays."""
    return Recording(
        station_no=recording.station_no[rows],
        observed_us=recording.observed_us[rows],
        received_us=recording.received_us[rows],
        value=recording.value[rows],
        extras={new: recording.extras[row] for new, row in enumerate(rows.tolist()) if row in recording.extras},
        dead_letters=recording.dead_letters,
    )


def without_rain(city: City, recording: Recording) -> Recording:
    """As if no gauge and no bureau had ever spoken."""
    told = np.array([station.kind in RAIN_KINDS for station in city.stations], bool)
    return part_of(recording, np.flatnonzero(~told[recording.station_no]))


def name_of(city: City, recording: Recording, row: int) -> str:
    """The identity of an observation, as warnings and verdicts name it."""
    extra = recording.extras.get(row)
    if extra is not None and extra.id is not None:
        return extra.id
    return f"{city.stations[int(recording.station_no[row])].station_id}/{to_text(int(recording.observed_us[row]))}"
