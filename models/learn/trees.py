"""Decision trees as plain arrays: fitted by scikit-learn, read and walked by numpy alone, so that loading a model runs no code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_TREES = 1000
"""A file that claims more was made to keep a worker busy."""


@dataclass(frozen=True)
class Trees:
    """Trees laid one after the other.

    Attributes
    ----------
    root
        Where each tree begins, shape (T,).
    feature, threshold, left, right
        By node: which column decides, up to what value it goes left, and where it then goes; a leaf leads to itself. Shape (nodes,).
    depth
        Splits on the longest way down.
    """

    root: Ints
    feature: npt.NDArray[np.int16]
    threshold: npt.NDArray[np.float32]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    depth: int

    def leaves(self, columns: Floats) -> Ints:
        """The leaf of each row in each tree, shape (rows, T)."""
        values = np.ascontiguousarray(columns, np.float32)
        # taking from flat arrays: half the time of indexing by rows and columns
        flat, begin = values.reshape(-1), (np.arange(len(values)) * values.shape[1])[:, None]
        at = np.broadcast_to(self.root, (len(values), len(self.root)))
        for _ in range(self.depth):
            goes_left = flat.take(begin + self.feature.take(at)) <= self.threshold.take(at)
            at = np.where(goes_left, self.left.take(at), self.right.take(at))
        return np.asarray(at, np.int64)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is written to a file."""
        plain = {"root": self.root.astype(np.int32), "depth": np.array(self.depth, np.int32)}
        # children by how far they lie from their node: mostly the same small numbers, which pack to a fraction
        node = np.arange(len(self.feature), dtype=np.int32)
        return plain | {"feature": self.feature, "threshold": self.threshold, "left": self.left - node, "right": self.right - node}


def from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Trees:
    """Trees of `Trees.arrays`, checked: a file may be damaged, and must neither run away nor point outside.

    Raises
    ------
    ValueError
        Where a node leads outside of the arrays.
    """
    feature, threshold = arrays["feature"].astype(np.int16), arrays["threshold"].astype(np.float32)
    nodes = len(feature)
    root = arrays["root"].astype(np.int32)
    left, right = (_from_nodes(arrays[name], nodes) for name in ("left", "right"))
    if not 0 < len(root) <= MOST_TREES or len(np.unique(root)) < len(root):
        raise ValueError(f"there must be 1 to {MOST_TREES} trees, none of them twice")
    same = len(threshold) == len(left) == len(right) == nodes
    if not same or any(((part < 0) | (part >= nodes)).any() for part in (left, right, root)) or (feature < 0).any():
        raise ValueError("a node of a tree leads to nowhere")
    return Trees(root.astype(np.int64), feature, threshold, left.astype(np.int32), right.astype(np.int32), min(int(arrays["depth"]), 64))


def _from_nodes(apart: npt.NDArray[Any], nodes: int) -> npt.NDArray[np.int64]:
    """Children out of how far they lie from their nodes; as they are where there are not as many, to be refused by their number."""
    wide = apart.astype(np.int64)
    return wide + np.arange(nodes) if wide.shape == (nodes,) else wide


def from_sklearn(fitted: Sequence[Any]) -> Trees:
    """Lay out fitted `sklearn.tree` regressors."""
    parts = []
    for one in fitted:
        tree = one.tree_
        leaf = tree.children_left < 0
        parts.append(_Part(tree.feature, tree.threshold, tree.children_left, tree.children_right, leaf, tree.max_depth))
    return _laid_out(parts)


def from_boosted(fitted: Sequence[Any]) -> tuple[Trees, Floats]:
    """Lay out fitted `HistGradientBoostingRegressor`s of plain figures, one after the other, and what each node adds, shape (nodes,)."""
    each = [predictor[0].nodes for one in fitted for predictor in one._predictors]
    parts = [
        _Part(nodes["feature_idx"], nodes["num_threshold"], nodes["left"], nodes["right"], nodes["is_leaf"] > 0, int(nodes["depth"].max()))
        for nodes in each
    ]
    return _laid_out(parts), np.concatenate([np.where(nodes["is_leaf"] > 0, nodes["value"], 0.0) for nodes in each])


@dataclass(frozen=True)
class _Part:
    """One tree as a library lays it out: nodes are counted from its own root."""

    feature: npt.NDArray[Any]
    threshold: npt.NDArray[Any]
    left: npt.NDArray[Any]
    right: npt.NDArray[Any]
    leaf: npt.NDArray[np.bool_]
    depth: int


def _laid_out(parts: Sequence[_Part]) -> Trees:
    count = [len(part.leaf) for part in parts]
    root = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
    own = [np.arange(nodes) for nodes in count]
    placed = list(zip(parts, own, root.tolist(), strict=True))
    return Trees(
        root,
        np.concatenate([np.where(part.leaf, 0, part.feature) for part in parts]).astype(np.int16),
        np.concatenate([np.where(part.leaf, 0.0, _float32_at_or_below(part.threshold)) for part in parts]).astype(np.float32),
        np.concatenate([np.where(part.leaf, node, part.left) + at for part, node, at in placed]).astype(np.int32),
        np.concatenate([np.where(part.leaf, node, part.right) + at for part, node, at in placed]).astype(np.int32),
        max(part.depth for part in parts),
    )


def _float32_at_or_below(threshold: Floats) -> npt.NDArray[np.float32]:
    """The columns are compared as float32, so a threshold that rounding would lift is put one step lower."""
    single = threshold.astype(np.float32)
    return np.asarray(np.where(single > threshold, np.nextafter(single, np.float32(-np.inf)), single), np.float32)
