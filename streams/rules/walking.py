"""Looks as far ahead as people need to walk: where that is longer than the lead at which points are raised, level 4 is asked for there."""

from __future__ import annotations

import numpy as np

from models.situation import Outlook
from streams.rules import danger, limits
from streams.rules.outputs import LEAD_MIN
from streams.rules.work import Work


def look_further(work: Work, outlook: Outlook) -> None:
    """Set or take back that a zone must go before the water is there: it takes longer to leave than points are forecast ahead."""
    plan, state = work.plan, work.state
    for zone, place in enumerate(plan.zones):
        if place.walking_min <= limits.FORECAST_LEAD_MIN:
            continue
        closed = [point for point, entry in state.points_by_hand.items() if entry.level == 0]
        reaching = np.setdiff1d(np.flatnonzero(plan.zone_from_level[zone] <= limits.EVACUATE_LEVEL), closed)
        before = int(state.ahead_point[zone])
        if not len(reaching) and before >= 0:
            state.ahead_point[zone] = -1
            danger.review(work, [zone], "every point that reaches it is closed by hand")
        if not len(reaching) or outlook.p_exceed.shape[1] < limits.EVACUATE_LEVEL:
            continue
        chance = outlook.p_exceed[reaching, limits.EVACUATE_LEVEL - 1, lead_of(place.walking_min)]
        highest = int(chance.argmax())
        asked = limits.AHEAD_RAISE_P if before < 0 else limits.AHEAD_KEEP_P
        after = int(reaching[highest]) if chance[highest] >= asked else -1
        if before >= 0 and after < 0 and state.ahead_us[zone] > work.now_us - limits.FORECAST_HOLD_US:
            continue
        if (after < 0) != (before < 0):
            state.ahead_point[zone], state.ahead_us[zone] = after, work.now_us
            words = f"level {limits.EVACUATE_LEVEL} within the {place.walking_min:g} min that walking takes: chance {chance[highest]:.2f}"
            danger.review(work, [zone], f"{plan.points[reaching[highest]].low_point_id}: {words}")


def lead_of(walking_min: float) -> int:
    """Place of the shortest lead that is no shorter than the walk, the longest where none is."""
    return next((place for place, lead_min in enumerate(LEAD_MIN) if lead_min >= walking_min), len(LEAD_MIN) - 1)
