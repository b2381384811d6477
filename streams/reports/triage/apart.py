"""Reports of a group that stand apart from the others: they are not accepted with them unless somebody says so."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from streams.observation.moments import MINUTE_US
from streams.reports.report import Report
from streams.reports.triage.around import Around
from streams.reports.triage.depth import APART_M, depth_by
from streams.reports.triage.likeness import alike
from streams.reports.triage.sources import sources_of

WhyApart = Literal["copied", "elsewhere", "depth"]

AT_ONCE_US = MINUTE_US
"""No street fills or drains by a hand's length in it; older reports say nothing against one."""
AFTER_US = 5 * MINUTE_US
LEAST_VOICES = 3
"""So many sources, its own among them, show which one is off."""


def apart(group: Sequence[Report], around: Around) -> dict[str, WhyApart]:
    """Those that stand apart, by id: a picture that is of another place too, a device that was far away, a depth that nobody else saw.

    A depth is held against what was seen from a minute before it to five minutes after it alone: whoever saw the water before has nothing
    to say against who sees it now, deeper or shallower.
    """
    found: dict[str, WhyApart] = {}
    for report in group:
        if report.likeness and is_copy(report.likeness, around):
            found[report.report] = "copied"
        elif report.report in around.far:
            found[report.report] = "elsewhere"
    return found | dict.fromkeys(_off([report for report in group if report.report not in found]), "depth")


def is_copy(likeness: str, around: Around) -> bool:
    """Whether a picture was sent of another place too."""
    return any(alike(likeness, other) for other in around.copies)


def _off(group: Sequence[Report]) -> Iterator[str]:
    numbered = [(number, report) for number, report in zip(sources_of(group), group, strict=True) if report.depth_m is not None]
    told = sorted(numbered, key=lambda one: one[1].observed_us)
    times = [report.observed_us for _, report in told]
    for _, report in told:
        near = told[bisect_left(times, report.observed_us - AT_ONCE_US) : bisect_right(times, report.observed_us + AFTER_US)]
        if _is_off(report, near):
            yield report.report


def _is_off(report: Report, near: Sequence[tuple[int, Report]]) -> bool:
    own_m = report.depth_m or 0.0
    if all(abs((other.depth_m or 0.0) - own_m) <= APART_M for _, other in near):
        return False
    sources: dict[int, list[Report]] = defaultdict(list)
    for number, other in near:
        sources[number].append(other)
    depth = depth_by(sources.values()) if len(sources) >= LEAST_VOICES else None
    return depth is not None and abs(depth.depth_m - own_m) > APART_M
