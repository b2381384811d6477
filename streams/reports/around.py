"""Reads what is known of the places of reports from the store, once for many groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median

import msgspec
import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine

from streams.city.model import DEPTH_STATIONS, City, LowPoint, Station
from streams.city.near import distances_to_m, placed
from streams.observation.moments import HOUR_US, MINUTE_US, SECOND_US
from streams.reports.ground import Ground
from streams.reports.report import Report
from streams.reports.triage.around import Around
from streams.reports.triage.elsewhere import Elsewhere
from streams.reports.triage.sources import accepted_of_others
from streams.rules.outputs import Forecast
from streams.rules.station_states import MOST_STATIONS
from streams.store.history import rain_history
from streams.store.live_rows import StationSeen, forecasts_of, stations_seen
from streams.store.queries import PointNow, districts_now, points_now
from streams.store.recent_water import water_between
from streams.store.reports_groups import reports_since

NEIGHBOUR_M = 2000.0
RECENT_US = 15 * MINUTE_US
"""What holds now is what was then, if it is no longer ago."""
RAIN_BEFORE_US = 30 * MINUTE_US
RAIN_BACK_US = 24 * HOUR_US
FORECAST_US = 10 * MINUTE_US
LEAD_MIN = 30
SAME_M = 1e-6
ELSEWHERE_US = 7 * 24 * HOUR_US
MOST_ELSEWHERE = 5000

_LINES = msgspec.json.Decoder(Forecast)


class Surroundings:
    """What the store says at a moment of the log; asked where a group needs it, and kept."""

    def __init__(self, city: City, engine: Engine, now_us: int, ground: Ground):
        self._city, self._engine, self._now_us, self._ground = city, engine, now_us, ground
        self._points = {point.low_point_id: point for point in city.low_points}
        self._now = {row.low_point: row for row in points_now(engine)}
        self._rain_now = {row.district: row.rain_mm_30min for row in districts_now(engine)}
        self._depth_stations, self._gauges = _depth_stations(city), _gauges(city)
        self._seen: dict[str, list[StationSeen]] = defaultdict(list)
        for row in stations_seen(engine):
            self._seen[row.station].append(row)
        self._elsewhere = Elsewhere(reports_since(engine, now_us - ELSEWHERE_US, MOST_ELSEWHERE))
        self._rain: dict[str, list[tuple[int, float]]] = {}
        self._lon = np.array([point.lon for point in city.low_points])
        self._lat = np.array([point.lat for point in city.low_points])

    def of(self, group: Sequence[Report], accepted_here: Sequence[Report] = ()) -> Around:
        """What is known around reports of one water; `accepted_here` are reports of it that were accepted already."""
        seen_us = max(report.observed_us for report in group)
        point = self.low_point(group)
        place = _place(group, point)
        district = point.district_id if point else self._district(place)
        own_m, age_s, doubted = self._own(point, seen_us)
        hidden, accepted = self._elsewhere.before(group)
        return Around(
            now_us=self._now_us,
            at_low_point=point is not None,
            hollow=self._ground.is_hollow(*place) if place is not None and point is None else None,
            rain_mm_30min=self._rain_mm(district, seen_us),
            depth_m=own_m,
            depth_age_s=age_s,
            level=_level(self._now.get(point.low_point_id)) if point else None,
            doubted=doubted,
            neighbours_m=tuple(self._neighbours_m(place, point, seen_us)),
            chance=self._chance(point),
            copies=self._elsewhere.copies(group),
            far=self._elsewhere.far(group),
            hidden_before=hidden,
            accepted_before=accepted,
            accepted_here=len(accepted_of_others(group, accepted_here)),
        )

    def point(self, low_point: str | None) -> LowPoint | None:
        """A low point by its id."""
        return self._points.get(low_point or "")

    def low_point(self, group: Sequence[Report]) -> LowPoint | None:
        """The low point that a group is about."""
        return next((self._points[report.low_point] for report in group if report.low_point in self._points), None)

    def nearest(self, group: Sequence[Report]) -> tuple[LowPoint, float] | None:
        """The nearest low point to where the reports are, and how far it is in m; None where their place or every point's is unknown."""
        place = _place(group, None)
        if place is None or not len(self._lon):
            return None
        metres = self._metres(place)
        at = int(np.argmin(metres))
        return self._city.low_points[at], float(metres[at])

    def _metres(self, place: tuple[float, float]) -> npt.NDArray[np.float64]:
        return distances_to_m(*place, self._lon, self._lat)

    def _district(self, place: tuple[float, float] | None) -> str | None:
        if place is None or not len(self._lon):
            return None
        return self._city.low_points[int(np.argmin(self._metres(place)))].district_id

    def _rain_mm(self, district: str | None, seen_us: int) -> float | None:
        """The most in any 30 min that ended from half an hour before the reports to now; silence of the gauges is not "no rain"."""
        if district is None:
            return None
        if district not in self._rain:
            rows = rain_history(self._engine, district, self._now_us - RAIN_BACK_US, self._now_us)
            self._rain[district] = [(row.at_us, row.rain_mm_30min) for row in rows]
        kept = [mm for at_us, mm in self._rain[district] if at_us >= seen_us - RAIN_BEFORE_US]
        told = [*kept, *([self._rain_now[district]] if district in self._rain_now else [])]
        most_mm = max(told, default=0.0)
        return most_mm if most_mm > 0 or (told and self._gauge_speaks(district)) else None

    def _gauge_speaks(self, district: str) -> bool:
        """Whether a rain gauge of the district is well and was heard lately: where none is, nothing fell only because nothing was heard."""
        gauges = self._gauges.get(district, ())
        rows = [row for name in gauges for row in self._seen.get(name, ()) if row.district == district]
        if gauges and not rows:
            # of a district with so many stations only those are named that are not well
            return district in self._rain_now and sum(_serves(one, district, self._points) for one in self._city.stations) > MOST_STATIONS
        return any(row.state == "ok" and self._now_us - (row.observed_us or 0) <= RAIN_BEFORE_US for row in rows)

    def _own(self, point: LowPoint | None, seen_us: int) -> tuple[float | None, float | None, bool]:
        """What the point's own sensors and cameras measured at that time, how far from it, and whether only doubted ones speak."""
        if point is None:
            return None, None, False
        ids = self._depth_stations.get(point.low_point_id, ())
        rows = [row for name in ids for row in self._seen.get(name, ()) if row.value is not None and row.observed_us is not None]
        near = [row for row in rows if row.state == "ok" and abs((row.observed_us or 0) - seen_us) <= RECENT_US]
        if near:
            age_s = min(abs((row.observed_us or 0) - seen_us) for row in near) / SECOND_US
            return median(row.value or 0.0 for row in near), age_s, False
        doubted = any(row.state == "suspect" for name in ids for row in self._seen.get(name, ()))
        then = self._then(point.low_point_id, seen_us) if ids else None
        return (*then, doubted) if then is not None else (None, None, doubted)

    def _then(self, low_point: str, seen_us: int) -> tuple[float, float] | None:
        """What was measured at a point next to that time: depth in m, and how far from it in s."""
        rows = water_between(self._engine, seen_us - RECENT_US, seen_us + RECENT_US, low_point).get(low_point, ())
        known = [(abs(row.at_us - seen_us), row.depth_m) for row in rows if row.depth_m is not None and row.level is not None]
        return (min(known)[1], min(known)[0] / SECOND_US) if known else None

    def _neighbours_m(self, place: tuple[float, float] | None, own: LowPoint | None, seen_us: int) -> list[float]:
        if place is None or not len(self._lon):
            return []
        found = []
        for at in np.flatnonzero(self._metres(place) <= NEIGHBOUR_M).tolist():
            point = self._city.low_points[at]
            now = self._now.get(point.low_point_id)
            if point is own or now is None or now.depth_m is None or now.level == "unknown" or now.basis == "report":
                continue
            if now.observed_us is not None and abs(now.observed_us - seen_us) <= HOUR_US:
                found.append(now.depth_m)
        return found

    def _chance(self, point: LowPoint | None) -> float | None:
        """Chance of the first level within 30 min, by a forecast that is not too old."""
        if point is None:
            return None
        issued_us, line = forecasts_of(self._engine, [point.low_point_id]).get(point.low_point_id, (0, b""))
        if self._now_us - issued_us > FORECAST_US:
            return None
        try:
            forecast = _LINES.decode(line)
            at = forecast.lead_min.index(LEAD_MIN)
            first_m = point.levels[0].depth_m
            return next((row.p[at] for row in forecast.p_exceed if abs(row.threshold_m - first_m) < SAME_M), None)
        except (msgspec.DecodeError, ValueError, IndexError):
            return None


