"""The forecast of a district at one moment, by a chain of fallbacks, each named in what it gives out."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.core.bank import MEMBERS, Bank, lay_out
from models.core.filter import Ensemble, carry, joined, pack, unpack
from models.core.predict import CoreOutlook, run_ahead, summarise
from models.core.site import Sites
from models.situation import LEAD_MIN, Outlook, Situation

Floats = npt.NDArray[np.float64]

RAISE_P = 0.5
KEEP_P = 0.3
"""Where nothing was learned of when to raise: as likely as not."""
ALARM_LEAD = LEAD_MIN.tolist().index(30.0)

_BLOCK = 256

FRESH_MIN = 15.0
"""A level this old still says where the water stands."""

SILENT_MIN = 60.0
"""A level this old says nothing any more: the rain alone goes on."""


@dataclass(frozen=True)
class CoreRun:
    """What the core knows and says at one moment."""

    ensemble: Ensemble
    kept: Ensemble
    outlook: CoreOutlook


class Model(Protocol):
    """What a district asks for its forecasts; `name` stands in each of them."""

    @property
    def name(self) -> str:
        """What it is called in forecasts and logs."""
        ...

    def __call__(self, now: Situation) -> Outlook:
        """Forecast all points of a district from one moment."""
        ...


def run_core(now: Situation) -> CoreRun:
    """Carry the ensemble up to now and ahead, a block of points at a time: what is worked on stays in the processor's cache."""
    bank, before = bank_of(now.sites), unpack(now.memory, MEMBERS, np.float32)
    points = len(now.sites)
    if points <= _BLOCK:
        return _run_block(bank, now, before)
    # the core asks for no neighbours, and to take apart the distances of thousands of points would cost more than a block's forecast
    apart = replace(now, apart_km=np.broadcast_to(0.0, (points, points)))

    runs = []
    for first in range(0, points, _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, points))
        runs.append(_run_block(bank.part(rows), apart.part(rows), before.part(rows) if before else None))
    outlook = {f.name: np.concatenate([getattr(run.outlook, f.name) for run in runs]) for f in fields(CoreOutlook)}
    return CoreRun(joined([run.ensemble for run in runs]), joined([run.kept for run in runs]), CoreOutlook(**outlook))


def _run_block(bank: Bank, now: Situation, before: Ensemble | None) -> CoreRun:
    kept, present = carry(bank, now, before)
    return CoreRun(present, kept, summarise(run_ahead(bank, present, now), now.thresholds_m))


@lru_cache(maxsize=1024)
def bank_of(sites: Sites) -> Bank:
    """The members at every point of a district, laid out once."""
    return lay_out(sites).single()


class CoreOnly:
    """The core alone, with the priors of the project."""

    name: str = "core-1"

    def __call__(self, now: Situation) -> Outlook:
        """Forecast all points of a district from one moment."""
        return self.outlook_of(now, run_core(now))

    def outlook_of(self, now: Situation, run: CoreRun) -> Outlook:
        """What a run of the core says, and the measured alone where it must not be carried on."""
        return _by_core(now, run)


def _by_core(now: Situation, run: CoreRun) -> Outlook:
    said = run.outlook
    silent = now.age_min > SILENT_MIN
    # what was just read there needs no forecast, whatever some members think
    stands = (now.depth_m[:, None] >= now.thresholds_m) & (now.age_min <= FRESH_MIN)[:, None]
    p_exceed = np.where(stands[:, :, None], 1.0, said.p_exceed)
    whole = Outlook(
        depth_m=said.depth_m,
        p_exceed=p_exceed,
        peak_m=said.peak_m,
        minutes_to=np.where(stands, 0.0, said.minutes_to),
        median_30min_m=said.median_30min_m,
        raises=p_exceed[:, :, ALARM_LEAD] >= RAISE_P,
        keeps=p_exceed[:, :, ALARM_LEAD] >= KEEP_P,
        method=tuple("core only, level silent" if quiet else "core only" for quiet in silent.tolist()),
        memory=pack(run.kept),
        present=run.ensemble,
    )
    return measured_only(now, whole, now.doubtful)


def measured_only(now: Situation, outlook: Outlook, points: npt.NDArray[np.bool_]) -> Outlook:
    """The last link of the chain: what was measured stays or goes, and nothing more is said of it."""
    if not points.any():
        return outlook
    share = np.array([0.0, 0.1, 0.6, 1.0, 1.0, 1.0, 1.02])
    depth_m, p_exceed, peak_m = outlook.depth_m.copy(), outlook.p_exceed.copy(), outlook.peak_m.copy()
    minutes, median = outlook.minutes_to.copy(), outlook.median_30min_m.copy()
    raises, keeps = outlook.raises.copy(), outlook.keeps.copy()
    stands_m = now.depth_m[points]
    reached = stands_m[:, None] >= now.thresholds_m[points]
    depth_m[points] = (stands_m[:, None] * share)[:, :, None]
    p_exceed[points] = reached[:, :, None]
    peak_m[points] = stands_m[:, None]
    minutes[points] = np.where(reached, 0.0, np.nan)
    median[points] = stands_m
    raises[points] = keeps[points] = reached
    method = tuple("measured only" if alone else said for alone, said in zip(points.tolist(), outlook.method, strict=True))
    return Outlook(depth_m, p_exceed, peak_m, minutes, median, raises, keeps, method, outlook.memory, outlook.present)


forecast = CoreOnly()
