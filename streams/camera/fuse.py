"""Puts the cues together: how likely the water stands at each height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.camera.cues import Cues
from streams.camera.picture import Array
from streams.camera.strip import STEP_M

NEAR_M = 0.03
"""Heights this near count as the same line."""
_COUNTS_M = 0.02
"""Rows nearer to each other than this say the same thing, not two things."""
_EDGE, _MIRROR = 6.0, 1.5
_WALL, _RIPPLE, _LEARNED = 0.5, 0.7, 0.8
_UNLIKE_WALL = -0.5
"""A wall that is like itself is seen; one that is not may be damp, dirty or in the shade."""


@dataclass(frozen=True)
class Line:
    """Where the water stands by all cues.

    Attributes
    ----------
    row
        Of the strip; the first row that is seen above the water.
    depth_m
        0 where the road itself is seen.
    near
        Share of the likelihood within :data:`NEAR_M`, 0 to 1.
    own
        The row that each cue would choose alone, by its name.
    """

    row: int
    depth_m: float
    near: float
    own: dict[str, int]


def fuse(cues: Cues, heights_m: Array, highest_m: float) -> Line:
    """Find the likeliest waterline.

    Parameters
    ----------
    heights_m
        Of each row, from below the road to the gauge's top.
    highest_m
        Above it too little of the gauge would be left to tell anything.
    """
    weight = STEP_M / _COUNTS_M
    rows = {
        "pattern": cues.pattern,
        "wall": _WALL * np.maximum(cues.wall, _UNLIKE_WALL),
        "ripple": _RIPPLE * cues.ripple,
        "learned": _LEARNED * cues.learned,
    }
    foot = int(np.searchsorted(heights_m, 0.0))
    last = int(np.searchsorted(heights_m, highest_m))
    allowed = np.arange(foot, last)
    totals = {name: _split(odds * weight)[allowed] for name, odds in rows.items()}
    dry = {name: float(odds.sum()) * weight for name, odds in rows.items()}
    total = np.sum(list(totals.values()), 0) + _EDGE * cues.edge[allowed] + _MIRROR * cues.mirror[allowed]
    total[0] = sum(dry.values()) + _EDGE * 0.3  # the road is seen: no line is to be found
    likely = np.exp(total - total.max())
    likely /= likely.sum()
    best = int(likely.argmax())
    near = np.abs(allowed - allowed[best]) * STEP_M <= NEAR_M
    at = float((likely * heights_m[allowed])[near].sum() / likely[near].sum()) if best else 0.0
    own = {name: int(allowed[np.argmax(one)]) for name, one in totals.items() if np.ptp(one) > 1.0}
    return Line(int(allowed[best]), max(0.0, at), float(likely[near].sum()), own)


def fainter_from(cues: Cues, heights_m: Array, highest_m: float) -> float:
    """The height below which the gauge's contrast is weak down to its foot, m; 0 where it is strong throughout.

    A mirror image can be like the gauge itself, band for band, but it is fainter.
    """
    foot, last = int(np.searchsorted(heights_m, 0.0)), int(np.searchsorted(heights_m, highest_m))
    strength = np.where(heights_m >= heights_m[foot], cues.strength, 0.0)
    return float(max(0.0, heights_m[foot + int(np.argmax(_split(strength)[foot:last]))]))


def _split(odds: Array) -> Array:
    """For each row: the odds of all rows from it up being seen, and of all below it not."""
    total = np.concatenate([[0.0], np.cumsum(odds)])
    return np.asarray(total[-1] - 2 * total[:-1])