def _depth_stations(city: City) -> dict[str, list[str]]:
    """Sensors and cameras of each low point: once for all reports, for a large city is long to look through."""
    found: dict[str, list[str]] = defaultdict(list)
    for station in city.stations:
        if station.kind in DEPTH_STATIONS and station.low_point_id is not None:
            found[station.low_point_id].append(station.station_id)
    return dict(found)


def _gauges(city: City) -> dict[str, list[str]]:
    """Rain gauges of each district."""
    found: dict[str, list[str]] = defaultdict(list)
    for station in city.stations:
        for district in station.district_ids if station.kind == "rain" else ():
            found[district].append(station.station_id)
    return dict(found)


def _serves(station: Station, district: str, points: Mapping[str, LowPoint]) -> bool:
    point = points.get(station.low_point_id or "")
    return district in station.district_ids or (point is not None and point.district_id == district)


def _level(now: PointNow | None) -> int | None:
    return None if now is None or now.level == "unknown" else int(now.level)


def _place(group: Sequence[Report], point: LowPoint | None) -> tuple[float, float] | None:
    """Where a group is: the low point, else the middle of its reports' places."""
    if point is not None and placed(point):
        return point.lon, point.lat
    known = [(report.lon, report.lat) for report in group if report.lon is not None and report.lat is not None]
    return (median(lon for lon, _ in known), median(lat for _, lat in known)) if known else None
