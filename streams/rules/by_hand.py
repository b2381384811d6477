"""What officers do by hand: raise, hold or close a point or a zone, set a station aside, silence a zone; each ends by itself.

Water that is measured stands above all of it: no hand hides a level that a trusted sensor gives (law 1). Where the sensor is the error,
it is set aside first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from streams.observation.decision import Decision
from streams.observation.moments import to_text
from streams.rules import danger, levels, limits, orders
from streams.rules.outputs import Outcome
from streams.rules.point_state import held_level
from streams.rules.state import LATER_US, Asked, ByHand, DistrictState
from streams.rules.work import Work

Answer = tuple[Outcome, str]


def act_on_point(work: Work, decision: Decision, point: int) -> Answer:
    """Raise, hold, close or end at a low point."""
    state, plan = work.state, work.plan
    before = state.points_by_hand.get(point)
    if decision.act == "end":
        if before is None:
            return "refused", "nothing was done by hand here"
        if before.level and (lacking := _second(work, decision, "point", plan.points[point].low_point_id, plan.zones_of[point])):
            return lacking
        del state.points_by_hand[point]
        levels.tell(work, point, f"{decision.officer} ended what was done by hand: {decision.reason}")
        return "done", "ended"
    ladder = len(plan.points[point].levels)
    if decision.act == "close":
        return _close(work, decision, point)
    level = held_level(work, point) if decision.act == "hold" else decision.level or 0
    if not 1 <= level <= ladder:
        return "refused", f"there is no level {level} to {decision.act}: 1 to {ladder}" if level else "the point is at level 0: raise it"
    if before is not None and before.level > level:
        return "refused", f"{before.officer} holds it at level {before.level}: end that first"
    entry = _longer(before, _entry(decision, level))
    state.points_by_hand[point] = entry
    _answer_again(work, plan.zones_of[point])
    levels.tell(work, point, f"{decision.officer}: {decision.reason}")
    return "done", f"level {level} at least until {to_text(entry.until_us)}"


def _close(work: Work, decision: Decision, point: int) -> Answer:
    state, plan = work.state, work.plan
    measuring = [station for station in plan.stations_of[point] if plan.gives_depth[station] and station not in state.aside]
    if measuring and state.measured[point] > 0:
        return "refused", f"{plan.stations[measuring[0]].station_id} measures level {int(state.measured[point])}: set it aside first"
    if lacking := _second(work, decision, "point", plan.points[point].low_point_id, plan.zones_of[point]):
        return lacking
    if not measuring:
        # the officers' word takes the place of sensors that are all set aside
        state.measured[point], state.waiting[point], state.unconfirmed[point] = 0, False, False
    state.points_by_hand[point] = _entry(decision, 0)
    levels.tell(work, point, f"closed by {decision.officer}: {decision.reason}")
    return "done", f"nothing but measurements counts until {to_text(decision.until_us or 0)}"


def act_on_zone(work: Work, decision: Decision, zone: int) -> Answer:
    """Raise, hold, silence or end at a zone."""
    state, ladder = work.state, len(work.plan.city.levels)
    if decision.act == "silence":
        if not 1 <= (decision.level or 0) < limits.EVACUATE_LEVEL:
            return "refused", f"say up to which level: 1 to {limits.EVACUATE_LEVEL - 1}; nobody silences an evacuation"
        state.silences[zone] = _entry(decision, decision.level or 0)
        # a narrower one than before lets go of what it no longer covers
        danger.review(work, [zone], f"silenced up to level {decision.level} by {decision.officer}")
        orders.set_clock(work, zone)
        return "done", f"up to level {decision.level} until {to_text(decision.until_us or 0)}"
    name = work.plan.zones[zone].zone_id
    if decision.act == "end":
        if zone in state.zones_by_hand and (lacking := _second(work, decision, "zone", name, (zone,))):
            return lacking
        ended = [table.pop(zone, None) for table in (state.zones_by_hand, state.silences)]
        if not any(ended):
            return "refused", "nothing was done by hand here"
        danger.review(work, [zone], f"{decision.officer} ended what was done by hand: {decision.reason}")
        orders.set_clock(work, zone)
        return "done", "ended"
    if decision.act == "close":
        if zone not in state.zones_by_hand:
            return "refused", "no officer has raised this zone: close its points, or call its incident off"
        if lacking := _second(work, decision, "zone", name, (zone,)):
            return lacking
        del state.zones_by_hand[zone]
        danger.review(work, [zone], f"closed by {decision.officer}: {decision.reason}")
        return "done", "closed"
    level = danger.danger_of(work, zone).level if decision.act == "hold" else decision.level or 0
    if not 1 <= level <= ladder:
        return "refused", f"there is no level {level} to {decision.act}: 1 to {ladder}" if level else "the zone is at level 0: raise it"
    before = state.zones_by_hand.get(zone)
    if before is not None and before.level > level:
        return "refused", f"{before.officer} holds it at level {before.level}: end that first"
    entry = _longer(before, _entry(decision, level))
    state.zones_by_hand[zone] = entry
    _answer_again(work, (zone,))
    danger.review(work, [zone], f"{decision.officer}: {decision.reason}")
    return "done", f"level {level} at least until {to_text(entry.until_us)}"


def act_on_station(work: Work, decision: Decision, station: int) -> Answer:
    """Set a station aside, or end that."""
    state, plan = work.state, work.plan
    if decision.act == "end":
        if state.aside.pop(station, None) is None:
            return "refused", "the station is not set aside"
        return "done", "heard again from its next reading on"
    state.aside[station] = _entry(decision, 0)
    state.held.pop(station, None)
    state.watched.pop(station, None)
    state.rain.pop(station, None)
    point = int(plan.point_of[station])
    if plan.gives_depth[station]:
        state.silent[station] = True
        if all(state.silent[other] for other in plan.stations_of[point] if plan.gives_depth[other]) and not state.unknown[point]:
            state.unknown[point] = True
            levels.tell(work, point, f"{plan.stations[station].station_id} set aside by {decision.officer}: {decision.reason}")
    return "done", f"not heard until {to_text(decision.until_us or 0)}"


def next_end_us(state: DistrictState) -> int:
    """When the next thing that was done by hand ends."""
    return min((entry.until_us for table in _tables(state) for entry in table.values()), default=LATER_US)


def end_due(work: Work) -> None:
    """End what has come to its end."""
    state = work.state

    def ended(table: dict[int, ByHand], then: Callable[[int, ByHand], None]) -> None:
        for place, entry in sorted(table.items()):
            if entry.until_us <= work.now_us:
                del table[place]
                then(place, entry)

    ended(state.points_by_hand, lambda point, entry: levels.tell(work, point, f"what {entry.officer} did by hand has come to its end"))

    def answer(zone: int, entry: ByHand) -> None:
        danger.review(work, [zone], f"what {entry.officer} did by hand has come to its end")
        orders.set_clock(work, zone)

    ended(state.zones_by_hand, answer)
    ended(state.silences, answer)
    ended(state.aside, lambda station, entry: None)


def _longer(before: ByHand | None, entry: ByHand) -> ByHand:
    """A hand laid upon another's ends no sooner than that one: a short one would else be an end by one officer alone."""
    if before is None or before.level == 0 or before.until_us <= entry.until_us:
        return entry
    return structs.replace(entry, until_us=before.until_us)


