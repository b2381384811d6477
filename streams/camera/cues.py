"""What speaks for water at each height: independent cues, each a number per row or per height, from one look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.camera.look import Look
from streams.camera.picture import Array
from streams.camera.strip import FLANK_COLUMNS, GAUGE_COLUMNS, STEP_M
from streams.camera.windows import alike, smooth

SMALL_M, LARGE_M = 0.035, 0.125
"""Windows in which the pattern is compared: the small one finds the place, the large one tells a gauge from its mirror image."""
PERIOD_M = 0.2
"""The pattern of a staff gauge comes again after this at the latest."""
MISFIT = 0.06
"""Spread that even a perfect view has: dirt, focus, compression (logarithm of light)."""
_NEAR = slice(FLANK_COLUMNS - 5, FLANK_COLUMNS + GAUGE_COLUMNS + 5)
_LEFT, _RIGHT = slice(0, FLANK_COLUMNS), slice(FLANK_COLUMNS + GAUGE_COLUMNS, None)


@dataclass(frozen=True)
class Cues:
    """For each row, low to high.

    Attributes
    ----------
    pattern
        Logarithm of the odds that the gauge and the wall beside it are seen in this row as in the reference.
    wall
        The same of the wall on both sides alone.
    ripple
        The same by how restless the row is; 0 where it says nothing.
    edge
        How sharp a level step that the reference has not lies at the row, 0 to 1.
    mirror
        How much better what lies below the row is told as the mirror image of what lies above than as the reference, 0 to 1.
    strength
        How strong the gauge's contrast is beside what it is in the upper part, less a half, -0.5 to 0.5; 0 where the reference has none.
    learned
        Odds by the learned model's mask; 0 without one.
    """

    pattern: Array
    wall: Array
    ripple: Array
    edge: Array
    mirror: Array
    strength: Array
    learned: Array


def find_cues(look: Look, upper: Array, learned: Array | None = None) -> Cues:
    """All cues of a look.

    Parameters
    ----------
    upper
        Rows that water reaches last: what is normal is measured there.
    learned
        Share of water in each row by a learned model, 0 to 1.
    """
    gauge, strength = _pattern(look, _NEAR, upper)
    wall = _pattern(look, _LEFT, upper)[0] + _pattern(look, _RIGHT, upper)[0]
    model = np.zeros(len(look.now)) if learned is None else np.clip(np.log((1.02 - learned) / (0.02 + learned)), -3, 3)
    return Cues(gauge, wall, _ripple(look, upper), _edge(look), _mirror(look), strength, model)


def _pattern(look: Look, columns: slice, upper: Array) -> tuple[Array, Array]:
    """The odds by the pattern of some columns, and how strong it is."""
    now, dry = _standing_out(look.now[:, columns]), _standing_out(look.dry[:, columns])
    odds = np.zeros(len(now))
    strength = odds
    for size_m, weight in ((SMALL_M, 0.55), (LARGE_M, 0.45)):
        found = alike(now, dry, _odd(size_m / STEP_M))
        usual = max(float(np.median(found.slope[upper])), 0.2)
        signal = usual**2 * found.variance
        said = signal / (signal + look.noise**2 + MISFIT**2)
        expected = np.sqrt(np.clip(said, 0.05, 1))
        by_match = np.clip((found.correlation / expected - 0.5) * 5, -2.5, 2.0)
        by_slope = np.clip((found.slope / usual - 0.5) * 2.5, -1.25, 1.0)
        odds = odds + weight * said * (by_match + by_slope)
        strength = said * np.clip(found.slope / usual - 0.5, -0.5, 0.5)
    return odds, strength


def _standing_out(strip: Array) -> Array:
    """What differs from the rows above and below: that a gauge is brighter than its wall can be said of its mirror image too."""
    rows = _odd(PERIOD_M / STEP_M)
    flat = strip.reshape(len(strip), -1)
    return np.asarray(flat - smooth(flat, rows), np.float32).reshape(strip.shape)


def _ripple(look: Look, upper: Array) -> Array:
    """Water is never still: it changes from frame to frame more than noise and rain do above it."""
    if look.restless is None:
        return np.zeros(len(look.now))
    # noise is stronger where it is dark: compare with what the row's own light would have
    row = smooth(look.restless.mean(1)[:, None], 7)[:, 0] + 0.004
    usual = float(np.median(row[upper]))
    return np.asarray(np.clip(-1.2 * np.log(row / usual) + 0.5, -1.5, 0.3))


def _edge(look: Look) -> Array:
    """Steps along the strip of what is left when the reference is taken off, alike in left flank, gauge and right flank."""
    half = round(0.02 / STEP_M)
    left = look.now - np.clip(_usual_slope(look), 0.2, 1.2) * look.dry
    steps = []
    for columns in (_LEFT, slice(FLANK_COLUMNS, FLANK_COLUMNS + GAUGE_COLUMNS), _RIGHT):
        mean = np.median(left[:, columns], 1)
        total = np.cumsum(np.concatenate([np.zeros((1, mean.shape[1])), mean]), 0)
        rows = np.arange(half, len(mean) - half)
        above, below = total[rows + half] - total[rows], total[rows] - total[rows - half]
        step = np.zeros(len(mean))
        step[rows] = np.sqrt((((above - below) / half) ** 2).mean(1))
        steps.append(step)
    ordered = np.sort(np.stack(steps), 0)
    both = 0.6 * ordered[1] + 0.4 * ordered[0]  # two of three see it: the gauge's foot may be dirty
    return np.asarray(both / (both + 0.12 + 2 * look.noise))


def _usual_slope(look: Look) -> float:
    half = len(look.now) // 2
    now, dry = (part[half:] - part[half:].mean((0, 1)) for part in (look.now, look.dry))
    return float((now * dry).sum() / max(float((dry * dry).sum()), 1e-6))


def _mirror(look: Look) -> Array:
    reach = round(0.12 / STEP_M)
    now, dry = look.now[:, _NEAR], look.dry[:, _NEAR]
    found = np.zeros(len(now))
    for row in range(reach, len(now) - reach, 2):
        below, above = now[row - reach : row], now[row : row + reach][::-1]
        better = _alike(below, above) - max(0.0, _alike(below, dry[row - reach : row]))
        found[row : row + 2] = max(0.0, better)
    return found


def _alike(one: Array, other: Array) -> float:
    one, other = one - one.mean((0, 1)), other - other.mean((0, 1))
    size = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / size if size > 1e-9 else 0.0


def _odd(number: float) -> int:
    return 2 * int(number / 2) + 1
