"""What else speaks for water at a point: rain, wet neighbours, other sources (law 2). Each answer says who: "" where nobody does."""

from __future__ import annotations

import numpy as np

from streams.rules import limits
from streams.rules.rain import rain_unknown, raining
from streams.rules.state import Reported
from streams.rules.work import Work

RAINS = "it rains"
NOBODY_KNOWS = "all gauges are silent"


def wet_neighbour(work: Work, point: int) -> str:
    """The low point within 2 km that had a trusted centimetre of water last, if that was in the last hour."""
    state, plan = work.state, work.plan
    wet_us = np.where(plan.neighbours[point], state.wet_us, work.now_us - limits.NEIGHBOUR_US - 1)
    newest = int(wet_us.argmax())
    return f"{plan.points[newest].low_point_id} is wet" if wet_us[newest] >= work.now_us - limits.NEIGHBOUR_US else ""


def support(work: Work, point: int) -> str:
    """Why a sudden rise is believed at once: a neighbour is wet, or it rains."""
    return wet_neighbour(work, point) or (RAINS if raining(work) else "")


def supported(work: Work, point: int) -> bool:
    """Whether a sudden rise is believed at once."""
    return bool(support(work, point))


def perhaps_rain(work: Work, point: int) -> str:
    """Why water must not be argued away: a neighbour is wet, it rains, or all gauges are silent (law 3)."""
    return support(work, point) or (NOBODY_KNOWS if rain_unknown(work) else "")


def reports_now(work: Work, point: int) -> list[Reported]:
    """Accepted reports at a point whose water was seen in the last half hour."""
    return [told for told in work.state.reports.get(point, ()) if told.observed_us > work.now_us - limits.REPORT_US]


def other_source(work: Work, point: int, station: int, level: int) -> str:
    """Another source at the point that saw at least half of the level's depth lately."""
    return agreeing(work, point, station, float(work.plan.thresholds_m[point, level - 1]))


def agreeing(work: Work, point: int, station: int, depth_m: float) -> str:
    """Another station at the point, or an accepted report, that saw at least half of a depth lately."""
    state, plan = work.state, work.plan
    enough_m = limits.AGREES_SHARE * depth_m
    others = [other for other in plan.stations_of[point] if other != station and plan.gives_depth[other]]
    for other in others:
        if state.trusted_us[other] >= work.now_us - limits.AGREES_US and state.trusted_m[other] >= enough_m:
            return f"{plan.stations[other].station_id} saw {state.trusted_m[other]:.2f} m"
    if state.reported_us[point] >= work.now_us - limits.REPORT_US and state.report_m[point] >= enough_m:
        return f"a report of {state.report_m[point]:.2f} m"
    return ""


def seen_by(work: Work, station: int, value_m: float) -> str:
    """Who saw at least half of a depth at the station's point: a camera (for a camera, any sensor) within ten minutes, or three photographs
    within half an hour."""
    state, plan, point = work.state, work.plan, int(work.plan.point_of[station])
    enough_m, cameras = limits.AGREES_SHARE * value_m, plan.cameras_of[point]
    for eye in plan.stations_of[point] if station in cameras else cameras:
        lately = plan.gives_depth[eye] and state.trusted_us[eye] >= work.now_us - limits.AGREES_US
        if eye != station and lately and state.trusted_m[eye] >= enough_m and not _denied_before(work, eye, station):
            return f"{plan.stations[eye].station_id} saw {state.trusted_m[eye]:.2f} m"
    return _photographed(work, point, enough_m) or _held_too(work, station, value_m)


def _denied_before(work: Work, sensor: int, camera: int) -> bool:
    """Whether a camera that sees water now has looked since a sensor's jump, and saw none: one odd look of it then stands for nothing."""
    watch = work.state.watched.get(sensor)
    return watch is not None and work.state.trusted_us[camera] >= watch.since_us


def _photographed(work: Work, point: int, enough_m: float) -> str:
    """Photographs of one picture are one: it may have been passed on."""
    recent = [p for p in work.state.photos.get(point, ()) if p.observed_us > work.now_us - limits.REPORT_US and p.depth_m >= enough_m]
    pictures = {photo.picture for photo in recent}
    return f"{len(pictures)} photographs show it" if len(pictures) >= limits.PHOTOS else ""


def _held_too(work: Work, station: int, value_m: float) -> str:
    """A camera and a sensor that jumped both, to about the same depth, stand for each other."""
    state, plan, point = work.state, work.plan, int(work.plan.point_of[station])
    cameras = plan.cameras_of[point]
    for other, held in sorted(state.held.items()):
        pair = other != station and plan.point_of[other] == point and (other in cameras) != (station in cameras)
        if pair and min(held.value, value_m) >= limits.AGREES_SHARE * max(held.value, value_m):
            return f"{plan.stations[other].station_id} saw {held.value:.2f} m too"
    return ""


def witness(work: Work, station: int, level: int, value_m: float) -> str:
    """What speaks for a level beside the one station that says so."""
    point = int(work.plan.point_of[station])
    return other_source(work, point, station, level) or seen_by(work, station, value_m) or support(work, point)
