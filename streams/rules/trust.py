"""Takes in a trusted depth: what it does to its point at once (law 1) and to the neighbours that waited for support."""

from __future__ import annotations

from streams.observation.moments import MINUTE_US
from streams.rules import danger, evidence, levels, limits
from streams.rules.rungs import rungs
from streams.rules.state import Watch
from streams.rules.work import Work, reading_id


def trust(work: Work, station: int, value_m: float, observed_us: int, reading: str) -> None:
    """Believe a depth: the newest of its station."""
    state = work.state
    state.trusted_us[station], state.trusted_m[station] = observed_us, max(value_m, 0.0)
    hear_again(work, station)
    count_in(work, station, value_m, observed_us, reading)
    levels.tell(work, int(work.plan.point_of[station]), "measured again")


def hear_again(work: Work, station: int) -> None:
    """A trusted reading ends a silence, and with it the not knowing of the point."""
    state, point = work.state, int(work.plan.point_of[station])
    state.believed_us[station] = work.now_us
    state.silent[station] = False
    if state.unknown[point] or state.watched_us[point] < 0:
        state.watched_us[point] = work.now_us
        state.unknown[point] = False
    state.known_us[point] = work.now_us


def count_in(work: Work, station: int, value_m: float, observed_us: int, reading: str) -> None:
    """What a trusted depth means for its point, newest or late: wetness, time above each level, and the level itself."""
    state, plan, point = work.state, work.plan, int(work.plan.point_of[station])
    observed_us = min(observed_us, work.now_us)
    for place in range(4):
        if value_m >= plan.low_m[point, place]:
            state.high_us[point, place] = max(int(state.high_us[point, place]), observed_us)
    if value_m >= limits.WET_M:
        _wet(work, point, observed_us)
        _climb(work, point, value_m)
    level = int((value_m >= plan.thresholds_m[point]).sum())
    if level > state.measured[point]:
        _raise(work, station, level, value_m, reading)


def _climb(work: Work, point: int, value_m: float) -> None:
    """Water that climbs past a rung is looked at without waiting for the whole minute."""
    state, rung = work.state, int(rungs(value_m))
    if rung > state.rung[point]:
        state.rung[point], state.climbed[point] = rung, True
        # never at the instant of a whole minute: that has had its lines, and a message may come clamped to it
        earliest_us = max(work.now_us, state.next_minute_us - MINUTE_US + 1, state.looked_us + limits.LOOK_US)
        state.look_us = min(state.look_us, earliest_us)


def _raise(work: Work, station: int, level: int, value_m: float, reading: str) -> None:
    state, point = work.state, int(work.plan.point_of[station])
    state.measured[point] = level
    state.high_us[point, :level] = work.now_us
    state.waiting[point] = False
    confirms = evidence.witness(work, station, level, value_m)
    state.unconfirmed[point] = not confirms
    state.decided[point], state.decided_m[point], state.raised_by[point] = reading, value_m, station
    if confirms:
        work.note(station, reading, ["confirmed"], f"confirmed by: {confirms}")
    levels.tell(work, point, f"{value_m:.3f} m at {work.plan.stations[station].station_id}")


def _wet(work: Work, point: int, observed_us: int) -> None:
    state = work.state
    news = state.wet_us[point] < work.now_us - limits.NEIGHBOUR_US <= observed_us
    state.wet_us[point] = max(int(state.wet_us[point]), observed_us)
    if news:
        support(work, [int(p) for p in work.plan.neighbours[point].nonzero()[0]], "a neighbour is wet")


def support(work: Work, points: list[int], reason: str) -> None:
    """Rain or a wet neighbour came: what was held there is believed now, what was unconfirmed is confirmed."""
    for station in [s for s in sorted(work.state.held) if int(work.plan.point_of[s]) in points]:
        believe(work, station, reason)
    for point in points:
        _not_alone(work, point, reason)


def agree(work: Work, point: int, reason: str) -> None:
    """Another source saw what one sensor raised alone: that is confirmed; of what is held there only what another source saw too.

    A report of a wet road says nothing of a reading of two metres.
    """
    state, plan = work.state, work.plan
    for station in [s for s in sorted(state.held) if int(plan.point_of[s]) == point]:
        held = state.held.get(station)
        seen = evidence.agreeing(work, point, station, held.value) if held else ""
        if seen:
            believe(work, station, seen)
    _not_alone(work, point, reason)


def _not_alone(work: Work, point: int, reason: str) -> None:
    for station in work.plan.stations_of[point]:
        work.state.watched.pop(station, None)
    if work.state.unconfirmed[point]:
        confirm(work, point, reason)


def confirm(work: Work, point: int, reason: str) -> None:
    """A level that one sensor carried alone is no longer alone."""
    state = work.state
    state.unconfirmed[point] = False
    if point in state.decided and state.raised_by[point] >= 0:
        work.note(int(state.raised_by[point]), state.decided[point], ["confirmed"], f"confirmed by: {reason}")
    danger.review(work, work.plan.zones_of[point])


def believe(work: Work, station: int, reason: str) -> None:
    """A held reading is believed, because its jump stayed, its time ran out or support came."""
    held = work.state.held.pop(station, None)
    if held is None:
        return  # believed already, with a neighbour that was held at the same time
    point = int(work.plan.point_of[station])
    work.note(station, held.reading, ["believed"], reason)
    trust(work, station, held.value, held.observed_us, held.reading)
    if not evidence.supported(work, point):
        work.state.watched[station] = Watch(held.value, held.observed_us)


def deny(work: Work, station: int, reason: str) -> None:
    """A held reading is not believed, because what looked since does not see it."""
    held = work.state.held.pop(station)
    work.note(station, held.reading, ["against_cameras"], reason)


def newest_reading(work: Work, point: int) -> tuple[str, float]:
    """Identity and depth of the newest trusted reading at a point."""
    state, plan = work.state, work.plan
    stations = [s for s in plan.stations_of[point] if plan.gives_depth[s]]
    newest = max(stations, key=lambda s: (int(state.trusted_us[s]), -s), default=None)
    if newest is None or state.trusted_us[newest] < 0:
        return "", 0.0
    return reading_id(plan, newest, int(state.trusted_us[newest])), float(state.trusted_m[newest])
