"""Where citizens report water and the city has no low point: places to add to it, the best founded first."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from streams.city.geometry import distance_to_area_m
from streams.city.model import City, LowPoint
from streams.city.near import M_PER_DEG, distance_m
from streams.observation.moments import HOUR_US
from streams.reports.grouping import NEAR_M, is_rough
from streams.reports.report import Report
from streams.reports.triage.depth import group_depth
from streams.reports.triage.sources import reports_by_source

DAYS = 30
LEAST_SOURCES = 3
STORM_REPORTS, STORM_SOURCES = 5, 2
STORM_APART_US = 6 * HOUR_US
PLAUSIBLE = 0.5
MOST_PROPOSALS = 50
MOST_WEIGHED = 300
"""Of one place: who says the same as three hundred others changes neither depth nor score, and each is held against each."""

Score = Callable[[Sequence[Report]], float]
"""What a group of reports is worth, 0 to 1."""


class Proposal(msgspec.Struct, frozen=True):
    """A place that may be a low point: how many speak for it, in how many storms, how deep, and the nearest low point that is known."""

    lon: float
    lat: float
    reports: int
    sources: int
    accepted: int
    storms: int
    depth_m: float | None
    score: float
    last_us: int
    nearest: tuple[str, float] | None


def proposals(city: City, reports: Sequence[Report], score: Score) -> list[Proposal]:
    """Places with enough reports that are about no low point.

    Enough are three sources, or five reports of two sources in one storm (no six hours between them); the reports of a place must be
    accepted, or worth `PLAUSIBLE` together. Hidden ones and those of exercises count for nothing.
    """
    own = [
        report
        for report in reports
        if report.low_point is None and report.lon is not None and not report.training and report.state != "hidden"
        if not is_rough(report.place_error_m)
    ]
    found = [proposal for some in _places(own) if (proposal := _proposal(city, some, score)) is not None]
    return sorted(found, key=lambda one: (-one.accepted, -one.sources * one.score, one.lon, one.lat))[:MOST_PROPOSALS]


def _places(reports: Sequence[Report]) -> list[list[Report]]:
    """Reports by place: the one with most others within 150 m takes these with it, then the next of those that are left."""
    if not reports:
        return []
    places = _plane(reports)
    tree = cKDTree(places)
    left = np.ones(len(reports), bool)
    # Most first, by a bound that is cheap: of every pair of 20,000 reports at one place there would be gigabytes. Others only get fewer.
    waiting = [(-most, at) for at, most in enumerate(_most_around(places))]
    heapq.heapify(waiting)
    found = []
    while waiting:
        bound, middle = heapq.heappop(waiting)
        if not left[middle]:
            continue
        near = np.array(tree.query_ball_point(places[middle], NEAR_M))
        near = near[left[near]]
        if len(near) < -bound:
            heapq.heappush(waiting, (-len(near), middle))
            continue
        left[near] = False
        found.append([reports[at] for at in sorted(near.tolist())])
    return found


def _most_around(places: npt.NDArray[np.float64]) -> list[int]:
    """No less than how many lie within `NEAR_M` of each: all in its own square of that size and the eight around it."""
    squares = np.floor(places / NEAR_M).astype(int)
    count = Counter(map(tuple, squares.tolist()))
    steps = [(east, north) for east in (-1, 0, 1) for north in (-1, 0, 1)]
    return [sum(count.get((x + east, y + north), 0) for east, north in steps) for x, y in squares.tolist()]


def _plane(reports: Sequence[Report]) -> npt.NDArray[np.float64]:
    places = np.array([(report.lon, report.lat) for report in reports], float)
    return np.asarray(places * M_PER_DEG * [np.cos(np.radians(places[:, 1].mean())), 1.0])


def _proposal(city: City, own: Sequence[Report], score: Score) -> Proposal | None:
    sources, storms = len(reports_by_source(own)), _storms(own)
    if sources < LEAST_SOURCES and not any(_is_enough(storm) for storm in storms):
        return None
    accepted = sum(report.state == "accepted" for report in own)
    worth = max(score(_some_of(storm)) for storm in storms)
    lon, lat = median(report.lon or 0.0 for report in own), median(report.lat or 0.0 for report in own)
    nearest = _nearest(city, lon, lat)
    if (not accepted and worth < PLAUSIBLE) or (nearest is not None and nearest[1] <= NEAR_M):
        return None
    depth = group_depth(_some_of(own))
    return Proposal(
        lon=round(lon, 6),
        lat=round(lat, 6),
        reports=len(own),
        sources=sources,
        accepted=accepted,
        storms=len(storms),
        depth_m=depth.depth_m if depth else None,
        score=worth,
        last_us=max(report.observed_us for report in own),
        nearest=(nearest[0].low_point_id, round(nearest[1])) if nearest else None,
    )


def _is_enough(storm: Sequence[Report]) -> bool:
    return len(storm) >= STORM_REPORTS and len(reports_by_source(storm)) >= STORM_SOURCES


def _some_of(reports: Sequence[Report]) -> list[Report]:
    """At most `MOST_WEIGHED`: the newest of each source before a second one of any."""
    turns = [
        (turn, -report.observed_us, report.report, report)
        for own in reports_by_source(reports)
        for turn, report in enumerate(sorted(own, key=lambda one: (-one.observed_us, one.report)))
    ]
    return [report for *_, report in sorted(turns, key=lambda one: one[:3])[:MOST_WEIGHED]]


def _storms(own: Sequence[Report]) -> list[list[Report]]:
    found: list[list[Report]] = []
    for report in sorted(own, key=lambda one: one.observed_us):
        if not found or report.observed_us - found[-1][-1].observed_us > STORM_APART_US:
            found.append([])
        found[-1].append(report)
    return found


def _nearest(city: City, lon: float, lat: float) -> tuple[LowPoint, float] | None:
    placed = [(distance_m(lon, lat, point.lon, point.lat), point.low_point_id, point) for point in city.low_points]
    return (min(placed)[2], min(placed)[0]) if placed else None


def features(city: City, proposal: Proposal) -> tuple[dict[str, Any], dict[str, Any]]:
    """What to add to low_points.geojson and to stations.geojson; name and class are for whoever has looked at the place."""
    name = f"new-{proposal.lon:.4f}-{proposal.lat:.4f}"
    geometry = {"type": "Point", "coordinates": [proposal.lon, proposal.lat]}
    owner = next((station.owner for station in city.stations if station.kind == "reports" and station.owner), "citizens")
    point = {"low_point_id": name, "name": "", "name_en": "", "class": "sag", "district_id": _district(city, proposal)}
    station = {"station_id": f"{name}-reports", "kind": "reports", "low_point_id": name, "owner": owner, "cadence_s": 86_400}
    made = [{"type": "Feature", "geometry": geometry, "properties": properties} for properties in (point, station)]
    return made[0], made[1]


def collection(city: City, found: Sequence[Proposal]) -> dict[str, Any]:
    """All low points that are proposed, as a FeatureCollection whose features can be pasted into low_points.geojson."""
    told = []
    for proposal in found:
        feature, _ = features(city, proposal)
        evidence = {name: getattr(proposal, name) for name in ("reports", "sources", "accepted", "storms", "depth_m", "score")}
        told.append({**feature, "properties": {**feature["properties"], "evidence": evidence}})
    return {"type": "FeatureCollection", "features": told}


def _district(city: City, proposal: Proposal) -> str:
    """The district of the zone it lies in, else of the nearest low point, else the first."""
    inside = (zone.district_id for zone in city.zones if distance_to_area_m(proposal.lon, proposal.lat, zone.geometry) == 0.0)
    near = next((point.district_id for point in city.low_points if proposal.nearest and point.low_point_id == proposal.nearest[0]), None)
    return next(inside, None) or near or city.districts[0]
