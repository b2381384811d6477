"""Tells a point's state when its level or basis changes, and takes measured levels down again (DESIGN 6 and 8)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.rules import danger, limits
from streams.rules.outputs import Warning
from streams.rules.point_state import BASES, state_of, told, unconfirmed
from streams.rules.state import NEVER_US, DistrictState
from streams.rules.work import Work, reading_id


def tell(work: Work, point: int, reason: str) -> None:
    """Give out the point's state if it changed, and let its zones answer."""
    state = work.state
    level, basis = state_of(work, point)
    if (level, basis) != (state.shown[point], state.shown_basis[point]):
        state.shown[point], state.shown_basis[point] = level, basis
        depth_m, readings = _deciding(work, point, level, basis)
        work.outputs.append(
            Warning(
                low_point=work.plan.points[point].low_point_id,
                issued_at=work.issued_at,
                level=told(level),
                basis=BASES[basis],
                unconfirmed=unconfirmed(work, point, level, basis),
                reason=reason,
                depth_m=round(depth_m, 3),
                readings=readings,
                number=work.number(),
            )
        )
    danger.review(work, work.plan.zones_of[point], f"{work.plan.points[point].low_point_id}: {reason}")


def _deciding(work: Work, point: int, level: int, basis: int) -> tuple[float, list[str]]:
    """Depth in m and identities of the readings that decided."""
    state, plan = work.state, work.plan
    if BASES[basis] == "forecast":
        return float(state.median_m[point]), []
    if BASES[basis] == "officer":
        return float(work.plan.thresholds_m[point, level - 1]), []
    if BASES[basis] == "report":
        return float(state.report_m[point]), [state.decided.get(-1 - point, "")]
    if level > 0 and state.high_us[point, level - 1] == work.now_us and point in state.decided:
        return float(state.decided_m[point]), [state.decided[point]]
    stations = [s for s in plan.stations_of[point] if plan.gives_depth[s] and state.trusted_us[s] > 0]
    if not stations:
        return 0.0, []
    newest = max(stations, key=lambda s: (int(state.trusted_us[s]), -s))
    return float(state.trusted_m[newest]), [reading_id(plan, newest, int(state.trusted_us[newest]))]


def low_since_us(state: DistrictState) -> npt.NDArray[np.int64]:
    """Since when each point is known to stand below its measured level; what was not seen does not count (law 3). Shape (P,)."""
    level = np.maximum(state.measured - 1, 0)
    return np.maximum(state.high_us[np.arange(len(level)), level], state.watched_us)


def step_down(work: Work, point: int) -> None:
    """Take the measured level down as far as 600 s of low readings and the forecast allow; wait for the forecast otherwise."""
    state = work.state
    while state.measured[point] > 0 and work.now_us >= low_since_us(state)[point] + limits.DOWN_US:
        if not _may_step_down(work, point, int(state.measured[point])):
            state.waiting[point] = True
            break
        state.waiting[point] = False
        state.measured[point] -= 1
    if state.measured[point] == 0:
        state.unconfirmed[point] = False
    tell(work, point, "600 s below the level, and the forecast stays below it")


def _may_step_down(work: Work, point: int, level: int) -> bool:
    """Low readings must have been seen lately, more than one of them, and the forecast must agree."""
    state = work.state
    seen = not state.unknown[point] and state.known_us[point] >= work.now_us - limits.DOWN_US
    low = seen and _low_readings(work, point, level) >= limits.DOWN_READINGS
    return bool(low and state.median_m[point] < work.plan.thresholds_m[point, level - 1])


def _low_readings(work: Work, point: int, level: int) -> int:
    """Readings since the water last stood above the level, at most one a minute counted."""
    state = work.state
    high_us = int(state.high_us[point, level - 1])
    newest_us = max((int(state.trusted_us[s]) for s in work.plan.stations_of[point] if work.plan.gives_depth[s]), default=NEVER_US)
    return int((state.history_us[point] > high_us).sum()) + int(newest_us > max(high_us, int(state.history_us[point, -1])))
