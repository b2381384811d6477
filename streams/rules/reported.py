"""Citizens' accepted reports at a point: which of them stands, whatever order they come in (law 4), and when it is over."""

from __future__ import annotations

import numpy as np

from streams.observation.observation import Extra
from streams.rules import evidence, eyes, levels, limits, quality
from streams.rules.state import Reported
from streams.rules.work import Work


def hear_report(work: Work, station: int, observed_us: int, depth_m: float, extra: Extra, reading: str) -> None:
    """A report that an operator accepted carries its level for half an hour, and confirms what a sensor says."""
    state, point = work.state, int(work.plan.point_of[station])
    if quality.out_of_range(depth_m, limits.RANGE_HIGH_M) or observed_us <= work.now_us - limits.REPORT_US:
        work.note(station, reading, ["report_not_used"], "out of range, or over half an hour old")
        return
    if extra.image:
        eyes.keep_photo(work, point, observed_us, depth_m, extra.image)
    told = Reported(observed_us, depth_m, _sd_m(work, station, extra), reading)
    state.reports[point] = _that_may_stand(work, point, (*state.reports.get(point, ()), told))
    standing = _standing(work, point) or told
    _stand(work, point, standing)
    if standing is not told:
        higher = _level(work, point, standing) > _level(work, point, told)
        work.note(station, reading, ["report_not_used"], "a higher report of the last 600 s stands" if higher else "a newer report stands")
    eyes.look_again(work, point)
    levels.tell(work, point, f"a report of {depth_m:.2f} m")


def end_reports(work: Work) -> None:
    """A report that is half an hour old carries nothing any more; one that was seen after it and stood behind it does now."""
    state = work.state
    for point in np.flatnonzero((state.reported > 0) & (state.reported_us <= work.now_us - limits.REPORT_US)).tolist():
        standing = _standing(work, point)
        if standing is not None:
            _stand(work, point, standing)
        else:
            state.reported[point] = 0
        levels.tell(work, point, "the report is half an hour old")


def _that_may_stand(work: Work, point: int, every: tuple[Reported, ...]) -> tuple[Reported, ...]:
    """Of all reports those seen within 600 s of the newest, less each that another as high or higher outlives: one a level at most."""
    since_us = max(told.observed_us for told in every) - limits.DOWN_US
    kept: list[Reported] = []
    for told in sorted((one for one in every if one.observed_us > since_us), key=lambda one: _rank(work, point, one), reverse=True):
        if not kept or _level(work, point, told) > _level(work, point, kept[-1]):
            kept.append(told)
    return tuple(reversed(kept))


def _rank(work: Work, point: int, told: Reported) -> tuple[int, int, float, str]:
    return told.observed_us, _level(work, point, told), told.depth_m, told.reading


def _standing(work: Work, point: int) -> Reported | None:
    """The highest of those that are under half an hour old; of its level the newest. A pure function of which reports came, not of when."""
    return max(evidence.reports_now(work, point), key=lambda told: (_level(work, point, told), *_rank(work, point, told)), default=None)


def _stand(work: Work, point: int, told: Reported) -> None:
    state = work.state
    state.reported_us[point], state.report_m[point], state.report_sd_m[point] = told.observed_us, told.depth_m, told.sd_m
    state.reported[point], state.decided[-1 - point] = _level(work, point, told), told.reading


def _level(work: Work, point: int, told: Reported) -> int:
    return int((told.depth_m >= work.plan.thresholds_m[point]).sum())


def _sd_m(work: Work, station: int, extra: Extra) -> float:
    """How well a report knows its depth: what it says itself, else its station; never better than a hand's breadth."""
    said_m = extra.error_sd_m
    known_m = said_m if said_m is not None and said_m > 0 else float(work.plan.error_sd_m[station])
    return min(max(known_m, limits.REPORT_SD_LEAST_M), limits.RANGE_HIGH_M)
