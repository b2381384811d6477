"""What cameras and photographs say of a sensor: that a sudden rise is water, at once, or that what it says is not there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.rules import evidence, limits
from streams.rules.state import NEVER_US, Photo
from streams.rules.trust import agree, believe, deny
from streams.rules.work import Work

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def look_again(work: Work, point: int) -> None:
    """A station where a camera looks, or a photograph, has news: what was held and agrees is believed, what stood alone is confirmed."""
    state, plan = work.state, work.plan
    for station in [s for s in sorted(state.held) if int(plan.point_of[s]) == point]:
        held = state.held.get(station)
        seen = evidence.seen_by(work, station, held.value) if held else ""
        if seen:
            believe(work, station, seen)
    if state.unconfirmed[point] and state.measured[point] > 0:
        agrees = evidence.other_source(work, point, int(state.raised_by[point]), int(state.measured[point]))
        if agrees:
            agree(work, point, agrees)


def keep_photo(work: Work, point: int, observed_us: int, depth_m: float, picture: str) -> None:
    """Remember the depth that a photograph shows."""
    kept = [photo for photo in work.state.photos.get(point, ()) if photo.observed_us > work.now_us - limits.REPORT_US]
    every = sorted((*kept, Photo(observed_us, depth_m, picture)), key=lambda photo: (photo.observed_us, photo.picture, photo.depth_m))
    work.state.photos[point] = tuple(every[-limits.MOST_PHOTOS :])


def against(work: Work, station: int, value_m: float, before: tuple[Ints, Floats]) -> str:
    """Which two cameras deny a sensor, both after it began to say so.

    Parameters
    ----------
    before
        Times and depths of the readings of the station before this one: a camera that has not looked since the water came denies nothing
        (law 1).
    """
    state, plan, point = work.state, work.plan, int(work.plan.point_of[station])
    cameras = plan.cameras_of[point] if point >= 0 else ()
    if len(cameras) < limits.DENYING_CAMERAS or station in cameras:
        return ""
    other = np.array([_far_apart(value_m, float(depth_m)) for depth_m in before[1]], bool) & (before[0] > NEVER_US)
    says_so = before[0][~other & (before[0] > (before[0][other].max() if other.any() else NEVER_US))]
    if not len(says_so):
        return ""  # it says so for the first time
    since_us = max(int(says_so.min()), work.now_us - limits.DENIES_US)
    deny_it = [c for c in cameras if state.trusted_us[c] > since_us and _far_apart(value_m, float(state.trusted_m[c]))]
    sides = {bool(state.trusted_m[camera] > value_m) for camera in deny_it}
    if len(deny_it) < limits.DENYING_CAMERAS or len(sides) > 1:
        return ""
    first_m = float(before[1][before[0] == says_so[says_so >= since_us].min(initial=int(says_so.max()))][0])
    if value_m - first_m >= limits.CLIMBS_M or _another_agrees(work, station, value_m):
        return ""
    return ", ".join(f"{plan.stations[camera].station_id} saw {state.trusted_m[camera]:.2f} m" for camera in deny_it)


def _another_agrees(work: Work, station: int, value_m: float) -> bool:
    """Whether a second sensor, or a report, sees as much: then the cameras may be blind, and water is not argued away (law 2)."""
    state, plan, point = work.state, work.plan, int(work.plan.point_of[station])
    if any(not _far_apart(value_m, told.depth_m) for told in evidence.reports_now(work, point)):
        return True
    sensors = [s for s in plan.stations_of[point] if plan.gives_depth[s] and s not in plan.cameras_of[point] and s != station]
    # what it last said, held or not: a jump of two sensors is held of both
    lately_us = work.now_us - limits.AGREES_US
    return any(state.newest_us[s] >= lately_us and not _far_apart(value_m, float(state.raw_m[s])) for s in sensors)


def _far_apart(one_m: float, other_m: float) -> bool:
    low_m, high_m = sorted((max(one_m, 0.0), max(other_m, 0.0)))
    return high_m - low_m >= limits.DENIES_M and low_m < limits.AGREES_SHARE * high_m


def doubt(work: Work, station: int, reading: str, value_m: float, words: str) -> None:
    """Set a reading that two cameras deny aside, and with it what is held of the station if it said the same."""
    held = work.state.held.get(station)
    if held is not None and not _far_apart(held.value, value_m):
        deny(work, station, f"two cameras deny it: {words}")
    work.state.against[station] = words
    work.note(station, reading, ["against_cameras"], f"two cameras deny it: {words}")


def counts_though_denied(work: Work, station: int, value_m: float) -> str:
    """Why a reading that two cameras deny counts all the same; "" where it does not.

    While it rains, a neighbour is wet, or no gauge says that it does not rain, cameras that see less are shown and argue no water away:
    drops, dusk and dirt blind them together, and to be silent then is worse than to be wrong. Cameras that see more than a sensor are
    believed in any weather.
    """
    point = int(work.plan.point_of[station])
    least_m = min(float(work.state.trusted_m[camera]) for camera in work.plan.cameras_of[point])
    return evidence.perhaps_rain(work, point) if value_m > least_m else ""


def denied_at_due(work: Work, station: int) -> str:
    """Which two cameras deny a held reading at the end of its time; "" where it is to be believed."""
    held = work.state.held[station]
    point = int(work.plan.point_of[station])
    cameras = work.plan.cameras_of[point]
    if len(cameras) < limits.DENYING_CAMERAS or station in cameras:
        return ""
    # it said so at the moment of the held reading, and not before: that is what `suspect` means
    return against(work, station, held.value, (np.array([held.observed_us]), np.array([held.value])))
