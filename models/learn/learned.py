"""The learned model: the core first, then what its experts say on top of it, each where it was taught; the core alone elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from models.core.filter import width
from models.core.predict import CoreOutlook
from models.forecaster import ALARM_LEAD, KEEP_P, RAISE_P, CoreOnly, run_core
from models.learn.adapt import LEADS, Adaptation
from models.learn.agree import lifted, limited_depth, limited_peak
from models.learn.chance import Chance, against
from models.learn.expert import REGIMES, Expert, Regime, regime_of
from models.learn.features import NAMES, WET_M, features
from models.learn.residual import core_medians, depths_m, stretched
from models.situation import LEAD_MIN, QUANTILES, Outlook, Situation

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FRESH_MIN = 15.0
"""On an older level nothing was learned: the core goes on alone."""

SURPRISE_M = 1.0

_Q = QUANTILES.tolist()
_LOW, _MEDIAN, _HIGH = _Q.index(0.1), _Q.index(0.5), _Q.index(0.9)
_WITHIN_HALF_HOUR = LEAD_MIN <= 30
_NEAR_WET = NAMES.index("near_wet")


@dataclass(frozen=True)
class Learned:
    """The first link of the chain, "full", where an expert was taught; "core only" elsewhere."""

    name: str
    experts: Mapping[Regime, Expert]
    core: CoreOnly = field(default_factory=CoreOnly)

    def __call__(self, now: Situation) -> Outlook:
        """Forecast all points of a district from one moment."""
        adaptation = Adaptation.unpacked(now.memory[:, width() :])
        adaptation.hear(now)
        own = replace(now, memory=now.memory[:, : width()])
        run = run_core(own)
        plain = self.core.outlook_of(own, run)
        told = _Told(plain)
        columns = features(own, run.outlook)
        regime = regime_of(columns)
        fresh = (own.age_min <= FRESH_MIN) & ~own.doubtful
        for name, expert in sorted(self.experts.items()):
            mine = fresh & (regime == REGIMES.index(name))
            wet = np.flatnonzero(mine & (own.depth_m >= WET_M))
            if len(wet):
                told.depths(own, wet, expert, columns[wet], run.outlook, adaptation.draw)
                told.chances(own, wet, expert.chance, columns[wet], run.outlook)
                told.alarms(own, wet, expert, columns[wet], run.outlook)
            near = np.flatnonzero(mine & (own.depth_m < WET_M) & (columns[:, _NEAR_WET] > 0))
            if len(near):
                told.chances(own, near, expert.dry_chance, columns[near], run.outlook)
            told.agree(own, np.concatenate([wet, near]))
            told.doubt(near)
        adaptation.put_aside(own, told.edges_m())
        return told.outlook(np.hstack([plain.memory, adaptation.packed()]))


class _Told:
    """An outlook under way: the core's, until an expert says more."""

    def __init__(self, plain: Outlook):
        self._plain = plain
        self.depth_m, self.p_exceed, self.peak_m = plain.depth_m.copy(), plain.p_exceed.copy(), plain.peak_m.copy()
        self.minutes_to, self.median_30min_m = plain.minutes_to.copy(), plain.median_30min_m.copy()
        self.raises, self.keeps = plain.raises.copy(), plain.keeps.copy()
        self.method = list(plain.method)

    def depths(self, now: Situation, rows: Ints, expert: Expert, columns: Floats, core: CoreOutlook, draw: Floats) -> None:
        """Quantiles of depth and peak; intervals as wide as the storm so far has asked for."""
        medians = expert.residual.centres(columns, core_medians(core)[rows])
        stretch = expert.residual.stretch.copy()
        stretch[:, :LEADS] *= np.exp(draw)
        edges = expert.residual.edges
        # what no flood did is not told: no residual beyond those seen, and no depth far beyond the highest the physics thinks of
        residual = np.clip(stretched(expert.residual.raw(columns), stretch), edges[:, 0], edges[:, -1])
        highest = np.column_stack([core.depth_m[rows, -1], core.peak_by_lead_m[rows, -1, -1]])
        said = np.minimum(depths_m(residual, medians), 2 * np.maximum(highest, now.depth_m[rows, None])[:, None, :] + SURPRISE_M)
        self.depth_m[rows] = said[:, :, :LEADS]
        stands_m = now.depth_m[rows]
        self.peak_m[rows] = np.maximum(said[:, [_LOW, _MEDIAN, _HIGH]].max(axis=2), stands_m[:, None])
        soon = said[:, _MEDIAN, :LEADS][:, _WITHIN_HALF_HOUR].max(axis=1)
        self.median_30min_m[rows] = np.maximum(soon, stands_m)
        for row in rows.tolist():
            self.method[row] = "full"

    def chances(self, now: Situation, rows: Ints, chance: Chance, columns: Floats, core: CoreOutlook) -> None:
        """Chances to reach each level; what stands there already is certain, more time or a lower level never less likely."""
        p = reach(now, rows, chance, columns, core, np.arange(LEADS))
        self.p_exceed[rows] = np.maximum.accumulate(p, axis=2)

    def alarms(self, now: Situation, rows: Ints, expert: Expert, columns: Floats, core: CoreOutlook) -> None:
        """Which levels are to be raised by forecast, and kept."""
        score = reach(now, rows, expert.alarm, columns, core, np.array([ALARM_LEAD]))[:, :, 0]
        levels = score.shape[1]
        self.raises[rows] = score >= np.array(expert.raise_p)[:levels]
        self.keeps[rows] = score >= np.array(expert.keep_p)[:levels]

    def doubt(self, rows: Ints) -> None:
        """On a dry road the core's alarm stands only while the chance that is told is as high as it asks for."""
        p = self.p_exceed[rows][:, :, ALARM_LEAD]
        self.raises[rows] &= p >= RAISE_P
        self.keeps[rows] &= p >= KEEP_P

    def agree(self, now: Situation, rows: Ints) -> None:
        """Depths and chances do not belie each other."""
        threshold_m = now.thresholds_m[rows]
        p = lifted(self.p_exceed[rows], self.depth_m[rows], self.peak_m[rows], threshold_m)
        self.p_exceed[rows] = p
        self.depth_m[rows] = limited_depth(self.depth_m[rows], p, threshold_m)
        self.peak_m[rows] = limited_peak(self.peak_m[rows], p, threshold_m)
        self.minutes_to[rows] = minutes_by_chance(p)

    def edges_m(self) -> Floats:
        """Both edges of the intervals that an expert told, nan elsewhere, shape (P, 2, leads)."""
        full = np.array([method == "full" for method in self.method], bool)
        return np.where(full[:, None, None], self.depth_m[:, [_LOW, _HIGH]], np.nan)

    def outlook(self, memory: Floats) -> Outlook:
        """What is told in the end."""
        return Outlook(
            self.depth_m,
            self.p_exceed,
            self.peak_m,
            self.minutes_to,
            self.median_30min_m,
            self.raises,
            self.keeps,
            tuple(self.method),
            memory,
            self._plain.present,
        )


