"""What the writers and pictures of a group did in other groups: a picture sent of two places, a phone that is in two places at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from streams.city.near import distance_m
from streams.observation.moments import MINUTE_US
from streams.reports.report import Report
from streams.reports.triage.likeness import ALIKE_BITS

FAR_M = 2000.0
AT_ONCE_US = 30 * MINUTE_US
"""In a flood nobody gets two kilometres further through the water within this time, and stops to report."""
OTHER_PLACE_M = 500.0


class Elsewhere:
    """Reports of the last days, to hold groups against; none of an exercise."""

    def __init__(self, reports: Sequence[Report]):
        self._of_device: dict[str, list[Report]] = defaultdict(list)
        for report in reports:
            if report.device:
                self._of_device[report.device].append(report)
        pictured = [(report, picture) for report in reports if (picture := _number(report.likeness)) is not None]
        self._pictured = [report for report, _ in pictured]
        self._pictures = np.array([picture for _, picture in pictured], np.uint64)

    def copies(self, group: Sequence[Report]) -> frozenset[str]:
        """Likenesses of this group that a report of another place had before: the first who sends a picture keeps its worth."""
        return frozenset(report.likeness for report in group if report.likeness and self._is_copied(report))

    def far(self, group: Sequence[Report]) -> frozenset[str]:
        """Those reports of the group that are of a device that reported from far away at the same time."""
        return frozenset(
            report.report for report in group if any(_is_far(report, other) for other in self._of_device.get(report.device, ()))
        )

    def before(self, group: Sequence[Report]) -> tuple[int, int]:
        """How many reports of other groups by the same devices were hidden, and accepted."""
        own = {report.group_id for report in group}
        devices = {report.device for report in group if report.device}
        states = [other.state for name in devices for other in self._of_device.get(name, ()) if other.group_id not in own]
        return states.count("hidden"), states.count("accepted")

    def _is_copied(self, report: Report) -> bool:
        picture = _number(report.likeness)
        if picture is None or not self._pictures.size:
            return False
        near = np.bitwise_count(self._pictures ^ np.uint64(picture)) <= ALIKE_BITS
        before = sorted((other for at in np.flatnonzero(near).tolist() if _came(other := self._pictured[at]) < _came(report)), key=_came)
        first = next((other for other in before if _is_here(report, other) or _is_another_place(report, other)), None)
        # sent here, then elsewhere, then here again: the last repeats the first, and must not make a copy of it
        return first is not None and not _is_here(report, first)


def _number(likeness: str | None) -> int | None:
    try:
        return int(likeness, 16) if likeness and len(likeness) <= 16 else None
    except ValueError:
        return None


def _came(report: Report) -> tuple[int, str]:
    """The order of receipt: by our clock, not by what a writer says."""
    return report.made_us, report.report


def _is_here(one: Report, other: Report) -> bool:
    if one.low_point is not None and one.low_point == other.low_point:
        return True
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return False
    return distance_m(one.lon, one.lat, other.lon, other.lat) <= OTHER_PLACE_M


def _is_another_place(one: Report, other: Report) -> bool:
    if one.low_point is not None and one.low_point == other.low_point:
        return False
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return one.low_point is not None and other.low_point is not None
    return distance_m(one.lon, one.lat, other.lon, other.lat) > OTHER_PLACE_M


def _is_far(one: Report, other: Report) -> bool:
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return False
    near_in_time = abs(one.observed_us - other.observed_us) <= AT_ONCE_US
    return near_in_time and distance_m(one.lon, one.lat, other.lon, other.lat) > FAR_M
