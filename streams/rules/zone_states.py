"""What holds in the zones, for the minute's word: levels, orders, what was done by hand, and who says nothing because of whom."""

from __future__ import annotations

from streams.observation.moments import to_text
from streams.rules import limits
from streams.rules.notices import notices_of
from streams.rules.outputs import ZoneState
from streams.rules.state import LATER_US, ByHand
from streams.rules.work import Work


def zone_states(work: Work) -> list[ZoneState]:
    """Zones that are not at rest, in their order."""
    state, plan = work.state, work.plan
    zones = sorted({*state.incidents, *state.called_off, *state.zones_by_hand, *state.silences})
    if not zones:
        return []
    found = []
    for zone in zones:
        incident = state.incidents.get(zone)
        order = incident.order if incident else None
        found.append(
            ZoneState(
                zone=plan.zones[zone].zone_id,
                level=incident.level if incident else 0,
                identifier=incident.identifier if incident else "",
                state=order.state if order else "",
                by_hand=_words(state.zones_by_hand.get(zone)),
                silenced=_words(state.silences.get(zone)),
                muted=_muted(work, zone) if incident and incident.level >= limits.EVACUATE_LEVEL else (),
                due_at=to_text(incident.due_us) if incident and incident.due_us < LATER_US else "",
            )
        )
    return found


def _muted(work: Work, zone: int) -> tuple[str, ...]:
    return tuple(work.plan.points[notice.point].low_point_id for notice in notices_of(work, zone) if notice.inhibited)


def _words(entry: ByHand | None) -> str:
    return f"level {entry.level} by {entry.officer} until {to_text(entry.until_us)}: {entry.reason}" if entry else ""
