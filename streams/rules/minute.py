"""What falls due at each whole minute: forecasts, levels by forecast, waiting step-downs, renewals, and all that holds, said again."""

from __future__ import annotations

import numpy as np

from streams.observation.moments import to_text
from streams.rules import danger, evidence, levels, limits
from streams.rules.forecast_levels import review_levels
from streams.rules.forecasts import issue_forecasts, wet_lately
from streams.rules.fusion import Fused, fuse, highest_m, remember
from streams.rules.outputs import PointState, Standing
from streams.rules.point_state import BASES, held_level, state_of, told
from streams.rules.rain import district_mm
from streams.rules.rain_signals import review_signal
from streams.rules.reported import end_reports
from streams.rules.rungs import rungs
from streams.rules.state import LATER_US
from streams.rules.station_states import station_states
from streams.rules.trial import judge
from streams.rules.trust import agree
from streams.rules.walking import look_further
from streams.rules.water import tell_water
from streams.rules.why import why
from streams.rules.work import Work
from streams.rules.zone_states import zone_states


def act_minute(work: Work) -> None:
    """Everything that is due at a whole minute of log time."""
    fused = fuse(work.plan, work.state, work.now_us)
    remember(work.state, fused)
    judge(work, fused)
    outlook = issue_forecasts(work, fused)
    review_levels(work, outlook)
    _let_down(work, fused)
    end_reports(work)
    _other_sources(work)
    waiting = np.flatnonzero(work.state.waiting & (work.state.measured > 0)).tolist()
    work.state.waiting[:] = False
    for point in waiting:
        levels.step_down(work, point)
    look_further(work, outlook)
    danger.renew(work)
    review_signal(work)
    _say_again(work, fused)
    tell_water(work, outlook)


def _let_down(work: Work, fused: Fused) -> None:
    """Water that has fallen may climb again, and is looked at again then: past one rung more than it stands on, and a dry road past any."""
    state, stands = work.state, rungs(np.maximum(fused.depth_m, highest_m(work.plan, work.state)))
    state.rung = np.minimum(state.rung, np.where(stands > 0, stands + 1, 0))
    state.climbed[:] = False
    state.look_us = LATER_US


def _other_sources(work: Work) -> None:
    """A level that one sensor raised alone is confirmed when another source at the point agrees."""
    state = work.state
    for point in np.flatnonzero(state.unconfirmed & (state.measured > 0)).tolist():
        agrees = evidence.other_source(work, point, int(state.raised_by[point]), int(state.measured[point]))
        if agrees:
            agree(work, point, agrees)


def _say_again(work: Work, fused: Fused) -> None:
    state, plan = work.state, work.plan
    moving = wet_lately(work, fused).tolist()
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
                why=why(work, place),
                moving=moving[place],
            )
        )
    open_incidents = [state.incidents[zone].identifier for zone in sorted(state.incidents)]
    rain_mm = round(district_mm(work, limits.RAIN_WINDOW_MIN), 2)
    zones = zone_states(work)
    level = max((held.held_level for held in rows), default=0)
    level = max(level, max((zone.level for zone in zones), default=0))
    stations = station_states(work)
    work.outputs.append(Standing(plan.district_id, work.issued_at, rain_mm, rows, open_incidents, state.signal, zones, level, stations))
