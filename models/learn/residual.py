"""What the core gets wrong, learned by trees: each leaf holds how the residuals that fell into it were distributed.

The residual is log((measured + 2 cm) / (core's median + 2 cm)): what is off by a half off a puddle is off by a half off a lake, and while
trees cannot give what they never saw, their residual on top of physics can go where no training flood went. The trees' leaves are mixed,
not their quantiles averaged: water that will stand or be gone must not be forecast to stand half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from models.core.predict import CoreOutlook
from models.learn.features import NAMES
from models.learn.trees import Trees, from_arrays, from_sklearn
from models.situation import LEAD_MIN, QUANTILES

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

FLOOR_M = 0.02
DRY_M = 0.003
"""Less than this is no water: sensors measure no better."""

OUTPUTS = len(LEAD_MIN) + 1
"""Depth at each lead, and the peak within two hours."""

TREES = 40
LEAF_ROWS = 40
FEATURE_SHARE = 0.2
STORM_SHARE = 0.8
"""Of the storms each tree sees; the others judge it, so no flood calibrates what it taught."""

MOST_STRETCH = 10.0

EDGES = 24
"""Residuals are told apart this finely, at equal shares of those seen."""

_FULL = 255
_MEDIAN = QUANTILES.tolist().index(0.5)
_LOW, _HIGH = QUANTILES.tolist().index(0.1), QUANTILES.tolist().index(0.9)
_BLOCK = 2048


@dataclass(frozen=True)
class Residual:
    """A forest of residual distributions.

    Attributes
    ----------
    trees
        The trees.
    leaf
        Which distribution each node holds, 0 where it is no leaf, shape (nodes,).
    reached
        Share of a leaf's residuals at or below each edge, in 255ths, shape (leaves, outputs, edges).
    edges
        Residuals, ascending, shape (outputs, edges).
    stretch
        By how much the distance of the lower and upper quantiles from the median is stretched, shape (2, outputs): what the storms that
        a tree had not seen asked for, so that four fifths of what came lie between .1 and .9.
    """

    trees: Trees
    leaf: Ints
    reached: npt.NDArray[np.uint8]
    edges: Floats
    stretch: Floats

    def __call__(self, columns: Floats, core: CoreOutlook) -> Floats:
        """Quantiles of depth at each lead and of the peak, m, shape (P, 7, outputs)."""
        return depths_m(stretched(self.raw(columns), self.stretch), core_medians(core))

    def raw(self, columns: Floats) -> Floats:
        """Residual quantiles as the trees say, shape (P, 7, outputs)."""
        parts = [columns[at : at + _BLOCK] for at in range(0, len(columns), _BLOCK)]
        if not parts:
            return np.zeros((0, len(QUANTILES), OUTPUTS))
        return np.concatenate([self._quantiles(self._share(part)) for part in parts])

    def _share(self, columns: Floats) -> npt.NDArray[np.float32]:
        """Share of what may come at or below each edge: the mean over the trees, shape (P, outputs, edges)."""
        held = self.leaf[self.trees.leaves(columns)]
        total = np.zeros((len(columns), *self.reached.shape[1:]), np.float32)
        for tree in range(held.shape[1]):
            total += self.reached[held[:, tree]]
        return np.asarray(total / np.float32(_FULL * held.shape[1]), np.float32)

    def _quantiles(self, share: npt.NDArray[np.float32]) -> Floats:
        """Residuals at which the shares reach the quantiles, straight between the edges."""
        found = np.empty((len(share), len(QUANTILES), OUTPUTS))
        output = np.arange(OUTPUTS)[None, :]
        last = share.shape[2] - 1
        for row, quantile in enumerate(QUANTILES.tolist()):
            above = np.minimum((share < quantile).sum(axis=2), last)
            below = np.maximum(above - 1, 0)
            high = np.take_along_axis(share, above[:, :, None], axis=2)[:, :, 0]
            low = np.where(above > 0, np.take_along_axis(share, below[:, :, None], axis=2)[:, :, 0], 0.0)
            part = np.clip((quantile - low) / np.maximum(high - low, 1e-6), 0.0, 1.0)
            upper, lower = self.edges[output, above], self.edges[output, below]
            found[:, row] = lower + part * (upper - lower)
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is written to a file; of the shares what each edge adds, which packs to less."""
        own: dict[str, npt.NDArray[Any]] = {
            "leaf": self.leaf.astype(np.int32),
            "added": np.diff(self.reached, axis=2, prepend=np.uint8(0)),
            "edges": self.edges,
            "stretch": self.stretch,
        }
        return {f"tree_{name}": value for name, value in self.trees.arrays().items()} | own


