"""Rows that a model learns from: one point at one moment, what was known of it, and what then came."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from models.learn.features import NAMES, WET_M
from models.situation import LEAD_MIN

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 5


@dataclass(frozen=True)
class Rows:
    """Rows (R) of several storms.

    Attributes
    ----------
    storm, flood
        Numbers; a flood of -1 is none: the point was dry. Shape (R,).
    low_point, issued_us
        Where and when (microseconds since 1970), shape (R,).
    columns
        Features, shape (R, F).
    core_m
        The core's median depth at each lead, and of the peak within two hours, m, shape (R, 7).
    core_peak_m
        The core's .5 and .9 quantile of the peak from now to each lead, m, shape (R, 2, 6).
    measured_m, peak_m
        What came: depth at each lead, and the peak until it; nan where nobody knows. Shape (R, 6).
    """

    storm: Ints
    flood: Ints
    low_point: npt.NDArray[np.str_]
    issued_us: Ints
    columns: Floats
    core_m: Floats
    core_peak_m: Floats
    measured_m: Floats
    peak_m: Floats

    def __len__(self) -> int:
        return len(self.storm)

    @staticmethod
    def empty() -> Rows:
        """No rows."""
        none, leads = np.zeros(0, np.int64), len(LEAD_MIN)
        return Rows(
            none, none, np.zeros(0, "U1"), none, np.zeros((0, len(NAMES))), np.zeros((0, leads + 1)), np.zeros((0, 2, leads)),
            np.zeros((0, leads)), np.zeros((0, leads)),
        )  # fmt: skip

    def pick(self, rows: Ints | npt.NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        return Rows(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    def with_flood(self, flood: Ints) -> Rows:
        """The same with floods numbered otherwise."""
        return replace(self, flood=flood)

    def of(self, name: str) -> Floats:
        """One feature, shape (R,)."""
        return np.asarray(self.columns[:, NAMES.index(name)], float)

    @property
    def outcome_m(self) -> Floats:
        """What came, as `models.learn.residual` wants it: depth at each lead and the peak within two hours, shape (R, 7)."""
        return np.column_stack([self.measured_m, self.peak_m[:, -1]])


def wet_rows(rows: Rows) -> Rows:
    """Rows of a flood, under water."""
    return rows.pick((rows.flood >= 0) & (rows.of("depth_m") >= WET_M))


def flood_weights(rows: Rows) -> Floats:
    """Every flood counts the same, however long it stood; shape (R,)."""
    count = np.bincount(rows.flood, minlength=int(rows.flood.max(initial=0)) + 1)
    return np.asarray(1.0 / count[rows.flood], float)


def folds(storm: Ints) -> Ints:
    """Whole storms, dealt out over `FOLDS` so that each gets as many rows as it can; shape (R,)."""
    names, count = np.unique(storm, return_counts=True)
    load, fold_of = np.zeros(FOLDS), {}
    for name, rows in sorted(zip(names.tolist(), count.tolist(), strict=True), key=lambda pair: -pair[1]):
        fold_of[name] = int(load.argmin())
        load[fold_of[name]] += rows
    return np.array([fold_of[name] for name in storm.tolist()], np.int64)
