"""Whether anything spoke for water at a point: rain, or a wet neighbour, as far as the rules believed it (law 2)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from models.verify.record import WET_M
from streams.bench.part import name_of
from streams.city.model import City
from streams.observation.moments import MINUTE_US
from streams.replay.recording import Recording
from streams.rules import limits
from streams.rules.outputs import Output, Verdict
from streams.rules.plan import DistrictPlan

SET_ASIDE = {"spike", "range", "low_confidence", "box", "flat_line"}
_SLACK_US = 10 * MINUTE_US
"""Amounts are spread over the minutes of their period, so rain may count a little longer than its reading says."""


class Company:
    """What was believed in one run: readings of depth that were not set aside, and rain.

    Parameters
    ----------
    plans
        Of every district.
    outputs
        Of the run; its verdicts say what was set aside.
    """

    def __init__(self, city: City, recording: Recording, plans: Iterable[DistrictPlan], outputs: Iterable[Output]):
        aside = {one.reading for one in outputs if isinstance(one, Verdict) and SET_ASIDE & set(one.flags)}
        kinds = np.array([station.kind for station in city.stations])[recording.station_no]
        wet = np.flatnonzero(np.isin(kinds, ("level", "camera")) & (recording.value >= WET_M))
        point_of = [station.low_point_id for station in city.stations]
        wet = wet[[name_of(city, recording, row) not in aside for row in wet.tolist()]]
        self._recording = recording
        self._wet = {point: wet[[point_of[no] == point for no in recording.station_no[wet].tolist()]] for point in set(point_of)}
        self._rain = np.flatnonzero(kinds == "rain")
        self._neighbours, self._gauges = _surroundings(plans)

    def at(self, low_point: str, from_us: int, until_us: int) -> bool:
        """Whether it rained, or a neighbour was wet, at any time of a stay."""
        return self._near_wet(low_point, from_us, until_us) or self._rained(low_point, from_us, until_us)

    def _near_wet(self, low_point: str, from_us: int, until_us: int) -> bool:
        heard = self._recording
        for neighbour in self._neighbours[low_point]:
            rows = self._wet.get(neighbour, np.zeros(0, np.int64))
            fresh = heard.observed_us[rows] >= from_us - limits.NEIGHBOUR_US
            if (fresh & (heard.received_us[rows] <= until_us)).any():
                return True
        return False

    def _rained(self, low_point: str, from_us: int, until_us: int) -> bool:
        heard = self._recording
        near = np.isin(heard.station_no[self._rain], list(self._gauges[low_point]))
        rows = self._rain[near & (heard.received_us[self._rain] <= until_us)]
        window_us = limits.RAIN_WINDOW_MIN * MINUTE_US + _SLACK_US
        rows = rows[heard.observed_us[rows] >= from_us - window_us]
        return any(
            heard.value[rows[heard.station_no[rows] == gauge]].sum() >= limits.RAIN_MM
            for gauge in np.unique(heard.station_no[rows]).tolist()
        )


def _surroundings(plans: Iterable[DistrictPlan]) -> tuple[dict[str, list[str]], dict[str, set[int]]]:
    """Neighbours, and gauges by their place in the city's list of stations, of each point."""
    neighbours: dict[str, list[str]] = {}
    gauges: dict[str, set[int]] = {}
    for plan in plans:
        place = {station.station_id: number for number, station in enumerate(plan.city.stations)}
        own = {place[plan.stations[gauge].station_id] for gauge in plan.gauges.tolist()}
        for number, point in enumerate(plan.points):
            neighbours[point.low_point_id] = [plan.points[other].low_point_id for other in np.flatnonzero(plan.neighbours[number]).tolist()]
            gauges[point.low_point_id] = own
    return neighbours, gauges
