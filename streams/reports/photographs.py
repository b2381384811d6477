"""Which photographs count as one: those of one source, and those that are alike. They go out under the name of the first of them.

The districts count photographs by their names (`image`), and know nothing of whose they are: no digest of a device leaves the store.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from streams.reports.observed import Observed
from streams.reports.report import Report
from streams.reports.triage.likeness import alike
from streams.reports.triage.sources import sources_of


class Photograph(msgspec.Struct, frozen=True):
    """A photograph that went out for a station: with the observation of which report, and under which name."""

    report: str
    station: str
    image: str


def named_once(observed: Sequence[Observed], reports: Sequence[Report], sent: Sequence[Photograph]) -> list[Observed]:
    """Observations of which those with the photograph of an earlier one carry its name.

    Parameters
    ----------
    reports
        All that observations of either kind are of, and the others of their groups, whose pictures may stand for theirs.
    sent
        What went out lately, the first first.
    """
    source = dict(zip((report.report for report in reports), sources_of(reports), strict=True))
    likenesses: dict[int, set[str]] = {}
    for report in reports:
        if report.likeness:
            likenesses.setdefault(source[report.report], set()).add(report.likeness)

    def same(one: str, other: str) -> bool:
        own, others = source[one], source[other]
        return own == others or any(alike(a, b) for a in likenesses.get(own, ()) for b in likenesses.get(others, ()))

    out, known = [], [photograph for photograph in sent if photograph.report in source]
    for one in observed:
        told = msgspec.json.decode(one.line)
        if "image" in told:
            first = next((was for was in known if was.station == one.station and same(was.report, one.report)), None)
            told["image"] = first.image if first else told["image"]
            known.append(Photograph(one.report, one.station, told["image"]))
            one = msgspec.structs.replace(one, line=msgspec.json.encode(told).decode())
        out.append(one)
    return out
