"""How each station stands with its district, for the minute's word: well, silent, suspect, set aside or never heard, and why."""

from __future__ import annotations

import numpy as np

from streams.observation.moments import MINUTE_US, to_text
from streams.rules import limits, quality
from streams.rules.outputs import StationState, StationWord
from streams.rules.state import NEVER_US
from streams.rules.work import Work

MOST_STATIONS = 500
"""A district of more tells only of those that are not well: a word of every minute must stay small."""


def station_states(work: Work) -> list[StationState]:
    """All stations of the district in their order, or of a large one those that are not well."""
    state, plan = work.state, work.plan
    count = len(plan.stations)
    whole = count <= MOST_STATIONS
    quiet = _quiet(work)
    places = range(count) if whole else np.flatnonzero(_maybe_unwell(work, quiet)).tolist()
    newest_us, raw = state.newest_us.tolist(), state.raw_m.tolist()
    found = []
    for station in places:
        word, why = _word(work, station, bool(quiet[station]))
        if whole or word != "ok":
            spoke = newest_us[station] > NEVER_US
            seen, value = (to_text(newest_us[station]), round(raw[station], 4)) if spoke else (None, None)
            found.append(StationState(plan.stations[station].station_id, word, why, seen, value))
    return found


def _quiet(work: Work) -> np.ndarray:
    """Stations that have been silent for too long.

    The rules follow the silence of those that make a point known; of all others only the time of the newest reading is remembered, and
    what comes late is not silence yet. Nobody waits for reports of citizens.
    """
    state, plan = work.state, work.plan
    reports = np.array([station.kind == "reports" for station in plan.stations], bool)
    others = ~plan.gives_depth & ~reports & (state.newest_us + plan.silent_after_us + limits.LATE_US < work.now_us)
    return np.asarray(np.where(plan.gives_depth, state.silent, others), bool)


def _maybe_unwell(work: Work, quiet: np.ndarray) -> np.ndarray:
    """Whatever `_word` may have something to say of; in columns, for large districts."""
    state, plan = work.state, work.plan
    found = quiet | (state.newest_us == NEVER_US) | (plan.gives_depth & (state.trusted_us != state.newest_us))
    found[[*state.aside, *state.held, *state.watched, *state.against]] = True
    return np.asarray(found, bool)


def _word(work: Work, station: int, quiet: bool) -> tuple[StationWord, str]:
    state = work.state
    aside = state.aside.get(station)
    if aside is not None:
        return "aside", f"set aside by {aside.officer} until {to_text(aside.until_us)}: {aside.reason}"
    if state.newest_us[station] == NEVER_US:
        return ("ok", "") if work.plan.stations[station].kind == "reports" else ("never", "nothing has come from it yet")
    doubt = _doubt(work, station) if work.plan.gives_depth[station] else ""
    if not quiet:
        return ("suspect", doubt) if doubt else ("ok", "")
    silent_us = int(work.plan.silent_after_us[station])
    speaks = work.now_us - int(state.newest_us[station]) <= silent_us
    if speaks:
        return "suspect", doubt or f"nothing trusted from it for {silent_us // MINUTE_US} min"
    return "silent", f"nothing for over {silent_us // MINUTE_US} min"


def _doubt(work: Work, station: int) -> str:
    """Why the newest reading of a sensor that speaks is not taken at its word; "" where it is."""
    state, plan = work.state, work.plan
    held, watch = state.held.get(station), state.watched.get(station)
    if held is not None:
        return f"a sudden rise to {held.value:.2f} m waits until {to_text(held.due_us)} for a second reading, rain or a wet neighbour"
    if station in state.against:
        return f"{float(state.raw_m[station]):.2f} m, and two cameras deny it: {state.against[station]}"
    if state.trusted_us[station] != state.newest_us[station]:
        return _not_trusted(work, station, float(state.raw_m[station]))
    if watch is not None and state.unconfirmed[plan.point_of[station]]:
        return f"a sudden rise to {watch.value:.2f} m at {to_text(watch.since_us)} that nothing has confirmed"
    return ""


def _not_trusted(work: Work, station: int, value_m: float) -> str:
    state, plan = work.state, work.plan
    high_m = float(plan.range_high_m[station])
    if quality.out_of_range(value_m, high_m):
        return f"{value_m:.2f} m is outside {limits.RANGE_LOW_M} to {high_m:g} m"
    flat_us = int(state.newest_us[station] - state.run_us[station])
    if value_m >= limits.WET_M and flat_us >= quality.flat_after_us(plan.stations[station].cadence_s):
        return f"{value_m:.2f} m without moving for {flat_us // MINUTE_US} min: stuck"
    watch = state.watched.get(station)
    if watch is not None:
        return f"{value_m:.2f} m stands flat since a rise that nothing confirmed: a thing under the sensor, not water"
    return "its newest reading is not believed"
