"""What endangers a zone, and when its incident begins, changes and ends: one thread for each flood of a zone (law 5)."""

from __future__ import annotations

from collections.abc import Iterable

from streams.rules import limits, orders
from streams.rules.orders import Danger
from streams.rules.point_state import BASES, held_level, state_of, unconfirmed
from streams.rules.release import missing
from streams.rules.work import Work


def review(work: Work, zones: Iterable[int], reason: str = "") -> None:
    """Bring the incidents of zones in line with what now holds at their points."""
    for zone in zones:
        danger, incident = danger_of(work, zone), work.state.incidents.get(zone)
        if incident is None:
            if danger.level > 0 and not _stays_called_off(work, zone, danger):
                orders.issue(work, zone, "Alert", danger, reason)
        elif danger.level == 0:
            orders.end(work, zone, reason)
        elif danger.level != incident.level or _may_now_go_out(work, zone, danger):
            orders.issue(work, zone, "Update", danger, reason)
        elif orders.rests_on_more(incident, danger):
            orders.restate(work, zone, danger)
        if danger.level == 0:
            work.state.called_off.pop(zone, None)


def renew(work: Work) -> None:
    """Issue again what is about to run out while the danger stands."""
    for zone, incident in sorted(work.state.incidents.items()):
        if work.now_us >= incident.expires_us - limits.RENEW_US:
            orders.issue(work, zone, "Update", danger_of(work, zone), "the order before runs out, and the danger stands")
        elif incident.order is None:
            orders.issue(work, zone, "Update", danger_of(work, zone), "said anew, so that officers can decide on it")


def danger_of(work: Work, zone: int) -> Danger:
    """The highest level whose water reaches the zone, or that an officer or a forecast for its walking time gives it."""
    plan, state = work.plan, work.state
    from_level = plan.zone_from_level[zone]
    reaching = [(held, -point) for point in range(len(plan.points)) if (held := held_level(work, point)) >= max(from_level[point], 1)]
    level, point = max(reaching, default=(0, -int(from_level.argmin()) if len(from_level) else 0))
    point = -point
    ahead, by_hand = int(state.ahead_point[zone]), state.zones_by_hand.get(zone)
    foreseen = limits.EVACUATE_LEVEL if ahead >= 0 else 0
    if by_hand is not None and by_hand.level > level and by_hand.level >= foreseen:
        return Danger(by_hand.level, point, "officer", False, by_zone=True)
    if foreseen > level:
        return Danger(foreseen, ahead, "forecast", bool(state.unconfirmed[ahead]))
    basis = state_of(work, point)[1] if plan.points else 0
    return Danger(level, point, BASES[basis], level > 0 and unconfirmed(work, point, level, basis))


def act_due(work: Work) -> None:
    """Release what nobody has answered, where the policy's written rule says so and still covers what the level rests on, and say so."""
    for zone, incident in sorted(work.state.incidents.items()):
        if incident.due_us <= work.now_us and incident.order is not None:
            orders.release_by_rule(work, zone, danger_of(work, zone))


def _stays_called_off(work: Work, zone: int, danger: Danger) -> bool:
    """What officers ended stays ended until there is more than they knew of: a higher level, or water that was not measured then."""
    off = work.state.called_off.get(zone)
    if off is None:
        return False
    more = danger.level > off.level or (danger.basis == "measured" and off.basis != "measured" and not danger.unconfirmed)
    if more:
        del work.state.called_off[zone]
    return not more


def _may_now_go_out(work: Work, zone: int, danger: Danger) -> bool:
    """A draft for which the policy asks for nobody any more: it is confirmed now, say, or a silence is over."""
    incident = work.state.incidents[zone]
    return (
        incident.released_level < danger.level
        and not (incident.order and incident.order.state == "rejected")
        and missing(work.plan.city, danger.level, danger.unconfirmed, ()) == 0
        and not orders.silenced(work, zone, danger.level)
    )
