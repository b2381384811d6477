"""How long before it was crossed a level was forecast: by the lines of forecasts themselves, whatever was raised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.verify.alarms import REACH_US, Alarm
from models.verify.cases import FRESH_US
from models.verify.record import MINUTE_US, Spell

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LIKELY_P = 0.5


def runs_of(issued_us: Ints, chance: Floats, spells: Sequence[Spell]) -> list[Alarm]:
    """Unbroken runs of forecast lines that say "as likely as not" or more, from first line to last.

    A run ends before a line that says less, after the last line for ten minutes, and where the water reaches the level: what is said
    while it stands there is no forecast.

    Parameters
    ----------
    issued_us, chance
        Lines in order of issue, and their chance that the level is reached within 120 min, shape (F,) each.
    spells
        When the level stood.
    """
    runs: list[Alarm] = []
    open_run = False
    for moment_us, p in zip(issued_us.tolist(), chance.tolist(), strict=True):
        stands = any(spell.start_us <= moment_us <= spell.end_us for spell in spells)
        if stands or p < LIKELY_P:
            open_run = False
            continue
        if open_run and moment_us - runs[-1].end_us <= FRESH_US and not _between(spells, runs[-1].end_us, moment_us):
            runs[-1] = Alarm(runs[-1].start_us, moment_us)
        else:
            runs.append(Alarm(moment_us, moment_us))
        open_run = True
    return runs


@dataclass(frozen=True)
class Foretold:
    """One level at one point: lead of each crossing in minutes, None where it was not forecast; alarms, and how many of them were false."""

    lead_min: list[float | None]
    alarms: int
    false_alarms: int


def foretold(issued_us: Ints, chance: Floats, spells: Sequence[Spell]) -> Foretold:
    """Hold the runs against the crossings.

    A crossing was forecast by the run that the last line before it is in, if that line is not over ten minutes old; from the first
    line of the run on, 120 min at most. A run is false if no crossing came within 120 min of any of its lines.
    """
    runs = runs_of(issued_us, chance, spells)
    crossed_us = [spell.start_us for spell in spells if spell.crossed]
    leads = [_lead_min(runs, issued_us, moment_us) for moment_us in crossed_us]
    false = sum(not any(run.start_us < moment_us <= run.end_us + REACH_US for moment_us in crossed_us) for run in runs)
    return Foretold(leads, len(runs), false)


def _lead_min(runs: Sequence[Alarm], issued_us: Ints, crossed_us: int) -> float | None:
    before = issued_us[issued_us < crossed_us]
    if not len(before) or crossed_us - int(before[-1]) > FRESH_US:
        return None
    start_us = next((run.start_us for run in runs if run.end_us == int(before[-1])), None)
    return None if start_us is None else min(crossed_us - start_us, REACH_US) / MINUTE_US


def _between(spells: Sequence[Spell], since_us: int, until_us: int) -> bool:
    return any(since_us < spell.start_us and spell.end_us < until_us for spell in spells)
