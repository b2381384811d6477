"""Alarms on storms left out: what the model announces five minutes ahead, beside the trend rule and a point's own first centimetre.

And the same without neighbours: every figure that comes from other points is put to "all dry", and the model fitted anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.learn.expert import REGIMES, regime_of
from models.learn.features import NAMES, WET_M
from models.learn.fit_chances import fit_alarms
from models.learn.rows import Rows, flood_weights, wet_rows
from models.verify.alarms import LEAST_LEAD_MIN, Outcome, match, trend_alarm
from models.verify.record import MINUTE_US, Record
from streams.city import defaults
from streams.evaluate.truth import Truth
from streams.train.alarm import Choice

NEIGHBOURS = ("near_wet", "near_depth_m", "near_peak_m", "near_rise_m", "near_past_peak", "close_depth_m")


@dataclass(frozen=True)
class Counted:
    """One rule at one level: crossings, those announced five minutes ahead, alarms, and the share of them that no water answered."""

    rule: str
    threshold_m: float
    crossings: int
    in_time: int
    alarms: int
    far: float


def compare(rows: Rows, truths: Mapping[int, Truth]) -> list[Counted]:
    """All rules at levels 1 and 2, on streets without rain gauges."""
    thresholds_m = np.array([rung.depth_m for rung in defaults.LEVELS])
    street = rows.pick(regime_of(rows.columns) == REGIMES.index("street"))
    choice = Choice(truths, thresholds_m)
    found = []
    for rule, own in (("model, storms left out", street), ("the same without neighbours", without_neighbours(street))):
        wet = wet_rows(own)
        figures = fit_alarms(wet, flood_weights(wet), thresholds_m, choice).figures
        for level in ("1", "2"):
            if level in figures:
                one = figures[level]
                threshold_m = float(thresholds_m[int(level) - 1])
                found.append(Counted(rule, threshold_m, int(one["crossings"]), int(one["in_time"]), int(one["alarms"]), one["far"]))
    for threshold_m in thresholds_m[:2].tolist():
        found.append(_simple("trend rule", truths, threshold_m))
        found.append(_first_centimetre(truths, threshold_m))
    return found


def without_neighbours(rows: Rows) -> Rows:
    """The same with all other points dry."""
    columns = rows.columns.copy()
    columns[:, [NAMES.index(name) for name in NEIGHBOURS]] = 0.0
    return replace(rows, columns=columns)


def _simple(rule: str, truths: Mapping[int, Truth], threshold_m: float) -> Counted:
    outcomes: list[Outcome] = []
    for truth in truths.values():
        for low_point, record in truth.records.items():
            outcomes += match(truth.storm, low_point, record.spells(threshold_m), trend_alarm(record, threshold_m))
    return _counted(rule, threshold_m, outcomes)


def _first_centimetre(truths: Mapping[int, Truth], threshold_m: float) -> Counted:
    """How many crossings a point's own first water comes five minutes ahead of; taken as an alarm it would be raised at every flood."""
    crossings, in_time, alarms, false = 0, 0, 0, 0
    for truth in truths.values():
        for low_point, record in truth.records.items():
            starts = [flood.start_us for flood in truth.floods[low_point]]
            crossed = [spell.start_us for spell in record.spells(threshold_m) if spell.crossed]
            crossings += len(crossed)
            in_time += sum(_ahead(record, starts, moment) >= LEAST_LEAD_MIN for moment in crossed)
            alarms += len(starts)
            false += sum(not any(flood.start_us <= moment <= flood.end_us for moment in crossed) for flood in truth.floods[low_point])
    return Counted("a point's own first centimetre", threshold_m, crossings, in_time, alarms, false / max(alarms, 1))


def _ahead(record: Record, starts: Sequence[int], crossed_us: int) -> float:
    """Minutes from the first reading under water of the flood to the crossing."""
    own = [start for start in starts if start <= crossed_us]
    return (crossed_us - own[-1]) / MINUTE_US if own and (record.depth_m >= WET_M).any() else 0.0


def _counted(rule: str, threshold_m: float, outcomes: Sequence[Outcome]) -> Counted:
    crossed = [one for one in outcomes if one.crossed_us is not None]
    answered, false = sum(one.lead_min is not None for one in crossed), len(outcomes) - len(crossed)
    return Counted(rule, threshold_m, len(crossed), sum(one.in_time for one in crossed), answered + false, false / max(answered + false, 1))
