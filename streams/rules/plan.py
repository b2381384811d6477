"""What is fixed about a district: its stations, points, neighbours and zones as columns, in the order of their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.core.site import Sites
from streams.city.geometry import distances_m
from streams.city.model import DEPTH_STATIONS, City, LowPoint, Station, Zone
from streams.city.reach import Reach
from streams.city.sites import sites_of
from streams.observation.moments import SECOND_US
from streams.rules import limits

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class DistrictPlan:
    """One district.

    Attributes
    ----------
    point_of
        Station to its point's place, -1 where it has none; shape (stations,).
    gives_depth
        Whether a station's readings make its point known (level sensors and cameras).
    cameras_of
        The cameras at each point (places in `stations`).
    attended
        Stations whose every reading is heard by itself, for it may confirm another or be denied: those where a camera looks; shape
        (stations,).
    silent_after_us
        Silence after which a station counts as silent.
    thresholds_m
        Depth of each level, shape (points, 4); infinite where a point has fewer levels.
    low_m
        Depth below which water counts as below each level, shape (points, 4): 3 cm less than it, a wet road at least.
    neighbours
        Points within 2 km of each other, shape (points, points), none its own.
    apart_km
        Distances between the points, shape (points, points).
    sites
        What the forecast may know of the points.
    gauges, gauge_share
        Rain gauges (places in `stations`), and what each counts for at each point by its nearness, shape (points, gauges).
    stage_station
        The nearest river gauge of a riverside point (place in `stations`), -1 where there is none; shape (points,).
    zone_from_level
        Lowest level of a point at which its water reaches a zone, shape (zones, points); 99 where it never does.
    """

    city: City
    district_id: str
    stations: tuple[Station, ...]
    points: tuple[LowPoint, ...]
    zones: tuple[Zone, ...]
    station_no: Mapping[str, int]
    point_of: Ints
    gives_depth: Bools
    silent_after_us: Ints
    range_high_m: Floats
    error_sd_m: Floats
    thresholds_m: Floats
    low_m: Floats
    neighbours: Bools
    apart_km: Floats
    sites: Sites
    gauges: Ints
    gauge_share: Floats
    stage_station: Ints
    zone_from_level: Ints
    zones_of: tuple[tuple[int, ...], ...]
    stations_of: tuple[tuple[int, ...], ...]
    cameras_of: tuple[tuple[int, ...], ...]
    attended: Bools


def plan_districts(city: City, reach: Reach) -> dict[str, DistrictPlan]:
    """A plan for every district of the city."""
    sites = sites_of(city)
    return {district: plan_district(city, district, reach, sites) for district in city.districts}


def plan_district(city: City, district_id: str, reach: Reach, sites: Sites | None = None) -> DistrictPlan:
    """Lay out one district; rain gauges and bureaus that serve several stand in each of them."""
    points = tuple(point for point in city.low_points if point.district_id == district_id)
    own = [number for number, point in enumerate(city.low_points) if point.district_id == district_id]
    place = {point.low_point_id: number for number, point in enumerate(points)}
    stations = tuple(station for station in city.stations if district_id in districts_of(station, city))
    zones = tuple(zone for zone in city.zones if zone.district_id == district_id)
    point_of = np.array([place.get(station.low_point_id or "", -1) for station in stations], np.int64)
    cadence_us = np.array([station.cadence_s for station in stations], float) * SECOND_US
    from_level = reach.from_level(zones, points)
    cameras = np.array([station.kind == "camera" for station in stations], bool) & (point_of >= 0)
    cameras_of = tuple(tuple(np.flatnonzero(cameras & (point_of == p)).tolist()) for p in range(len(points)))
    watched = np.array([bool(own_cameras) for own_cameras in cameras_of], bool)
    gauges = np.array([n for n, station in enumerate(stations) if station.kind == "rain"], np.int64)
    return DistrictPlan(
        city=city,
        district_id=district_id,
        stations=stations,
        points=points,
        zones=zones,
        station_no={station.station_id: number for number, station in enumerate(stations)},
        point_of=point_of,
        gives_depth=np.array([station.kind in DEPTH_STATIONS for station in stations], bool) & (point_of >= 0),
        silent_after_us=np.maximum(limits.SILENT_CADENCES * cadence_us, limits.SILENT_LEAST_US).astype(np.int64),
        range_high_m=np.array([station.mounting_height_m or limits.RANGE_HIGH_M for station in stations], float),
        error_sd_m=np.array([max(station.error_sd_m, 0.001) for station in stations], float),
        thresholds_m=_thresholds(points),
        low_m=np.asarray(np.round(np.maximum(_thresholds(points) - limits.DOWN_M, limits.WET_M), 6), float),
        neighbours=_neighbours(points),
        apart_km=distances_m([(point.lon, point.lat) for point in points]) / 1000,
        sites=(sites or sites_of(city)).part(np.array(own, np.int64)),
        gauges=gauges,
        gauge_share=_nearness(points, [stations[gauge] for gauge in gauges.tolist()]),
        stage_station=_nearest_stage(points, stations),
        zone_from_level=from_level,
        zones_of=tuple(tuple(np.flatnonzero(from_level[:, p] <= 4).tolist()) for p in range(len(points))),
        stations_of=tuple(tuple(np.flatnonzero(point_of == p).tolist()) for p in range(len(points))),
        cameras_of=cameras_of,
        attended=(point_of >= 0) & watched[point_of] if len(points) else cameras,
    )


def districts_of(station: Station, city: City) -> tuple[str, ...]:
    """The districts that a station's readings go to: its point's, or those it serves."""
    if station.low_point_id is None:
        return station.district_ids
    return tuple(point.district_id for point in city.low_points if point.low_point_id == station.low_point_id)


def _thresholds(points: tuple[LowPoint, ...]) -> Floats:
    table = np.full((len(points), 4), np.inf)
    for row, point in enumerate(points):
        for level in point.levels:
            table[row, level.level - 1] = level.depth_m
    return table


def _neighbours(points: tuple[LowPoint, ...]) -> Bools:
    near = distances_m([(point.lon, point.lat) for point in points]) <= limits.NEIGHBOUR_M
    np.fill_diagonal(near, False)
    return near


_AT_THE_GAUGE_KM = 0.3


def _places(at: Sequence[LowPoint] | Sequence[Station]) -> list[tuple[float, float]]:
    return [(one.lon, one.lat) for one in at]


def _nearness(points: tuple[LowPoint, ...], gauges: list[Station]) -> Floats:
    """Weight of each gauge at each point: the inverse square of the distance."""
    if not points or not gauges:
        return np.zeros((len(points), len(gauges)))
    apart_km = distances_m(_places(points) + _places(gauges))[: len(points), len(points) :] / 1000
    return np.asarray((apart_km + _AT_THE_GAUGE_KM) ** -2.0, float)


def _nearest_stage(points: tuple[LowPoint, ...], stations: tuple[Station, ...]) -> Ints:
    own = [number for number, station in enumerate(stations) if station.kind == "stage"]
    nearest = np.full(len(points), -1, np.int64)
    if own:
        apart_m = distances_m(_places(points) + _places([stations[number] for number in own]))[: len(points), len(points) :]
        beside = np.array([point.point_class == "riverside" for point in points], bool)
        nearest = np.where(beside, np.array(own)[apart_m.argmin(axis=1)] if len(points) else nearest, nearest)
    return np.asarray(nearest, np.int64)
