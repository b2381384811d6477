"""What an accepted report becomes: one observation for each source, of the station that takes citizens' reports at its low point."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from streams.city.model import City, Station
from streams.observation.moments import to_text
from streams.reports.report import Report
from streams.reports.triage.depth import error_of
from streams.reports.triage.duplicates import duplicates
from streams.reports.triage.sources import reports_by_source

LEAST_SD_M = 0.05
"""Nobody sees a depth more exactly by eye."""

Stations = Callable[[str | None], Station | None]
"""The station that takes reports which name a low point, or none."""


class Observed(msgspec.Struct, frozen=True):
    """An observation of a report: its id, the station and owner it is of, and the contract's JSON object."""

    reading: str
    report: str
    station: str
    owner: str
    line: str


def reports_station(city: City, low_point: str | None) -> Station | None:
    """The station that takes citizens' reports of a low point; None where the city has none with an owner, so that nothing can be sent."""
    own = (station for station in city.stations if station.kind == "reports" and station.owner and station.low_point_id == low_point)
    return next(own, None) if low_point is not None else None


def stations_of(city: City, low_point: str | None) -> Stations:
    """The stations for the reports of a group: by a report's own low point where it names one, else by the group's."""
    return lambda own: reports_station(city, low_point if own is None else own)


def observations_of(accepted: Sequence[Report], depth_m: float, stations: Stations) -> list[Observed]:
    """One observation a source, none of exercises, none of a source whose pictures or words are all another's, or without a station.

    Each has the depth that was accepted, the error of its own word, and the time at which its water was seen: the newest of its source,
    one with a picture before one without.
    """
    real = [report for report in accepted if not report.training]
    copies = {one.report for one in duplicates(real) if one.why != "source"}
    found = []
    for own in reports_by_source(real):
        told = [(report, station) for report in own if report.report not in copies and (station := stations(report.low_point)) is not None]
        if told:
            best, station = max(told, key=lambda one: (one[0].picture is not None, one[0].observed_us, one[0].report))
            found.append(_observed(best, depth_m, station))
    return found


def _observed(report: Report, depth_m: float, station: Station) -> Observed:
    name = f"report-{report.report}"
    told = {
        "station": station.station_id,
        "kind": "report_depth",
        "time": to_text(report.observed_us),
        "value": round(depth_m, 3),
        "id": name,
        "error_sd_m": max(round(error_of(report), 3), LEAST_SD_M),
    }
    if report.picture is not None:
        told["image"] = report.picture
    return Observed(name, report.report, station.station_id, station.owner, msgspec.json.encode(told).decode())
