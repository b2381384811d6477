"""Decision trees as plain arrays: fitted by scikit-learn, read and walked by numpy alone, so that loading a model runs no code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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
        values = columns.astype(np.float32)
        rows = np.arange(len(values))[:, None]
        at = np.broadcast_to(self.root, (len(values), len(self.root)))
        for _ in range(self.depth):
            goes_left = values[rows, self.feature[at]] <= self.threshold[at]
            at = np.where(goes_left, self.left[at], self.right[at])
        return np.asarray(at, np.int64)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is written to a file."""
        plain = {"root": self.root.astype(np.int32), "depth": np.array(self.depth, np.int32)}
        return plain | {"feature": self.feature, "threshold": self.threshold, "left": self.left, "right": self.right}


def from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Trees:
    """Trees of `Trees.arrays`, checked: a file may be damaged, and must neither run away nor point outside.

    Raises
    ------
    ValueError
        Where a node leads outside of the arrays.
    """
    feature, threshold = arrays["feature"].astype(np.int16), arrays["threshold"].astype(np.float32)
    left, right, root = (arrays[name].astype(np.int32) for name in ("left", "right", "root"))
    nodes = len(feature)
    same = len(threshold) == len(left) == len(right) == nodes
    if not same or not len(root) or any(((part < 0) | (part >= nodes)).any() for part in (left, right, root)) or (feature < 0).any():
        raise ValueError("a node of a tree leads to nowhere")
    return Trees(root.astype(np.int64), feature, threshold, left, right, min(int(arrays["depth"]), 64))


def from_sklearn(fitted: Sequence[Any]) -> Trees:
    """Lay out fitted `sklearn.tree` regressors."""
    root, parts, at, depth = [], [], 0, 0
    for one in fitted:
        tree = one.tree_
        own = np.arange(tree.node_count)
        leaf = tree.children_left < 0
        root.append(at)
        parts.append(
            (
                np.where(leaf, 0, tree.feature),
                np.where(leaf, 0.0, _float32_at_or_below(tree.threshold)),
                np.where(leaf, own, tree.children_left) + at,
                np.where(leaf, own, tree.children_right) + at,
            )
        )
        at, depth = at + tree.node_count, max(depth, tree.max_depth)
    feature, threshold, left, right = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Trees(
        np.array(root, np.int64),
        feature.astype(np.int16),
        threshold.astype(np.float32),
        left.astype(np.int32),
        right.astype(np.int32),
        depth,
    )


def _float32_at_or_below(threshold: Floats) -> npt.NDArray[np.float32]:
    """The columns are compared as float32, so a threshold that rounding would lift is put one step lower."""
    single = threshold.astype(np.float32)
    return np.asarray(np.where(single > threshold, np.nextafter(single, np.float32(-np.inf)), single), np.float32)
