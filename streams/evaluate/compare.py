"""From the outputs of a run and the truth to the cases that are scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from models.verify.alarms import Alarm, Outcome, match, merged, trend_alarm
from models.verify.cases import Cases, Told, Watched, cases_on_grid, cases_while_wet, join
from models.verify.record import Floats, Record
from streams.city.model import LowPoint
from streams.evaluate.truth import Truth
from streams.observation.moments import parse_us
from streams.rules.outputs import LEAD_MIN, QUANTILES, Forecast, Output, Warning

LEVELS = (1, 2, 3, 4)
ALARM_RULES = ("model", "trend")


@dataclass(frozen=True)
class Judged:
    """One storm: cases while wet and on the grid, and outcomes of alarms by (level, rule)."""

    truth: Truth
    wet: Cases
    grid: Cases
    outcomes: dict[tuple[int, str], list[Outcome]]


def judge(truth: Truth, outputs: Iterable[Output]) -> Judged:
    """Lay what was forecast beside what was measured, point by point; points without a record cannot be judged."""
    said, warned = _by_point(outputs)
    wet, grid = [], []
    outcomes: dict[tuple[int, str], list[Outcome]] = {(level, rule): [] for level in LEVELS for rule in ALARM_RULES}
    for point in truth.city.low_points:
        name = point.low_point_id
        record = truth.records.get(name, Record(np.zeros(0, np.int64), np.zeros(0)))
        ladder_m = ladder(point)
        watched = Watched(truth.storm, name, ladder_m, record, told(point, said.get(name, [])))
        wet.append(cases_while_wet(watched, truth.floods.get(name, [])))
        grid.append(cases_on_grid(watched, truth.start_us, truth.end_us))
        for level in LEVELS if len(record.time_us) else ():
            threshold_m = float(ladder_m[level - 1])
            if np.isfinite(threshold_m):
                spells = record.spells(threshold_m)
                own = alarms_of(warned.get(name, []), level, truth.end_us)
                outcomes[level, "model"] += match(truth.storm, name, spells, own)
                outcomes[level, "trend"] += match(truth.storm, name, spells, trend_alarm(record, threshold_m))
    return Judged(truth, join(wet), join(grid), outcomes)


def ladder(point: LowPoint) -> Floats:
    """Depth of levels 1 to 4 in m, infinite where the point has none, shape (4,)."""
    depth_m = np.full(len(LEVELS), np.inf)
    for rung in point.levels:
        depth_m[rung.level - 1] = rung.depth_m
    return depth_m


def told(point: LowPoint, forecasts: list[Forecast]) -> Told:
    """A point's forecasts in columns, in order of issue."""
    leads = len(LEAD_MIN)
    ordered = sorted(((moment(one.issued_at), one) for one in forecasts), key=lambda pair: pair[0])
    place = {round(rung.depth_m, 6): rung.level - 1 for rung in point.levels}
    p_exceed = np.zeros((len(ordered), len(LEVELS), leads))
    for row, (_, one) in enumerate(ordered):
        for chance in one.p_exceed:
            p_exceed[row, place[round(chance.threshold_m, 6)]] = chance.p
    depth_m = [[one.depth_m[name] for name in QUANTILES] for _, one in ordered]
    return Told(
        issued_us=np.array([issued_us for issued_us, _ in ordered], np.int64),
        quantiles_m=np.array(depth_m, float).reshape(len(ordered), len(QUANTILES), leads),
        p_exceed=p_exceed,
    )


def alarms_of(warnings: list[Warning], level: int, end_us: int) -> list[Alarm]:
    """Spells over which a point stood at the level or above by forecast."""
    changes = sorted(((moment(one.issued_at), one.number, one) for one in warnings), key=lambda change: change[:2])
    ends = [issued_us for issued_us, _, _ in changes[1:]] + [max(end_us, changes[-1][0] if changes else 0)]
    spans = zip(changes, ends, strict=False)
    return merged(
        [
            Alarm(start_us, until_us)
            for (start_us, _, one), until_us in spans
            if one.basis == "forecast" and isinstance(one.level, int) and one.level >= level
        ]
    )


def moment(text: str) -> int:
    """Microseconds since 1970 of a time that we wrote ourselves."""
    time_us = parse_us(text)
    assert time_us is not None
    return time_us


def _by_point(outputs: Iterable[Output]) -> tuple[dict[str, list[Forecast]], dict[str, list[Warning]]]:
    said: dict[str, list[Forecast]] = {}
    warned: dict[str, list[Warning]] = {}
    for output in outputs:
        if isinstance(output, Forecast):
            said.setdefault(output.low_point, []).append(output)
        elif isinstance(output, Warning):
            warned.setdefault(output.low_point, []).append(output)
    return said, warned
