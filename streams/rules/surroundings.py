"""Hears what is said about a point's surroundings: pumps, the river's stage and the rain that a bureau expects."""

from __future__ import annotations

from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.observation.observation import Extra
from streams.rules.rain import KEPT_MIN
from streams.rules.state import Coming
from streams.rules.work import Work

LONGEST_US = 24 * HOUR_US
MOST_PERIODS = 300


def hear_surroundings(work: Work, kind: str, station: int, observed_us: int, value: float, extra: Extra) -> None:
    """Take in one observation of a pump, a river gauge or a bureau; older news than what stands changes nothing."""
    if kind == "pump":
        _hear_pump(work, station, observed_us, value)
    elif kind == "stage":
        _hear_stage(work, station, observed_us, value)
    elif kind == "bureau":
        _hear_bureau(work, station, observed_us, value, extra)


def _hear_pump(work: Work, station: int, observed_us: int, value: float) -> None:
    point = int(work.plan.point_of[station])
    if point >= 0 and observed_us > work.state.newest_us[station]:
        work.state.pump_on[point] = value


def _hear_stage(work: Work, station: int, observed_us: int, value: float) -> None:
    minutes = work.state.stage.setdefault(station, {})
    minutes[int(observed_us // MINUTE_US)] = value
    newest = max(minutes)
    for minute in [old for old in minutes if old < newest - KEPT_MIN]:
        del minutes[minute]


def _hear_bureau(work: Work, station: int, observed_us: int, value: float, extra: Extra) -> None:
    """Periods of one issue stand together; a newer issue takes the place of all of them. Only the median of several quantiles counts."""
    if extra.quantile is not None and abs(extra.quantile - 0.5) > 1e-9:
        return
    period_us = round((extra.period_s or 0.0) * SECOND_US)
    if value < 0 or not 0 < period_us <= LONGEST_US:
        return
    issued_us = extra.issued_at_us if extra.issued_at_us is not None else observed_us
    period = (observed_us, observed_us + period_us, value)
    before = work.state.coming.get(station)
    if before is None or issued_us > before.issued_us:
        work.state.coming[station] = Coming(issued_us, (period,))
    elif issued_us == before.issued_us and len(before.periods) < MOST_PERIODS:
        work.state.coming[station] = Coming(issued_us, (*before.periods, period))
