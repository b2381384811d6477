"""Whether what a group says can be true: against rain, sensors, neighbours, forecast, ground, age and place.

The weights are logarithms of odds, set by hand and documented in docs/reports.md: a factor of 2 is 0.7, of 3 is 1.1, of 5 is 1.6. They
are not fitted: nobody has recordings of citizens' reports with the truth beside them yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streams.city.near import distance_m
from streams.observation.moments import MINUTE_US
from streams.reports.report import Report
from streams.reports.triage.around import Around
from streams.reports.triage.depth import GroupDepth
from streams.reports.triage.reason import Reason

WET_M = 0.10
"""From here on a report speaks of water: below it there is a wet road."""
DRY_M = 0.05
RAIN_MM, SOME_RAIN_MM, NO_RAIN_MM = 8.0, 2.0, 0.5
SENSOR_AGE_S = 600.0
SENSOR_SD_M = 0.05
"""A sensor is centimetres exact, but it stands some metres from where somebody stood."""
LIKELY_P, UNLIKELY_P = 0.5, 0.05
OLD_US, VERY_OLD_US = 30 * MINUTE_US, 60 * MINUTE_US
VAGUE_M = 150.0
PHOTO_TIME_US, PHOTO_OLD_US = 30 * MINUTE_US, 90 * MINUTE_US
PHOTO_PLACE_M = 300.0


def reasons_of_surroundings(depth: GroupDepth | None, around: Around) -> Iterator[Reason]:
    """What rain, sensors, neighbours, forecast and ground say; a group that says "dry" is not held against the rain."""
    says_wet = depth is None or depth.depth_m >= WET_M
    yield from _rain(around, says_wet)
    yield from _sensor(around, depth)
    if says_wet:
        yield from _neighbours(around)
        yield from _forecast(around)
    if around.at_low_point:
        yield Reason("low_point", 0.3)
    elif around.hollow is not None:
        yield Reason("hollow", 0.3) if around.hollow else Reason("high_ground", -0.5)


def _rain(around: Around, says_wet: bool) -> Iterator[Reason]:
    if around.rain_mm_30min is None:
        return
    told: dict[str, float | int | str] = {"mm": round(around.rain_mm_30min, 1)}
    if says_wet and around.rain_mm_30min < NO_RAIN_MM:
        yield Reason("no_rain", -1.6, told)
    elif says_wet and around.rain_mm_30min >= SOME_RAIN_MM:
        yield Reason("rain", 0.8 if around.rain_mm_30min >= RAIN_MM else 0.4, told)


def _sensor(around: Around, depth: GroupDepth | None) -> Iterator[Reason]:
    if around.depth_m is None or around.doubted or (around.depth_age_s or 0.0) > SENSOR_AGE_S:
        return
    told: dict[str, float | int | str] = {"depth_m": round(around.depth_m, 2)}
    said_m = WET_M if depth is None else depth.depth_m
    # many who look at the same leg err alike: more of them must not make of an agreement none
    sd_m = max(depth.error_sd_m, depth.word_sd_m) if depth else 0.15
    slack_m = 2 * (sd_m**2 + SENSOR_SD_M**2) ** 0.5
    if abs(around.depth_m - said_m) <= slack_m:
        yield Reason("sensor_agrees", 1.2, told)
    elif around.depth_m < DRY_M:
        yield Reason("sensor_dry", -1.6)
    elif abs(around.depth_m - said_m) > 1.5 * slack_m:
        yield Reason("sensor_differs", -0.8, told)


def _neighbours(around: Around) -> Iterator[Reason]:
    if not around.neighbours_m:
        return
    deepest_m = max(around.neighbours_m)
    if deepest_m >= DRY_M:
        yield Reason("neighbour_wet", 0.6 if deepest_m >= 0.15 else 0.3, {"depth_m": round(deepest_m, 2)})
    elif len(around.neighbours_m) >= 2:
        yield Reason("neighbours_dry", -0.4, {"points": len(around.neighbours_m)})


def _forecast(around: Around) -> Iterator[Reason]:
    if around.chance is None:
        return
    told: dict[str, float | int | str] = {"percent": round(100 * around.chance)}
    if around.chance >= LIKELY_P:
        yield Reason("forecast_likely", 0.5, told)
    elif around.chance <= UNLIKELY_P:
        yield Reason("forecast_unlikely", -0.3, told)


def reasons_of_reports(group: Sequence[Report], now_us: int) -> Iterator[Reason]:
    """What the reports say of themselves: their age, their place, and what their pictures' own data says."""
    age_us = now_us - max(report.observed_us for report in group)
    if age_us > OLD_US:
        yield Reason("old", -0.8 if age_us > VERY_OLD_US else -0.3, {"minutes": age_us // MINUTE_US})
    yield from _place(group)
    yield from _pictures_time(group)
    yield from _pictures_place(group)


def _place(group: Sequence[Report]) -> Iterator[Reason]:
    known = [report for report in group if report.low_point is not None or report.lon is not None]
    if not known:
        yield Reason("place_unknown", -1.0)
    elif any(report.place_by == "plate" for report in known):
        yield Reason("place_sure", 0.3)
    elif all((report.place_error_m or 0.0) > VAGUE_M for report in known):
        yield Reason("place_vague", -0.5, {"metres": round(min(report.place_error_m or 0.0 for report in known))})


def _pictures_time(group: Sequence[Report]) -> Iterator[Reason]:
    away_us = [abs(report.taken_us - report.observed_us) for report in group if report.taken_us is not None]
    if not away_us:
        return
    if min(away_us) <= PHOTO_TIME_US:
        yield Reason("photo_fresh", 0.3)
    elif min(away_us) > PHOTO_OLD_US:
        yield Reason("photo_old", -1.4, {"minutes": min(away_us) // MINUTE_US})


def _pictures_place(group: Sequence[Report]) -> Iterator[Reason]:
    away_m = [
        distance_m(report.lon, report.lat, report.taken_lon, report.taken_lat)
        for report in group
        if report.lon is not None and report.lat is not None and report.taken_lon is not None and report.taken_lat is not None
    ]
    if not away_m:
        return
    if min(away_m) <= PHOTO_PLACE_M:
        yield Reason("photo_here", 0.3)
    else:
        yield Reason("photo_elsewhere", -1.4, {"metres": round(min(away_m))})