def _answer_again(work: Work, zones: Sequence[int]) -> None:
    """An officer who raises a level means it, whatever was called off before."""
    for zone in zones:
        work.state.called_off.pop(zone, None)


def _second(work: Work, decision: Decision, kind: str, subject: str, zones: Sequence[int]) -> Answer | None:
    """What would take down a level that is out takes two officers, as calling it off does; None where that is given.

    The first one's word holds for `limits.SECOND_OFFICER_US`.
    """
    state = work.state
    out = [zone for zone in zones if zone in state.incidents and state.incidents[zone].released_level > 0]
    if not out:
        return None
    for stale in [name for name, one in state.asked.items() if one.at_us <= work.now_us - limits.SECOND_OFFICER_US]:
        del state.asked[stale]
    key, orders_out = f"{decision.act} {kind} {subject}", tuple(state.incidents[zone].identifier for zone in out)
    asked = state.asked.get(key)
    # both must have meant the very orders that stand
    if asked is not None and asked.officer != decision.officer and asked.orders == orders_out:
        del state.asked[key]
        return None
    state.asked[key] = Asked(decision.officer, work.now_us, orders_out)
    return "counted", f"an order of {work.plan.zones[out[0]].zone_id} is out: another officer must {decision.act} it too"


def _tables(state: DistrictState) -> tuple[dict[int, ByHand], ...]:
    return state.points_by_hand, state.zones_by_hand, state.silences, state.aside


def _entry(decision: Decision, level: int) -> ByHand:
    return ByHand(level, decision.until_us or 0, decision.officer, decision.reason)
