"""Says why a point stands where it stands, and why it does not do what one might expect: each non-change that somebody may ask about."""

from __future__ import annotations

from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.rules import limits
from streams.rules.levels import low_since_us
from streams.rules.point_state import BASES, levels_of
from streams.rules.work import Work


def why(work: Work, point: int) -> str:
    """In words; "" for a point at rest."""
    return "; ".join([*_levels(work, point), *_not_down(work, point), *_not_up(work, point), *_by_hand(work, point)])


def _levels(work: Work, point: int) -> list[str]:
    levels = levels_of(work, point)
    found = [f"level {level} {basis}" for basis, level in zip(BASES, levels, strict=True) if level > 0]
    if work.state.unconfirmed[point] and any(levels):
        found.append("one sensor alone says so, and nothing confirms it")
    if work.state.unknown[point]:
        found.append("unknown: nothing trusted comes from its stations, and unknown ends no level")
    return found


def _not_down(work: Work, point: int) -> list[str]:
    """Why a measured level does not end yet."""
    state, level = work.state, int(work.state.measured[point])
    if level == 0:
        return []
    below_m = max(float(work.plan.low_m[point, level - 1]), 0.0)
    low_us = work.now_us - int(low_since_us(state)[point])
    if low_us < limits.DOWN_US:
        return [f"low for {max(low_us, 0) // SECOND_US} of {limits.DOWN_US // SECOND_US} s: it ends after that long below {below_m:.2f} m"]
    if state.unknown[point] or state.known_us[point] < work.now_us - limits.DOWN_US:
        return ["it does not end while nobody sees the water"]
    if state.median_m[point] >= work.plan.thresholds_m[point, level - 1]:
        return [f"it does not end: {state.median_m[point]:.2f} m are forecast within {limits.FORECAST_LEAD_MIN} min"]
    return [f"it ends when {limits.DOWN_READINGS} readings were low"]


def _not_up(work: Work, point: int) -> list[str]:
    """What was read and does not count, or not yet."""
    state, plan = work.state, work.plan
    found = []
    for station in plan.stations_of[point]:
        name = plan.stations[station].station_id
        if station in state.held:
            held = state.held[station]
            found.append(f"{held.value:.2f} m at {name} wait until {to_text(held.due_us)} for a second reading, rain or a wet neighbour")
        if station in state.aside:
            aside = state.aside[station]
            found.append(f"{name} is set aside by {aside.officer} until {to_text(aside.until_us)}: {aside.reason}")
        elif plan.gives_depth[station] and state.silent[station]:
            found.append(f"{name} is silent for over {plan.silent_after_us[station] // MINUTE_US} min")
    return found


def _by_hand(work: Work, point: int) -> list[str]:
    entry = work.state.points_by_hand.get(point)
    if entry is None:
        return []
    what = f"level {entry.level} held" if entry.level else "closed, so that only what is measured counts,"
    return [f"{what} by {entry.officer} until {to_text(entry.until_us)}: {entry.reason}"]
