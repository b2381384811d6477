"""How alike two strips are, row by row, in windows of some rows."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from streams.camera.picture import Array


class Alike(NamedTuple):
    """Row by row: correlation -1 to 1, slope of the one on the other, and the variance of the reference."""

    correlation: Array
    slope: Array
    variance: Array


def alike(now: Array, dry: Array, rows: int) -> Alike:
    """Compare in windows of so many rows, over all columns and channels, each channel about its own mean.

    Parameters
    ----------
    now, dry
        (rows, columns, channels).
    """
    mean_now, mean_dry = smooth(now.mean(1), rows), smooth(dry.mean(1), rows)
    both = smooth((now * dry).mean(1), rows) - mean_now * mean_dry
    of_now = smooth((now * now).mean(1), rows) - mean_now**2
    of_dry = smooth((dry * dry).mean(1), rows) - mean_dry**2
    both, of_now, of_dry = (np.maximum(part, floor).sum(1) for part, floor in ((both, -np.inf), (of_now, 1e-6), (of_dry, 1e-6)))
    return Alike(both / np.sqrt(of_now * of_dry), both / of_dry, of_dry / now.shape[2])


def smooth(values: Array, rows: int) -> Array:
    """Mean of so many rows about each, (rows, channels)."""
    return np.asarray(cv2.blur(values.reshape(len(values), -1).astype(np.float32), (1, rows), borderType=cv2.BORDER_REFLECT), np.float64)
