"""What falls due at each whole minute: forecasts, levels by forecast, waiting step-downs, renewals, and all that holds, said again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.observation.moments import to_text
from streams.rules import danger, evidence, levels, limits
from streams.rules.forecasts import issue_forecasts
from streams.rules.fusion import Fused, fuse, remember
from streams.rules.outputs import PointState, Standing
from streams.rules.point_state import BASES, held_level, state_of, told
from streams.rules.rain import district_mm
from streams.rules.trust import support
from streams.rules.work import Work

Floats = npt.NDArray[np.float64]


def act_minute(work: Work) -> None:
    """Everything that is due at a whole minute of log time."""
    fused = fuse(work.plan, work.state)
    remember(work.state, fused)
    chance = issue_forecasts(work, fused)
    _levels_by_forecast(work, chance)
    _end_reports(work)
    _other_sources(work)
    waiting = np.flatnonzero(work.state.waiting & (work.state.measured > 0)).tolist()
    work.state.waiting[:] = False
    for point in waiting:
        levels.step_down(work, point)
    danger.renew(work)
    _say_again(work, fused)


def _levels_by_forecast(work: Work, chance: Floats) -> None:
    """Raise where the chance is high; take down, after ten minutes at least, where it is no longer likely (DESIGN 8)."""
    state = work.state
    raised = (chance >= limits.FORECAST_RAISE_P).sum(axis=1)
    kept = np.minimum((chance >= limits.FORECAST_KEEP_P).sum(axis=1), state.forecast)
    stood = state.forecast_us <= work.now_us - limits.FORECAST_HOLD_US
    level = np.where(raised > state.forecast, raised, np.where(stood, np.maximum(kept, raised), state.forecast))
    for point in np.flatnonzero(level != state.forecast).tolist():
        if level[point] > state.forecast[point]:
            state.forecast_us[point] = work.now_us
        state.forecast[point] = level[point]
        told_chance = f"chance {chance[point, max(int(level[point]) - 1, 0)]:.2f} within {limits.FORECAST_LEAD_MIN} min"
        levels.tell(work, point, told_chance)


def _end_reports(work: Work) -> None:
    state = work.state
    for point in np.flatnonzero((state.reported > 0) & (state.reported_us <= work.now_us - limits.REPORT_US)).tolist():
        state.reported[point] = 0
        levels.tell(work, point, "the report is half an hour old")


def _other_sources(work: Work) -> None:
    """A level that one sensor raised alone is confirmed when another source at the point agrees."""
    state = work.state
    for point in np.flatnonzero(state.unconfirmed & (state.measured > 0)).tolist():
        if evidence.other_source_agrees(work, point, int(state.raised_by[point]), int(state.measured[point])):
            support(work, [point], "another source agrees")


def _say_again(work: Work, fused: Fused) -> None:
    state, plan = work.state, work.plan
    rows = []
    for place, point in enumerate(plan.points):
        level, basis = state_of(work, place)
        seen = int(fused.observed_us[place])
        known = seen > 0
        rows.append(
            PointState(
                low_point=point.low_point_id,
                level=told(level) if known or level > 0 else "unknown",
                held_level=held_level(work, place),
                basis=BASES[basis],
                unconfirmed=bool(state.unconfirmed[place]),
                depth_m=round(float(fused.depth_m[place]), 3) if known else None,
                observed_at=to_text(seen) if known else None,
            )
        )
    open_incidents = [state.incidents[zone].identifier for zone in sorted(state.incidents)]
    work.outputs.append(
        Standing(plan.district_id, work.issued_at, round(district_mm(work, limits.RAIN_WINDOW_MIN), 2), rows, open_incidents)
    )
