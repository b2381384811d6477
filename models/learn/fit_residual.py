"""Grows the forest of residual distributions, and stretches its intervals by what storms asked for that a forest had not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from models.learn.centre import FLOOR_M, OUTPUTS, centres_unseen, fit_centre
from models.learn.residual import FULL, Residual, depths_m, stretched
from models.learn.rows import folds
from models.learn.trees import Trees, from_sklearn
from models.situation import QUANTILES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TREES = 40
LEAF_ROWS = 40
FEATURE_SHARE = 0.2
STORM_SHARE = 0.8
"""Of the storms each tree sees."""
EDGES = 24
"""Residuals are told apart this finely, at equal shares of those seen."""

_LOW, _HIGH = QUANTILES.tolist().index(0.1), QUANTILES.tolist().index(0.9)


def fit_residual(
    columns: Floats,
    core_m: Floats,
    measured_m: Floats,
    weight: Floats,
    storm: Ints,
    leaf_rows: int = LEAF_ROWS,
    feature_share: float = FEATURE_SHARE,
    centred: bool = False,
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
    centred
        Whether the core's medians are moved first (`models.learn.centre`), where there are storms enough; the forest then learns what is
        off after that, on storms that the moving had not seen.

    Raises
    ------
    ValueError
        Where there are fewer rows than two leaves need.
    """
    known = np.isfinite(measured_m).all(axis=1)
    columns, core_m, measured_m, weight, storm = columns[known], core_m[known], measured_m[known], weight[known], storm[known]
    if len(columns) < 2 * leaf_rows:
        raise ValueError(f"{len(columns)} moments under water with what came after them: {2 * leaf_rows} at least are needed to learn from")
    came_m = np.maximum(measured_m, 0.0)
    unseen_m = centres_unseen(columns, core_m, came_m, storm) if centred else None
    laid_on_m = core_m if unseen_m is None else unseen_m
    residual = np.log((came_m + FLOOR_M) / (laid_on_m + FLOOR_M))
    forest = _grow(columns, residual, weight, storm, leaf_rows, feature_share)
    unseen, judged = np.zeros((len(columns), len(QUANTILES), OUTPUTS)), np.zeros(len(columns), bool)
    fold = folds(storm)
    for number in np.unique(fold).tolist():
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(inside) >= 2 * leaf_rows:
            other = _grow(columns[inside], residual[inside], weight[inside], storm[inside], leaf_rows, feature_share)
            unseen[outside], judged[outside] = other.raw(columns[outside]), True
    if judged.any():
        forest = replace(forest, stretch=_stretch(unseen[judged], laid_on_m[judged], came_m[judged], weight[judged]))
    return forest if unseen_m is None else replace(forest, centre=fit_centre(columns, core_m, came_m))


def _grow(columns: Floats, residual: Floats, weight: Floats, storm: Ints, leaf_rows: int, feature_share: float) -> Residual:
    """A forest whose intervals are as the trees say."""
    from sklearn.tree import DecisionTreeRegressor

    rng = np.random.default_rng(1)
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
    return Residual(trees, leaf, reached, edges, np.ones((2, OUTPUTS)))


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
    return leaf, np.round(share[:, :, :EDGES] * FULL).astype(np.uint8)


def _stretch(honest: Floats, core_m: Floats, came_m: Floats, weight: Floats) -> Floats:
    """What the quantiles must be stretched by, so that a tenth of what came lies below .1 and a tenth above .9."""
    candidates = np.exp(np.linspace(np.log(0.2), np.log(4.0), 61))
    missed = np.empty((len(candidates), 2, OUTPUTS))
    for row, by in enumerate(candidates.tolist()):
        edge = depths_m(stretched(honest, np.full((2, OUTPUTS), by)), core_m)
        missed[row, 0] = np.average(came_m < edge[:, _LOW] - 5e-4, axis=0, weights=weight)
        missed[row, 1] = np.average(came_m > edge[:, _HIGH] + 5e-4, axis=0, weights=weight)
    off = np.abs(missed - 0.1)
    # where many do equally well (all that came was dry), what the trees said stays
    tied = off <= off.min(axis=0) + 1e-9
    far = np.where(tied, np.abs(np.log(candidates))[:, None, None], np.inf)
    return np.asarray(candidates[far.argmin(axis=0)], float)
