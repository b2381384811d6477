"""What falls due at an exact instant of log time: holds, silences, step-downs, ends of what was done by hand, written release rules and
whole minutes, in this order."""

from __future__ import annotations

import numpy as np

from streams.observation.moments import MINUTE_US
from streams.rules import by_hand, danger, evidence, eyes, levels, limits
from streams.rules.look import look_ahead
from streams.rules.minute import act_minute
from streams.rules.rain import district_mm, rain_unknown
from streams.rules.rows import Rows
from streams.rules.state import LATER_US
from streams.rules.trust import believe, deny
from streams.rules.work import Work


def next_due_us(work: Work) -> int:
    """The next instant at which something may be due; far away if nothing is."""
    if work.due_us is None:
        work.due_us = _look_ahead_us(work)
    return work.due_us


def _look_ahead_us(work: Work) -> int:
    state = work.state
    held = min((held.due_us for held in state.held.values()), default=LATER_US)
    silence, down = _silence_due_us(work).min(initial=LATER_US), _down_due_us(work).min(initial=LATER_US)
    decided = min(by_hand.next_end_us(state), min((incident.due_us for incident in state.incidents.values()), default=LATER_US))
    return min(held, int(silence), int(down), state.next_minute_us, state.look_us, decided)


def _silence_due_us(work: Work) -> np.ndarray:
    state, plan = work.state, work.plan
    return np.where(state.silent | ~plan.gives_depth, LATER_US, state.believed_us + plan.silent_after_us)


def _down_due_us(work: Work) -> np.ndarray:
    state = work.state
    return np.where((state.measured > 0) & ~state.waiting, levels.low_since_us(state) + limits.DOWN_US, LATER_US)


def act(work: Work, rows: Rows, due_us: int, row: int) -> None:
    """Act on all that is due at one instant; `row` is the next reading, for what changes for those after it."""
    state = work.state
    work.now_us, work.due_us = due_us, None
    measured, rung = state.measured.copy(), state.rung.copy()
    for station in [s for s, held in sorted(state.held.items()) if held.due_us <= due_us]:
        _end_hold(work, station)
        rows.attend_next(station, row - 1)
    for station in np.flatnonzero(_silence_due_us(work) <= due_us).tolist():
        _fall_silent(work, station)
        rows.attend_next(station, row - 1)
    for point in np.flatnonzero(_down_due_us(work) <= due_us).tolist():
        levels.step_down(work, point)
    by_hand.end_due(work)
    danger.act_due(work)
    if state.next_minute_us <= due_us:
        state.next_minute_us = due_us + MINUTE_US
        act_minute(work)
    elif state.look_us <= due_us:
        look_ahead(work)
    for changed in np.flatnonzero((state.measured != measured) | (state.rung != rung)).tolist():
        rows.levels_changed(changed, row)


def _end_hold(work: Work, station: int) -> None:
    """A jump that nothing denied for 60 s is believed."""
    if station not in work.state.held:
        return  # believed already, with a neighbour that was held at the same time
    denied = eyes.denied_at_due(work, station)
    counts = eyes.counts_though_denied(work, station, work.state.held[station].value) if denied else ""
    if denied:
        work.state.against[station] = denied
    if denied and not counts:
        deny(work, station, f"two cameras deny it: {denied}")
    else:
        denies = f"; two cameras deny it, and it counts, for {counts}: {denied}" if denied else ""
        believe(work, station, f"no other reading within 60 s{denies}")


def _fall_silent(work: Work, station: int) -> None:
    """Nothing trusted for three cadences: the point is unknown when all its stations are silent (law 3)."""
    state, plan, point = work.state, work.plan, int(work.plan.point_of[station])
    state.silent[station] = True
    own = [other for other in plan.stations_of[point] if plan.gives_depth[other]]
    if all(state.silent[other] for other in own) and not state.unknown[point]:
        state.unknown[point] = True
        silent_min = plan.silent_after_us[station] / MINUTE_US
        levels.tell(work, point, f"nothing trusted from {plan.stations[station].station_id} for {silent_min:.0f} min{_attention(work)}")


def _attention(work: Work) -> str:
    """What the rain adds to a point's being unknown; that of a gauge that does not speak is as unknown (law 3)."""
    if district_mm(work, limits.RAIN_WINDOW_MIN) >= limits.HEAVY_RAIN_MM:
        return ", in heavy rain: look there first"
    return f", and {evidence.NOBODY_KNOWS}: it may rain there" if rain_unknown(work) else ""
