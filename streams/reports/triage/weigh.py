"""What a group of reports is worth: a score from 0 to 1, and the reasons for it.

The score is the logistic of a sum of logarithms of odds, one for each reason, so that whoever reads the reasons can add them up. What one
source says is never worth more than `ONE_SOURCE_AT_MOST`, however many reports, pictures and favourable circumstances it has: one person
can make them all, and choose a place where they fit. The same holds of a depth that one source alone names, whatever others said before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec

from streams.reports.report import Report
from streams.reports.triage.apart import WhyApart, apart
from streams.reports.triage.around import Around
from streams.reports.triage.depth import AGREE_M, DIFFER_M, GroupDepth, depth_now, recent
from streams.reports.triage.likeness import alike, distinct
from streams.reports.triage.plausible import reasons_of_reports, reasons_of_surroundings
from streams.reports.triage.reason import Reason
from streams.reports.triage.sources import reports_by_source
from streams.rules.limits import REPORT_US

BEFORE_LOG_ODDS = -0.6
"""One report of which nothing else is known: one in three is believed."""
ONE_SOURCE_AT_MOST = 0.6
EACH_SOURCE = 1.0
MOST_SOURCES = 5
"""Beyond so many sources more of them add nothing to the score."""


class Weight(msgspec.Struct, frozen=True):
    """What a group is worth.

    Attributes
    ----------
    score
        0 to 1.
    reasons
        Those that weigh most first.
    depth
        What its sources say of the depth now; None where none of them did.
    sources, photos
        How many sources that have nothing to do with each other; how many different pictures. Both are counted without the reports that
        stand apart, but for a depth of their own.
    photo_sources
        Sources that have a picture of their own, unlike all pictures of the others, of the half hour before the newest depth.
    last_photo_sources
        The same of its last 15 min.
    apart
        Reports that stand apart, and why.
    """

    score: float
    reasons: tuple[Reason, ...]
    depth: GroupDepth | None
    sources: int
    photos: int
    photo_sources: int
    last_photo_sources: int
    apart: dict[str, WhyApart]


def weigh(group: Sequence[Report], around: Around) -> Weight:
    """Weigh the reports of a group, at least one, against what is known around them."""
    away = apart(group, around)
    sound = [report for report in group if away.get(report.report, "depth") == "depth"]
    own, depth = reports_by_source(sound), depth_now(sound or group)
    pictures = distinct(report.likeness for report in sound if report.likeness)
    reasons = [
        *_reasons_of_sources(group, len(own), depth, around),
        *_reasons_of_pictures(len(pictures), list(away.values()).count("copied")),
        *reasons_of_reports(group, around.now_us),
        *reasons_of_surroundings(depth, around),
    ]
    score = 1 / (1 + math.exp(-BEFORE_LOG_ODDS - sum(reason.log_odds for reason in reasons)))
    of_one = len(own) < 2 or (depth is not None and depth.alone)
    return Weight(
        score=round(min(score, ONE_SOURCE_AT_MOST) if of_one else score, 3),
        reasons=tuple(sorted(reasons, key=lambda reason: -abs(reason.log_odds))),
        depth=depth,
        sources=len(own),
        photos=len(pictures),
        photo_sources=_photo_sources(own, recent(sound, REPORT_US)),
        last_photo_sources=_photo_sources(own, recent(sound)),
        apart=away,
    )


def _reasons_of_sources(group: Sequence[Report], sources: int, depth: GroupDepth | None, around: Around) -> Iterator[Reason]:
    if sources > 1:
        yield Reason("sources", EACH_SOURCE * (min(sources, MOST_SOURCES) - 1), {"sources": sources})
    elif len(group) > 1:
        yield Reason("one_source", -0.2, {"reports": len(group)})
    if depth is not None:
        yield from _depths(depth)
    if around.far:
        yield Reason("elsewhere", -1.5 * len(around.far) / len(group), {"reports": len(around.far)})
    if around.accepted_here:
        yield Reason("accepted_here", 0.6, {"reports": around.accepted_here})
    if around.hidden_before:
        yield Reason("hidden_before", -0.8, {"reports": around.hidden_before})
    elif around.accepted_before:
        yield Reason("accepted_before", 0.4, {"reports": around.accepted_before})


def _depths(depth: GroupDepth) -> Iterator[Reason]:
    if depth.voices > 1 and max(depth.spread_m, depth.within_m) <= AGREE_M:
        yield Reason("depths_agree", 0.4)
    elif depth.voices > 1 and depth.spread_m > DIFFER_M:
        yield Reason("depths_differ", -0.6, {"metres": depth.spread_m})
    if depth.is_disputed:
        yield Reason("source_differs", -0.3, {"metres": depth.within_m})
    if depth.alone:
        yield Reason("depth_of_one", -0.3)
    if depth.before_m is not None:
        yield Reason("depth_before", -0.3, {"depth_m": depth.before_m})


def _reasons_of_pictures(photos: int, copied: int) -> Iterator[Reason]:
    if copied:
        yield Reason("copied", -1.5, {"reports": copied})
    if photos > 1:
        yield Reason("photos", 0.8, {"photos": photos})
    elif photos == 1:
        yield Reason("photo", 0.4)
    elif not copied:
        yield Reason("no_photo", -0.4)


def _photo_sources(own: Sequence[Sequence[Report]], counted: Sequence[Report]) -> int:
    """Sources with a picture among the reports that count which is unlike all those of the sources before it."""
    names = {report.report for report in counted}
    seen: list[str] = []
    count = 0
    for reports in own:
        mine = [report.likeness for report in reports if report.likeness and report.report in names]
        if any(not any(alike(likeness, other) for other in seen) for likeness in mine):
            count += 1
        seen += [report.likeness for report in reports if report.likeness]
    return count