def residual_from(arrays: Mapping[str, npt.NDArray[Any]]) -> Residual:
    """The forest of `Residual.arrays`.

    Raises
    ------
    ValueError
        Where the arrays do not fit together.
    """
    trees = from_arrays({name.removeprefix("tree_"): value for name, value in arrays.items() if name.startswith("tree_")})
    leaf, reached = arrays["leaf"].astype(np.int64), np.cumsum(arrays["added"], axis=-1, dtype=np.uint8)
    edges, stretch = arrays["edges"].astype(float), arrays["stretch"].astype(float)
    fits = leaf.shape == trees.feature.shape and stretch.shape == (2, OUTPUTS) and reached.ndim == 3 and reached.shape[1:] == edges.shape
    if not fits or len(edges) != OUTPUTS or ((leaf < 0) | (leaf >= len(reached))).any():
        raise ValueError("leaves and trees do not fit together")
    if not (np.isfinite(edges).all() and (np.diff(edges, axis=1) >= 0).all() and (np.diff(reached.astype(int), axis=2) >= 0).all()):
        raise ValueError("the residuals are out of order")
    if not ((stretch > 0) & (stretch <= MOST_STRETCH)).all() or (trees.feature >= len(NAMES)).any():
        raise ValueError("the residuals hold what cannot be")
    return Residual(trees, leaf, reached, edges, stretch)


def core_medians(core: CoreOutlook) -> Floats:
    """The core's medians that the residuals are of, shape (P, outputs)."""
    return np.column_stack([core.depth_m[:, _MEDIAN], core.peak_m[:, 1]])


def depths_m(residual: Floats, medians_m: Floats) -> Floats:
    """Depths of residual quantiles on top of the core's medians."""
    depth = np.exp(residual) * (medians_m[:, None, :] + FLOOR_M) - FLOOR_M
    return np.where(depth < DRY_M, 0.0, depth)


def stretched(residual: Floats, stretch: Floats) -> Floats:
    """Lower and upper quantiles drawn away from the median, or towards it."""
    median = residual[:, _MEDIAN : _MEDIAN + 1]
    by = np.where((np.arange(len(QUANTILES)) < _MEDIAN)[:, None], stretch[0], stretch[1])
    return np.asarray(median + (residual - median) * by, float)


def fit_residual(
    columns: Floats,
    core_m: Floats,
    measured_m: Floats,
    weight: Floats,
    storm: Ints,
    leaf_rows: int = LEAF_ROWS,
    feature_share: float = FEATURE_SHARE,
    seed: int = 1,
) -> Residual:
    """Fit the forest.

    Parameters
    ----------
    columns
        Features, shape (R, F).
    core_m, measured_m
        The core's medians and what came, shape (R, outputs); nan where it is not known what came: such rows are left out.
    weight
        What each row counts, shape (R,).
    storm
        Number of the storm of each row, shape (R,): whole storms are left out of a tree, never single rows.
    leaf_rows, feature_share
        Rows in a leaf at least; share of the features that each split looks at.

    Raises
    ------
    ValueError
        Where there are fewer rows than two leaves need.
    """
    from sklearn.tree import DecisionTreeRegressor

    residual = np.log((np.maximum(measured_m, 0.0) + FLOOR_M) / (core_m + FLOOR_M))
    known = np.isfinite(residual).all(axis=1)
    columns, core_m, measured_m = columns[known], core_m[known], measured_m[known]
    residual, weight, storm = residual[known], weight[known], storm[known]
    if len(columns) < 2 * leaf_rows:
        raise ValueError(f"{len(columns)} moments under water with what came after them: {2 * leaf_rows} at least are needed to learn from")
    rng = np.random.default_rng(seed)
    storms = np.unique(storm)
    values = columns.astype(np.float32)
    fitted, rows_of = [], []
    for _ in range(TREES):
        drawn = rng.choice(storms, max(round(STORM_SHARE * len(storms)), 1), replace=False)
        rows = np.flatnonzero(np.isin(storm, drawn))
        tree = DecisionTreeRegressor(min_samples_leaf=leaf_rows, max_features=feature_share, random_state=int(rng.integers(2**31)))
        fitted.append(tree.fit(values[rows], residual[rows], sample_weight=weight[rows]))
        rows_of.append(rows)
    trees = from_sklearn(fitted)
    edges = np.quantile(residual, np.linspace(0, 1, EDGES), axis=0).T
    leaf, reached = _leaves(trees, rows_of, columns, residual, weight, edges)
    plain = Residual(trees, leaf, reached, edges, np.ones((2, OUTPUTS)))
    honest = unseen(plain, columns, np.stack([~np.isin(np.arange(len(columns)), rows) for rows in rows_of]))
    judged = np.isfinite(honest).all(axis=(1, 2))
    if not judged.any():
        return plain
    honest, core_m, came, weight = honest[judged], core_m[judged], np.maximum(measured_m[judged], 0.0), weight[judged]
    return replace(plain, stretch=_stretch(honest, core_m, came, weight))


