"""What an accepted report becomes: one observation for each source, of the station that takes citizens' reports at its low point."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from streams.city.model import City, Station
from streams.city.near import distance_m, placed
from streams.observation.moments import MINUTE_US, to_text
from streams.reports.grouping import NEAR_M, is_rough
from streams.reports.report import Report
from streams.reports.triage.depth import APART_M, error_of
from streams.reports.triage.duplicates import duplicates
from streams.reports.triage.sources import reports_by_source
from streams.rules.limits import REPORT_US

LEAST_SD_M = 0.05
"""Nobody sees a depth more exactly by eye."""
PICTURE_US = 5 * MINUTE_US
"""A picture shows the water of an observation if it is of a report of the same source within this time of it."""

Stations = Callable[[Report], Station | None]
"""The station that takes a report; None where nothing is said of any low point by it."""


class ReportStations:
    """The stations that take citizens' reports, by their low point; made once for a city, for a large one is long to look through."""

    def __init__(self, city: City):
        self._of: dict[str, Station] = {}
        self._points = {point.low_point_id: point for point in city.low_points}
        for station in city.stations:
            if station.kind == "reports" and station.owner and station.low_point_id is not None:
                self._of.setdefault(station.low_point_id, station)

    def of(self, low_point: str | None) -> Station | None:
        """That of a low point; None where the city has none with an owner, so that nothing can be sent."""
        return self._of.get(low_point) if low_point is not None else None

    def of_group(self, low_point: str | None) -> Stations:
        """Those for the reports of a group: by a report's own low point where it names one, else by the group's.

        A report with a place of its own that is not at the point says nothing of it, whoever stands between the two; one whose place is
        only roughly known is in a group with a low point because somebody put it there.
        """
        return lambda report: self.of(report.low_point or (low_point if self._is_there(report, low_point) else None))

    def _is_there(self, report: Report, low_point: str | None) -> bool:
        point = self._points.get(low_point or "")
        if point is None or report.lon is None or report.lat is None or is_rough(report.place_error_m):
            return True
        return not placed(point) or distance_m(report.lon, report.lat, point.lon, point.lat) <= NEAR_M


class Observed(msgspec.Struct, frozen=True):
    """An observation of a report: its id, the station and owner it is of, when its water was seen, and the contract's JSON object."""

    reading: str
    report: str
    station: str
    owner: str
    observed_us: int
    line: str

    def minutes_left(self, now_us: int) -> int:
        """For how many minutes more it carries a level, as the rules have it; 0 where it is too late."""
        return minutes_left(self.observed_us, now_us)


def minutes_left(observed_us: int, now_us: int) -> int:
    """For how many minutes more water that was seen then carries a level; 0 where that is over, and 1 for what is left of the last."""
    return max(-((now_us - observed_us - REPORT_US) // MINUTE_US), 0)


def observations_of(accepted: Sequence[Report], depth_m: float, stations: Stations) -> list[Observed]:
    """One observation a source, none of exercises, none of a source whose pictures or words are all another's, or without a station.

    Each has the depth that was accepted, and the error of the word and the time of the newest report of its source: water that was seen
    long ago raises no level, whoever had a picture then. Who named another depth than the accepted one did not see that, and is no
    witness of it; where all did, somebody who accepts knows better, and all are.
    """
    real = [report for report in accepted if not report.training]
    witnesses = [report for report in real if _saw(report, depth_m)] or real
    out = {one.report for one in duplicates(witnesses) if one.why != "source"} | {one.report for one in real if one not in witnesses}
    found = []
    for own in reports_by_source(real):
        told = [(report, station) for report in own if report.report not in out and (station := stations(report)) is not None]
        if told:
            last, station = max(told, key=lambda one: (one[0].observed_us, one[0].picture is not None, one[0].report))
            found.append(_observed(last, depth_m, station, _picture_of(last, [report for report, _ in told])))
    return found


def _saw(report: Report, depth_m: float) -> bool:
    return report.depth_m is None or abs(report.depth_m - depth_m) <= APART_M


def _picture_of(report: Report, own: Sequence[Report]) -> str | None:
    """Its picture, else the nearest in time of the same source, which shows the same water."""
    near = [
        (abs(other.observed_us - report.observed_us), other.report != report.report, other.picture)
        for other in own
        if other.picture is not None and abs(other.observed_us - report.observed_us) <= PICTURE_US
    ]
    return min(near)[2] if near else None


def _observed(report: Report, depth_m: float, station: Station, picture: str | None) -> Observed:
    name = f"report-{report.report}"
    told = {
        "station": station.station_id,
        "kind": "report_depth",
        "time": to_text(report.observed_us),
        "value": round(depth_m, 3),
        "id": name,
        "error_sd_m": max(round(error_of(report), 3), LEAST_SD_M),
    }
    if picture is not None:
        told["image"] = picture
    return Observed(name, report.report, station.station_id, station.owner, report.observed_us, msgspec.json.encode(told).decode())
