"""Where the residuals of a river are centred: boosted trees on what the core's median is off by.

A gauged river is smooth and its rain measured, so its error can be learned closely; a street's cannot (boosting made New York worse), and
keeps the core's median. What is learned is measured - core's median, in m: that is the error which counts on a river (as a logarithm it
did worse on storms left out). On another river than those taught, a median is moved by a limited share of itself only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.learn.features import NAMES
from models.learn.rows import folds
from models.learn.trees import Trees, from_arrays, from_boosted
from models.situation import LEAD_MIN

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FLOOR_M = 0.02
OUTPUTS = len(LEAD_MIN) + 1
MOST = np.e
"""A median (and 2 cm) is moved to this many times itself at most, and to no less than its part."""

ROUNDS = 60
LEARNING_RATE = 0.1
LEAVES = 8
LEAF_ROWS = 40
FEATURE_SHARE = 0.4
RIDGE = 5.0

_BLOCK = 512


@dataclass(frozen=True)
class Centre:
    """Boosted trees, those of one output after those of the other.

    Attributes
    ----------
    trees
        `ROUNDS` trees of each output.
    value
        What each node adds, shape (nodes,).
    base
        What each output begins with, shape (outputs,).
    """

    trees: Trees
    value: npt.NDArray[np.float32]
    base: Floats

    def __call__(self, columns: Floats, medians_m: Floats) -> Floats:
        """Move the core's medians, shape (P, outputs)."""
        parts = [self._added(columns[at : at + _BLOCK]) for at in range(0, len(columns), _BLOCK)]
        return moved(self.base + np.concatenate(parts), medians_m) if parts else medians_m

    def _added(self, columns: Floats) -> Floats:
        each = self.value[self.trees.leaves(columns)].reshape(len(columns), OUTPUTS, -1)
        return np.asarray(each.sum(axis=2, dtype=np.float64))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is written to a file."""
        return {f"tree_{name}": value for name, value in self.trees.arrays().items()} | {"value": self.value, "base": self.base}


def moved(off_m: Floats, medians_m: Floats) -> Floats:
    """Medians moved by so much, within limits, and never below the road."""
    over_m = medians_m + FLOOR_M
    return np.asarray(np.maximum(np.clip(over_m + off_m, over_m / MOST, over_m * MOST) - FLOOR_M, 0.0), float)


def centre_from(arrays: Mapping[str, npt.NDArray[Any]]) -> Centre:
    """The trees of `Centre.arrays`.

    Raises
    ------
    ValueError
        Where the arrays do not fit together.
    """
    trees = from_arrays({name.removeprefix("tree_"): value for name, value in arrays.items() if name.startswith("tree_")})
    value, base = arrays["value"].astype(np.float32), arrays["base"].astype(float)
    if value.shape != trees.feature.shape or base.shape != (OUTPUTS,) or len(trees.root) % OUTPUTS:
        raise ValueError("boosted trees and their values do not fit together")
    if not (np.isfinite(value).all() and np.isfinite(base).all()) or (trees.feature >= len(NAMES)).any():
        raise ValueError("the boosted trees hold what cannot be")
    return Centre(trees, value, base)


def fit_centre(columns: Floats, core_m: Floats, measured_m: Floats) -> Centre:
    """Fit the trees.

    Parameters
    ----------
    columns
        Features, shape (R, F).
    core_m, measured_m
        The core's medians and what came, shape (R, outputs); all of it known.
    """
    fitted = [_fit_one(columns, core_m[:, output], measured_m[:, output]) for output in range(OUTPUTS)]
    trees, value = from_boosted(fitted)
    return Centre(trees, value.astype(np.float32), np.array([float(one._baseline_prediction.reshape(-1)[0]) for one in fitted]))


def centres_unseen(columns: Floats, core_m: Floats, measured_m: Floats, storm: Ints) -> Floats | None:
    """Each row's medians as moved by trees that had not seen its storm, shape (R, outputs).

    None where the storms are too few or too unlike in length for that: then none must be moved, for a forest that was not taught on moved
    medians would correct them a second time.
    """
    fold, found = folds(storm), np.empty_like(core_m)
    for number in np.unique(fold).tolist():
        inside, outside = fold != number, fold == number
        if inside.sum() < 2 * LEAF_ROWS:
            return None
        found[outside] = fit_centre(columns[inside], core_m[inside], measured_m[inside])(columns[outside], core_m[outside])
    return found


def _fit_one(columns: Floats, core_m: Floats, measured_m: Floats) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    # single precision as it is asked later, so that a row falls on the same side of every split
    values = columns.astype(np.float32).astype(float)
    return HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=ROUNDS,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAF_ROWS,
        max_features=FEATURE_SHARE,
        l2_regularization=RIDGE,
        early_stopping=False,
        random_state=1,
    ).fit(values, np.maximum(measured_m, 0.0) - core_m)