def _leaves(
    trees: Trees, rows_of: list[Ints], columns: Floats, residual: Floats, weight: Floats, edges: Floats
) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Number the leaves, and count how much of each lies at or below each edge."""
    node = np.arange(len(trees.feature))
    is_leaf = (trees.left == node) & (trees.right == node)
    leaf = np.where(is_leaf, np.cumsum(is_leaf) - 1, 0).astype(np.int64)
    counted = np.zeros((int(is_leaf.sum()), OUTPUTS, EDGES + 1))
    bins = np.stack([np.searchsorted(edges[output], residual[:, output], side="left") for output in range(OUTPUTS)], axis=1)
    reached_leaf = leaf[trees.leaves(columns)]
    for tree, rows in enumerate(rows_of):
        for output in range(OUTPUTS):
            np.add.at(counted[:, output], (reached_leaf[rows, tree], bins[rows, output]), weight[rows])
    share = np.cumsum(counted, axis=2) / np.maximum(counted.sum(axis=2, keepdims=True), 1e-300)
    return leaf, np.round(share[:, :, :EDGES] * _FULL).astype(np.uint8)


def _stretch(honest: Floats, core_m: Floats, came_m: Floats, weight: Floats) -> Floats:
    """What the quantiles must be stretched by, so that a tenth of what came lies below .1 and a tenth above .9."""
    candidates = np.exp(np.linspace(np.log(0.2), np.log(4.0), 61))
    missed = np.empty((len(candidates), 2, OUTPUTS))
    for row, by in enumerate(candidates.tolist()):
        edge = depths_m(stretched(honest, np.full((2, OUTPUTS), by)), core_m)
        missed[row, 0] = np.average(came_m < edge[:, _LOW] - 5e-4, axis=0, weights=weight)
        missed[row, 1] = np.average(came_m > edge[:, _HIGH] + 5e-4, axis=0, weights=weight)
    return np.asarray(candidates[np.abs(missed - 0.1).argmin(axis=0)], float)


def unseen(plain: Residual, columns: Floats, out_of: Bools) -> Floats:
    """Residual quantiles of each row by the trees that had not seen its storm, shape (R, 7, outputs); nan where all had.

    Parameters
    ----------
    out_of
        Whether a tree had not seen the storm of a row, shape (T, R).
    """
    held = plain.leaf[plain.trees.leaves(columns)]
    total = np.zeros((len(columns), *plain.reached.shape[1:]), np.float32)
    for tree in range(held.shape[1]):
        rows = np.flatnonzero(out_of[tree])
        total[rows] += plain.reached[held[rows, tree]]
    count = out_of.sum(axis=0)
    share = total / np.float32(_FULL) / np.maximum(count, 1).astype(np.float32)[:, None, None]
    return np.where(count[:, None, None] > 0, plain._quantiles(share), np.nan)
