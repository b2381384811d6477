"""What the core gets wrong, learned by trees: each leaf holds how the residuals that fell into it were distributed.

The residual is log((measured + 2 cm) / (core's median + 2 cm)): what is off by a half off a puddle is off by a half off a lake, and while
trees cannot give what they never saw, their residual on top of physics can go where no training flood went. The trees' leaves are mixed,
not their quantiles averaged: water that will stand or be gone must not be forecast to stand half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.core.predict import CoreOutlook
from models.learn.centre import FLOOR_M, OUTPUTS, Centre, centre_from
from models.learn.features import NAMES
from models.learn.trees import Trees, from_arrays
from models.situation import QUANTILES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRY_M = 0.003
"""Less than this is no water: sensors measure no better."""

MOST_STRETCH = 10.0
MOST_RESIDUAL = 20.0
"""As a logarithm: no water is so wrong."""

FULL = 255
"""All of a leaf."""

_MEDIAN = QUANTILES.tolist().index(0.5)
_BLOCK = 512


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
        By how much the distance of the lower and upper quantiles from the median is stretched, shape (2, outputs): what storms that a
        forest had not seen asked for, so that four fifths of what came lie between .1 and .9.
    centre
        Moves the core's medians before the residuals are laid on them; None leaves them.
    """

    trees: Trees
    leaf: Ints
    reached: npt.NDArray[np.uint8]
    edges: Floats
    stretch: Floats
    centre: Centre | None = None

    def __call__(self, columns: Floats, medians_m: Floats) -> Floats:
        """Quantiles of depth at each lead and of the peak, m, shape (P, 7, outputs), on top of the core's medians (P, outputs)."""
        return depths_m(stretched(self.raw(columns), self.stretch), self.centres(columns, medians_m))

    def centres(self, columns: Floats, medians_m: Floats) -> Floats:
        """What the residuals are laid on, m, shape (P, outputs)."""
        return medians_m if self.centre is None else self.centre(columns, medians_m)

    def raw(self, columns: Floats) -> Floats:
        """Residual quantiles as the trees say, shape (P, 7, outputs)."""
        parts = [self.quantiles(self.share(columns[at : at + _BLOCK])) for at in range(0, len(columns), _BLOCK)]
        return np.concatenate(parts) if parts else np.zeros((0, len(QUANTILES), OUTPUTS))

    def share(self, columns: Floats) -> npt.NDArray[np.float32]:
        """Share of what may come at or below each edge: the mean over the trees, shape (P, outputs, edges)."""
        held = self.leaf[self.trees.leaves(columns)]
        total = np.zeros((len(columns), *self.reached.shape[1:]), np.float32)
        for tree in range(held.shape[1]):
            total += self.reached[held[:, tree]]
        return np.asarray(total / np.float32(FULL * held.shape[1]), np.float32)

    def quantiles(self, share: npt.NDArray[np.float32]) -> Floats:
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
        centre = {} if self.centre is None else {f"centre_{name}": value for name, value in self.centre.arrays().items()}
        return {f"tree_{name}": value for name, value in self.trees.arrays().items()} | own | centre


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
    if not (
        (np.abs(edges) <= MOST_RESIDUAL).all() and (np.diff(edges, axis=1) >= 0).all() and (np.diff(reached.astype(int), axis=2) >= 0).all()
    ):
        raise ValueError("the residuals are out of order")
    if not ((stretch > 0) & (stretch <= MOST_STRETCH)).all() or (trees.feature >= len(NAMES)).any():
        raise ValueError("the residuals hold what cannot be")
    centre = {name.removeprefix("centre_"): value for name, value in arrays.items() if name.startswith("centre_")}
    return Residual(trees, leaf, reached, edges, stretch, centre_from(centre) if centre else None)


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
