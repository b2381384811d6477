"""The moments at which forecasts are judged: what was measured then and after, beside what was forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from models.verify.record import MINUTE_US, WET_M, Bools, Floats, Flood, Ints, Record

Strings = npt.NDArray[np.str_]

LEAD_MIN = np.array([5, 15, 30, 60, 90, 120], np.int64)
QUANTILES = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
EVERY_US = 5 * MINUTE_US
FRESH_US = 10 * MINUTE_US
"""An older forecast is no forecast."""
GRID = -1
"""In place of a flood's number, for moments that belong to none."""


@dataclass(frozen=True)
class Told:
    """Forecasts of one low point in order of issue.

    Attributes
    ----------
    issued_us
        Shape (F,).
    quantiles_m
        Shape (F, 7, L).
    p_exceed
        Chance that the peak from issue to lead reaches each of K thresholds, shape (F, K, L).
    """

    issued_us: Ints
    quantiles_m: Floats
    p_exceed: Floats


@dataclass(frozen=True)
class Watched:
    """One low point in one storm: its ladder (K,), infinite where it has fewer levels, what was measured, what was forecast."""

    storm: str
    low_point: str
    thresholds_m: Floats
    record: Record
    told: Told


@dataclass(frozen=True)
class Cases:
    """Columns over n moments, L leads, K thresholds, Q quantiles.

    Attributes
    ----------
    storm, low_point
        Shape (n,).
    event
        Number of the flood; `GRID` where the moment belongs to none, shape (n,).
    issued_us
        The moment itself, microseconds since 1970, shape (n,).
    depth_m
        Depth then, straight between readings, shape (n,).
    known_m
        The newest reading at that moment: all that a rule may build on, shape (n,).
    rise_3min_m, rise_5min_m
        What the newest reading stands above the water of 3 and of 5 min before it, shape (n,).
    observed_m
        Depth at each lead, nan where it is not known, shape (n, L).
    peak_m
        Greatest depth from the moment (exclusive) to each lead, nan where the record ends before, shape (n, L).
    thresholds_m
        The ladder of the point, shape (n, K).
    quantiles_m
        Forecast depth at each lead; 0 where there is no forecast, shape (n, Q, L). On the grid, where only chances are judged and
        the moments are many, it is left out: shape (n, 0, L).
    p_exceed
        Forecast chance that the peak up to each lead reaches each threshold, shape (n, K, L).
    there
        Whether there is a forecast that is not over ten minutes old, shape (n,).
    """

    storm: Strings
    low_point: Strings
    event: Ints
    issued_us: Ints
    depth_m: Floats
    known_m: Floats
    rise_3min_m: Floats
    rise_5min_m: Floats
    observed_m: Floats
    peak_m: Floats
    thresholds_m: Floats
    quantiles_m: Floats
    p_exceed: Floats
    there: Bools

    def __len__(self) -> int:
        return len(self.issued_us)

    def pick(self, rows: Bools | Ints) -> Cases:
        """Some of them."""
        return Cases(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def cases_while_wet(watched: Watched, floods: Sequence[Flood]) -> Cases:
    """Every five minutes of each flood, from its first wet reading on, while at least 1 cm stands on the road."""
    pieces = []
    for flood in floods:
        moments_us = np.arange(flood.start_us, flood.end_us + 1, EVERY_US, dtype=np.int64)
        wet = watched.record.at(moments_us) >= WET_M  # never where the depth is not known
        pieces.append(_cases(watched, moments_us[wet], flood.number))
    return join([*pieces, _cases(watched, np.zeros(0, np.int64), GRID)])


def cases_on_grid(watched: Watched, start_us: int, end_us: int) -> Cases:
    """Every five minutes of a storm wherever the depth is known, dry or not."""
    moments_us = np.arange(start_us + EVERY_US, end_us + 1, EVERY_US, dtype=np.int64)
    told = Told(watched.told.issued_us, watched.told.quantiles_m[:, :0], watched.told.p_exceed)
    return _cases(replace(watched, told=told), moments_us[~np.isnan(watched.record.at(moments_us))], GRID)


def join(pieces: Sequence[Cases]) -> Cases:
    """All of them in one; there must be at least one piece."""
    return Cases(**{field.name: np.concatenate([getattr(piece, field.name) for piece in pieces]) for field in fields(Cases)})


def _cases(watched: Watched, moments_us: Ints, event: int) -> Cases:
    record, count = watched.record, len(moments_us)
    valid_us = moments_us[:, None] + LEAD_MIN * MINUTE_US
    known_m = record.known(moments_us)
    there, quantiles_m, p_exceed = newest(watched.told, moments_us, len(watched.thresholds_m))
    peaks = [record.peak(moments_us, column) for column in valid_us.T]
    return Cases(
        storm=np.full(count, watched.storm),
        low_point=np.full(count, watched.low_point),
        event=np.full(count, event, np.int64),
        issued_us=moments_us,
        depth_m=record.at(moments_us),
        known_m=np.nan_to_num(known_m),
        rise_3min_m=record.rise(moments_us, 3),
        rise_5min_m=record.rise(moments_us, 5),
        observed_m=record.at(valid_us.ravel()).reshape(valid_us.shape),
        peak_m=np.column_stack(peaks),
        thresholds_m=np.broadcast_to(watched.thresholds_m, (count, len(watched.thresholds_m))),
        quantiles_m=quantiles_m,
        p_exceed=p_exceed,
        there=there,
    )


def newest(told: Told, moments_us: Ints, levels: int) -> tuple[Bools, Floats, Floats]:
    """The newest forecast at each moment, read at the moment plus each lead: straight between its own leads, for its age.

    Returns
    -------
    tuple
        Whether there is one not over ten minutes old (n,), quantiles (n, Q, L) and chances (n, K, L); 0 where there is none.
    """
    place = np.searchsorted(told.issued_us, moments_us, side="right") - 1
    if not len(told.issued_us):
        nothing = np.zeros((len(moments_us), told.quantiles_m.shape[1], len(LEAD_MIN)))
        return np.zeros(len(moments_us), bool), nothing, np.zeros((len(moments_us), levels, len(LEAD_MIN)))
    age_us = moments_us - told.issued_us[np.maximum(place, 0)]
    there = (place >= 0) & (age_us <= FRESH_US)
    wanted_min = LEAD_MIN + np.where(there, age_us, 0)[:, None] / MINUTE_US
    position = np.interp(wanted_min, LEAD_MIN, np.arange(len(LEAD_MIN)))  # the longest lead is not gone beyond
    rows = np.maximum(place, 0)
    return there, _between(told.quantiles_m[rows], position, there), _between(told.p_exceed[rows], position, there)


def _between(table: Floats, position: Floats, there: Bools) -> Floats:
    """Read (n, rows, L) at fractional places (n, L) of its last axis."""
    low = np.floor(position).astype(np.int64).clip(0, table.shape[2] - 2)
    share = (position - low)[:, None, :]
    below = np.take_along_axis(table, low[:, None, :], axis=2)
    above = np.take_along_axis(table, low[:, None, :] + 1, axis=2)
    return np.asarray(np.where(there[:, None, None], below * (1 - share) + above * share, 0.0), float)