def reach(now: Situation, rows: Ints, chance: Chance, columns: Floats, core: CoreOutlook, leads: Ints) -> Floats:
    """What tables say of points against their levels, 1 where it stands there, never more for a higher one; shape (R, L, leads)."""
    threshold_m = now.thresholds_m[rows]
    stands = now.depth_m[rows, None] >= threshold_m
    p = np.where(stands[:, :, None], 1.0, np.zeros((1, 1, len(leads))))
    point, level = np.nonzero(np.isfinite(threshold_m) & ~stands)
    if len(point):
        place, lead = np.repeat(np.arange(len(point)), len(leads)), np.tile(leads, len(point))
        peak = core.peak_by_lead_m[rows[point[place]]]
        each = np.arange(len(place))
        asked = against(
            columns[point[place]],
            peak[each, _MEDIAN, lead],
            peak[each, _HIGH, lead],
            threshold_m[point[place], level[place]],
            LEAD_MIN[lead],
        )
        p[point, level] = chance(asked).reshape(len(point), len(leads))
    return np.asarray(np.minimum.accumulate(p, axis=1), float)


def minutes_by_chance(p_exceed: Floats) -> Floats:
    """When each level is as likely as not to have been reached: straight between leads, 0 where it stands, nan if never; shape (P, L)."""
    likely = p_exceed >= 0.5
    first = likely.argmax(axis=2)
    before = np.maximum(first - 1, 0)
    high = np.take_along_axis(p_exceed, first[:, :, None], axis=2)[:, :, 0]
    low = np.where(first > 0, np.take_along_axis(p_exceed, before[:, :, None], axis=2)[:, :, 0], 0.0)
    since = np.where(first > 0, LEAD_MIN[before], 0.0)
    share = np.clip((0.5 - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
    minutes = np.where(p_exceed[:, :, 0] >= 1.0, 0.0, since + share * (LEAD_MIN[first] - since))
    return np.where(likely.any(axis=2), minutes, np.nan)
