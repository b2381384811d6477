"""Storm by storm, point by point, and the floods that the worst forecasts were made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.verify import rules
from models.verify.announced import Leads, leads_of
from models.verify.cases import LEAD_MIN, QUANTILES, Cases
from models.verify.depths import RULES, median_m
from models.verify.record import Bools, Floats, Flood, Ints
from streams.evaluate.compare import LEVELS, Judged
from streams.observation.moments import HOUR_US

SHOWN_LEAD_MIN = (15, 30, 60)
SORTED_BY_LEAD_MIN = 30
WORST = 3
ISSUES = 4
"""Forecasts that a fan chart shows."""


@dataclass(frozen=True)
class StormScores:
    """One storm: mean absolute error in cm by lead ("15", "30", "60"), of the model and of the rules; every flood counts the same."""

    storm: str
    low_points: int
    floods: int
    deepest_m: float
    mae_cm: dict[str, dict[str, float | None]]


@dataclass(frozen=True)
class PointLevel:
    """What became of one level at one point: crossings, those announced five minutes ahead, false alarms, lead times."""

    level: int
    crossings: int
    in_time: int
    false_alarms: int
    lead_min: Leads


@dataclass(frozen=True)
class PointScores:
    """One low point over all storms; errors are at 30 min."""

    low_point: str
    name: str
    floods: int
    deepest_m: float
    mae_cm: dict[str, float | None]
    levels: list[PointLevel]


@dataclass(frozen=True)
class Fan:
    """A flood as measured, and some of its forecasts: quantiles (issues, 7, L) at the leads after each moment of issue."""

    storm: str
    low_point: str
    time_us: Ints
    depth_m: Floats
    issued_us: Ints
    known_m: Floats
    quantiles_m: Floats
    ladder_m: Floats


def storm_scores(storms: Sequence[Judged], cases: Cases) -> list[StormScores]:
    """All storms, the worst first: by the model's error at 30 min; those without a flood last."""
    errors = _errors(cases)
    rows = []
    for judged in storms:
        own = cases.storm == judged.truth.storm
        rows.append(
            StormScores(
                storm=judged.truth.storm,
                low_points=len(judged.truth.records),
                floods=sum(map(len, judged.truth.floods.values())),
                deepest_m=_deepest(judged),
                mae_cm={name: {str(lead): _mean(cases, error, own, lead) for lead in SHOWN_LEAD_MIN} for name, error in errors.items()},
            )
        )
    return sorted(rows, key=lambda row: (-(row.mae_cm["model"][str(SORTED_BY_LEAD_MIN)] or -1.0), row.storm))


def point_scores(storms: Sequence[Judged], cases: Cases) -> list[PointScores]:
    """Points that were flooded or had an alarm, the worst first."""
    errors = _errors(cases)
    names = {point.low_point_id: point.name_en or point.name for judged in storms for point in judged.truth.city.low_points}
    rows = []
    for low_point, name in names.items():
        own = cases.low_point == low_point
        levels = [_level(storms, low_point, level) for level in LEVELS]
        floods = [len(judged.truth.floods.get(low_point, [])) for judged in storms]
        if not sum(floods) and not any(row.false_alarms for row in levels):
            continue
        rows.append(
            PointScores(
                low_point=low_point,
                name=name or low_point,
                floods=sum(floods),
                deepest_m=max(_deepest(judged, low_point) for judged in storms),
                mae_cm={rule: _mean(cases, error, own, SORTED_BY_LEAD_MIN) for rule, error in errors.items()},
                levels=[row for row in levels if row.crossings or row.false_alarms],
            )
        )
    return sorted(rows, key=lambda row: (-(row.mae_cm["model"] or -1.0), row.low_point))


def worst_fans(storms: Sequence[Judged], ordered: Sequence[StormScores], cases: Cases) -> list[Fan]:
    """A fan chart of each of the worst storms: the flood with the greatest sum of errors at 30 min."""
    error = np.nan_to_num(_errors(cases)["model"][:, int(np.flatnonzero(LEAD_MIN == SORTED_BY_LEAD_MIN)[0])])
    judged_of = {judged.truth.storm: judged for judged in storms}
    fans = []
    for row in ordered[:WORST]:
        own = np.flatnonzero(cases.storm == row.storm)
        if len(own):
            numbers, place = np.unique(cases.event[own], return_inverse=True)
            worst = int(numbers[np.argmax(np.bincount(place.reshape(-1), error[own]))])
            fans.append(_fan(judged_of[row.storm], cases.pick(own[cases.event[own] == worst])))
    return fans


def _fan(judged: Judged, cases: Cases) -> Fan:
    low_point = str(cases.low_point[0])
    flood: Flood = next(f for f in judged.truth.floods[low_point] if f.number == cases.event[0])
    record = judged.truth.records[low_point]
    shown = (record.time_us >= flood.start_us - HOUR_US // 2) & (record.time_us <= flood.end_us + 2 * HOUR_US)
    rows = np.unique(np.linspace(0, len(cases) - 1, ISSUES + 1).astype(np.int64)[:-1])
    rows = rows[cases.there[rows]]
    return Fan(
        storm=judged.truth.storm,
        low_point=low_point,
        time_us=record.time_us[shown],
        depth_m=record.depth_m[shown],
        issued_us=cases.issued_us[rows],
        known_m=cases.known_m[rows],
        quantiles_m=cases.quantiles_m[rows].reshape(len(rows), len(QUANTILES), len(LEAD_MIN)),
        ladder_m=cases.thresholds_m[0],
    )


def _level(storms: Sequence[Judged], low_point: str, level: int) -> PointLevel:
    own = [one for judged in storms for one in judged.outcomes[level, "model"] if one.low_point == low_point]
    return PointLevel(
        level=level,
        crossings=sum(one.crossed_us is not None for one in own),
        in_time=sum(one.in_time for one in own),
        false_alarms=sum(one.crossed_us is None for one in own),
        lead_min=leads_of(own),
    )


def _deepest(judged: Judged, low_point: str | None = None) -> float:
    records = judged.truth.records
    return max((float(r.depth_m.max(initial=0.0)) for name, r in records.items() if low_point in (None, name)), default=0.0)


def _errors(cases: Cases) -> dict[str, Floats]:
    said = {"model": median_m(cases)} | {name: rule(cases) for name, rule in RULES.items()}
    return {name: np.asarray(np.abs(depth_m - cases.observed_m) * 100, float) for name, depth_m in said.items()}


def _mean(cases: Cases, error: Floats, own: Bools, lead_min: int) -> float | None:
    at_lead = error[:, int(np.flatnonzero(lead_min == LEAD_MIN)[0])]
    weight = rules.event_weights(cases, own & ~np.isnan(at_lead))
    return round(float((weight * np.nan_to_num(at_lead)).sum() / weight.sum()), 3) if weight.any() else None
