"""Carries the ensemble through what was measured: every member is drawn to the readings, and weighed by how well it foresaw them.

The ensemble is kept as it stood `LAG_MIN` ago and taken up to now anew at each forecast, so a reading that comes late by no more than
that counts as if it had come in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.bank import MEMBERS, Bank
from models.core.hydraulics import Water, advance, level_m, volume_mm
from models.core.rain import filled
from models.situation import RAIN_MIN, Situation

Floats = npt.NDArray[np.float64]

LAG_MIN = 10
MODEL_SD_M = 0.01
MODEL_SHARE = 0.3
"""What a member may be wrong by in a minute: a centimetre and a share of the depth."""

EVIDENCE = 0.45
"""Readings a minute apart are not independent: each counts as this share of one."""

INFLOW_SHARE = 0.28
"""Of what came unforeseen, so much is taken for a flow that goes on; the rest for an error of the moment."""

MOST_LEAVES = 8.0

FORGET = 0.995
"""How much of the evidence is left a minute later: a clogged inlet makes yesterday's best member wrong."""

_COAST_MIN = 5

HEAVY_TAIL = 4.0
"""Degrees of freedom of the likelihood (Student's t): one odd reading must not decide."""


@dataclass
class Ensemble:
    """P points of M members: water, inflow that the rain does not explain (mm/h) and log weight, shape (P, M) each."""

    minute: int
    water: Water
    inflow_mm_h: Floats
    log_weight: Floats

    def copy(self) -> Ensemble:
        """A copy that shares nothing."""
        return Ensemble(self.minute, self.water.copy(), self.inflow_mm_h.copy(), self.log_weight.copy())

    def part(self, points: npt.NDArray[np.int64]) -> Ensemble:
        """Some of the points."""
        water = Water(*(part[points] for part in (self.water.surface_mm, self.water.channel_mm, self.water.pond_mm)))
        return Ensemble(self.minute, water, self.inflow_mm_h[points], self.log_weight[points])

    def weight(self) -> Floats:
        """Weights that sum to 1 at each point, shape (P, M)."""
        raised = np.exp(self.log_weight - self.log_weight.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def joined(parts: Sequence[Ensemble]) -> Ensemble:
    """Ensembles of the same minute, one below the other."""
    water = Water(*(np.concatenate([getattr(part.water, name) for part in parts]) for name in ("surface_mm", "channel_mm", "pond_mm")))
    inflow, weight = (np.concatenate([getattr(part, name) for part in parts]) for name in ("inflow_mm_h", "log_weight"))
    return Ensemble(parts[0].minute, water, inflow, weight)


def start(bank: Bank, minute: int) -> Ensemble:
    """A dry ensemble of which nothing is known."""
    nothing = np.zeros_like(bank.pond_mm)
    return Ensemble(minute, Water(nothing, nothing.copy(), nothing.copy()), nothing.copy(), nothing.copy())


def pack(ensemble: Ensemble) -> Floats:
    """The ensemble as columns, shape (P, 5 M + 1), for the state of the district."""
    water = ensemble.water
    minute = np.full((len(ensemble.log_weight), 1), float(ensemble.minute))
    return np.hstack([minute, water.surface_mm, water.channel_mm, water.pond_mm, ensemble.inflow_mm_h, ensemble.log_weight])


def width(members: int = MEMBERS) -> int:
    """How many columns `pack` makes."""
    return 5 * members + 1


def unpack(memory: Floats, members: int, dtype: npt.DTypeLike = float) -> Ensemble | None:
    """The ensemble of `pack`; None where the columns are not from a bank of this size."""
    if memory.shape[1] != width(members) or not len(memory):
        return None
    parts = [part.copy() for part in np.split(memory[:, 1:].astype(dtype), 5, axis=1)]
    return Ensemble(int(memory[0, 0]), Water(*parts[:3]), parts[3], parts[4])


def carry(bank: Bank, now: Situation, before: Ensemble | None) -> tuple[Ensemble, Ensemble]:
    """Take the ensemble up to now.

    Parameters
    ----------
    before
        The ensemble kept last time; None starts dry, as long ago as rain is known.

    Returns
    -------
    tuple
        The ensemble `LAG_MIN` ago, to be kept, and the ensemble now.
    """
    oldest = now.minute - RAIN_MIN
    kept = start(bank, oldest) if before is None or not oldest <= before.minute <= now.minute - LAG_MIN else before.copy()
    dtype = bank.pond_mm.dtype
    rain, seen = filled(now.rain_mm).astype(dtype), _by_minute(now).astype(dtype)
    _run(bank, kept, now, rain, seen, now.minute - LAG_MIN)
    present = kept.copy()
    _run(bank, present, now, rain, seen, now.minute)
    return kept, present


def coast(bank: Bank, ensemble: Ensemble, until: int, pump_on: Floats) -> None:
    """Take an ensemble on to a minute, in place, through weather in which nothing fell and nothing was learned.

    Parameters
    ----------
    pump_on
        1 where the pump runs, shape (P,).
    """
    while ensemble.minute < until:
        step_min = min(_COAST_MIN, until - ensemble.minute)
        ensemble.minute += step_min
        advance(bank, ensemble.water, 0.0, ensemble.inflow_mm_h, step_min, 1.0, pump_on[:, None])
        ensemble.inflow_mm_h *= np.exp(-step_min / bank.inflow_decay_min)
        ensemble.log_weight *= FORGET**step_min


def _run(bank: Bank, ensemble: Ensemble, now: Situation, rain_mm: Floats, seen_m: Floats, until: int) -> None:
    pump_on = np.nan_to_num(now.pump_on, nan=1.0)[:, None].astype(bank.pond_mm.dtype)
    sd_m = now.depth_sd_m.astype(bank.pond_mm.dtype)
    fading = np.exp(-1 / bank.inflow_decay_min)
    while ensemble.minute < until:
        ensemble.minute += 1
        at = RAIN_MIN - 1 - (now.minute - ensemble.minute)
        flows = advance(bank, ensemble.water, rain_mm[:, at : at + 1] * 60, ensemble.inflow_mm_h, 1.0, 1.0, pump_on)
        ensemble.inflow_mm_h *= fading
        ensemble.log_weight *= FORGET
        if np.isfinite(seen_m[:, at]).any():
            leaves = np.minimum(flows.drained_mm / np.maximum(ensemble.water.pond_mm, 1e-6), MOST_LEAVES)
            _take_in(bank, ensemble, seen_m[:, at], sd_m, leaves)


def _by_minute(now: Situation) -> Floats:
    """What was measured in each of the last `RAIN_MIN` minutes, the newest in each; nan where nothing was. Shape (P, RAIN_MIN)."""
    grid = np.full((len(now.depth_m), RAIN_MIN), np.nan)
    for column in range(now.history_min.shape[1]):  # oldest first, so that the newest stays
        ago = now.history_min[:, column] + now.until_minute_min
        rows = np.flatnonzero(ago < RAIN_MIN - 1)
        grid[rows, RAIN_MIN - 1 - np.floor(ago[rows]).astype(int)] = now.history_m[rows, column]
    grid[now.doubtful] = np.nan  # what may be a parked car teaches nothing; once confirmed, its last minutes are taken in
    return grid


def _take_in(bank: Bank, ensemble: Ensemble, seen_m: Floats, seen_sd_m: Floats, leaves: Floats) -> None:
    """Draw every member to what was seen, and weigh it by how near it was; points without a reading stay as they are.

    Of what came or went unforeseen an inflow is made that would have brought it, for what flows in leaves again by the share `leaves`.
    """
    there = np.isfinite(seen_m)[:, None]
    seen = np.nan_to_num(seen_m)[:, None]
    # a dry road says only that the water stands not above it; a river's gauge says how far below
    level = level_m(bank, ensemble.water.pond_mm)
    stood_m = np.where(seen == 0, np.maximum(level, 0.0), level)
    off_m = np.where(there, seen - stood_m, 0.0)
    model_var = (MODEL_SD_M + MODEL_SHARE * np.abs(stood_m)) ** 2
    weight = ensemble.weight()
    mean = (weight * stood_m).sum(axis=1, keepdims=True)
    spread = (weight * (stood_m - mean) ** 2).sum(axis=1, keepdims=True)
    noise = (seen_sd_m[:, None] + 0.003) ** 2
    gain = (spread + model_var) / (spread + model_var + noise)
    score = -(HEAVY_TAIL + 1) / 2 * np.log1p(off_m**2 / (HEAVY_TAIL * (model_var + noise)))
    ensemble.log_weight += np.where(there, EVIDENCE * score, 0.0)
    drawn = volume_mm(bank, np.maximum(stood_m + gain * off_m, -bank.bank_m))
    moved_mm = np.where(there, drawn - ensemble.water.pond_mm, 0.0)
    ensemble.water.pond_mm += moved_mm
    ensemble.inflow_mm_h += INFLOW_SHARE * moved_mm * 60 * (1 + leaves)
