"""Reports of a group that stand apart from the others: they are not accepted with them unless somebody says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from streams.reports.report import Report
from streams.reports.triage.around import Around
from streams.reports.triage.depth import GroupDepth, group_depth
from streams.reports.triage.likeness import alike

WhyApart = Literal["copied", "elsewhere", "depth"]

APART_M = 0.30
"""More than people are off: a hand, and the steps between the words."""


def apart(group: Sequence[Report], around: Around) -> dict[str, WhyApart]:
    """Those that stand apart, by id: a picture that is of another place too, a device that was far away, a depth that nobody else saw."""
    found: dict[str, WhyApart] = {}
    for report in group:
        if report.likeness and is_copy(report.likeness, around):
            found[report.report] = "copied"
        elif report.report in around.far:
            found[report.report] = "elsewhere"
    depth = group_depth([report for report in group if report.report not in found])
    if depth is not None and depth.voices > 2:
        found |= {report.report: "depth" for report in group if report.report not in found and _is_off(report, depth)}
    return found


def is_copy(likeness: str, around: Around) -> bool:
    """Whether a picture was sent of another place too."""
    return any(alike(likeness, other) for other in around.copies)


def _is_off(report: Report, depth: GroupDepth) -> bool:
    return report.depth_m is not None and abs(report.depth_m - depth.depth_m) > APART_M
