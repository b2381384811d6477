"""How deep a group says that the water is: one voice a source, so that who reports often is heard once, and the last word counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

import msgspec
import numpy as np
import numpy.typing as npt

from streams.observation.moments import MINUTE_US
from streams.reports.depth import depth_of
from streams.reports.report import Report
from streams.reports.triage.sources import reports_by_source
from streams.rules.limits import REPORT_US

Floats = npt.NDArray[np.float64]

RECENT_US = 15 * MINUTE_US
"""Before the newest that names a depth: street water takes a median 5.6 min to 15 cm, so what was seen longer ago was another water."""
AGREE_M, DIFFER_M = 0.15, 0.35
APART_M = 0.30
"""More than people are off: a hand, and the steps between the words."""
DRY_M, WET_M = 0.05, 0.15
"""Below the one it is dry, from the other on some level may be reached: who says either contradicts who says the other."""
UNNAMED_SD_M = 0.15
"""Of a depth that stands for no word that is known."""
LEAST_SD_M = 0.03
LEAST_VOICE_SD_M = 0.08
"""No voice counts as surer than that: one that says "dry" must not outweigh two that stand in the water."""
_MEDIAN_COST = 1.2533
"""Standard error of a median against that of a mean, of normal errors: sqrt(pi / 2)."""
_MAD_TO_SD = 1.4826
"""Of normal errors: 1 / 0.6745."""


class GroupDepth(msgspec.Struct, frozen=True):
    """Depth of a group.

    Attributes
    ----------
    depth_m, error_sd_m
        The depth, and its standard error.
    spread_m
        How far apart the voices of its sources are.
    voices
        How many sources named a depth.
    within_m
        How far apart the reports of one source are, of the one that contradicts itself most.
    is_disputed
        Whether one source contradicts itself, so that its deeper reports are its voice.
    word_sd_m
        Standard error of one voice.
    before_m
        What others said before, up to half an hour before the newest, where that was another water; else None.
    alone
        Whether one source alone says so, and all others that ever named a depth name another one.
    """

    depth_m: float
    error_sd_m: float
    spread_m: float
    voices: int
    within_m: float = 0.0
    is_disputed: bool = False
    word_sd_m: float = UNNAMED_SD_M
    before_m: float | None = None
    alone: bool = False


class _Voice(msgspec.Struct, frozen=True):
    depth_m: float
    sd_m: float
    within_m: float
    is_disputed: bool


def error_of(report: Report) -> float:
    """Standard error of the depth of one report in m."""
    known = depth_of(report.depth)
    return known.error_sd_m if known is not None else UNNAMED_SD_M


def group_depth(group: Sequence[Report]) -> GroupDepth | None:
    """The depth by all reports of a group, whenever they saw it; None where nobody named one."""
    return depth_by(reports_by_source(group))


def depth_now(group: Sequence[Report]) -> GroupDepth | None:
    """The depth by what was seen last; None where nobody named one.

    That of the 15 min before the newest report which names a depth: rising water must not be argued away by those who saw it before. Where
    that is less than half an hour says, the latter stands: a level by report stands as long, and one who says "dry" takes none back. Where
    both agree the voices of half an hour count.
    """
    told = _told(group)
    if not told:
        return None
    newest_us = max(report.observed_us for report in told)
    sources = reports_by_source(group)  # of all: who hangs together over an older report is one source still
    last, half_hour = (depth_by(_since(sources, newest_us - window_us)) for window_us in (RECENT_US, REPORT_US))
    if last is None or half_hour is None:
        return None
    found = _standing(last, half_hour)
    before = depth_by([[one for one in own if one.observed_us < newest_us - RECENT_US] for own in _since(sources, newest_us - REPORT_US)])
    changed = before is not None and abs(before.depth_m - found.depth_m) > APART_M
    supported = sum(any(abs((one.depth_m or 0.0) - found.depth_m) <= APART_M for one in _told(own)) for own in sources)
    others = sum(bool(_told(own)) for own in sources) - 1
    alone = found.voices == 1 and others > 0 and supported < 2
    return msgspec.structs.replace(found, before_m=before.depth_m if before is not None and changed else None, alone=alone)


def _standing(last: GroupDepth, half_hour: GroupDepth) -> GroupDepth:
    """The deeper of the two; where both agree, and nobody in them is off, it is the same water and all its voices count."""
    if abs(half_hour.depth_m - last.depth_m) <= AGREE_M and max(half_hour.spread_m, half_hour.within_m) <= APART_M:
        return msgspec.structs.replace(half_hour, depth_m=max(last.depth_m, half_hour.depth_m))
    return max(last, half_hour, key=lambda one: one.depth_m)


def recent(group: Sequence[Report], window_us: int = RECENT_US) -> list[Report]:
    """Reports of so long before the newest that names a depth; all of them where none does."""
    newest_us = max((report.observed_us for report in _told(group)), default=None)
    return [report for report in group if newest_us is None or report.observed_us >= newest_us - window_us]


def depth_by(sources: Iterable[Sequence[Report]]) -> GroupDepth | None:
    """The weighted median of the sources' depths, weights 1 / error; None where nobody named a depth.

    The voice of a source is the median of what its devices said last. Where these contradict each other it is the median of the deeper
    ones: a liar costs a look, a flood costs lives. The error is the larger of what the words allow and what the median absolute deviation
    of the voices shows, both for a median of so many voices.
    """
    voices = [voice for voice in map(_voice, sources) if voice is not None]
    if not voices:
        return None
    depth_m, sd_m = np.array([(voice.depth_m, voice.sd_m) for voice in voices]).T
    middle_m = weighted_median(depth_m, 1 / np.maximum(sd_m, LEAST_VOICE_SD_M))
    by_words_m = float(np.sum(sd_m**-2.0)) ** -0.5 * (_MEDIAN_COST if len(voices) > 2 else 1.0)
    by_voices_m = _MAD_TO_SD * float(np.median(np.abs(depth_m - middle_m))) * _MEDIAN_COST / math.sqrt(len(voices))
    return GroupDepth(
        depth_m=round(middle_m, 3),
        error_sd_m=round(max(by_words_m, by_voices_m, LEAST_SD_M), 3),
        spread_m=round(float(np.ptp(depth_m)), 3),
        voices=len(voices),
        within_m=round(max(voice.within_m for voice in voices), 3),
        is_disputed=any(voice.is_disputed for voice in voices),
        word_sd_m=round(float(np.median(sd_m)), 3),
    )


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value with half of the weight on either side; the mean of two where the half falls between them."""
    order = np.argsort(values, kind="stable")
    values, share = values[order], np.cumsum(weights[order]) / np.sum(weights)
    at = int(np.searchsorted(share, 0.5 - 1e-9))
    between = at + 1 < len(values) and abs(share[at] - 0.5) < 1e-9
    return float((values[at] + values[at + 1]) / 2 if between else values[at])


def _told(group: Sequence[Report]) -> list[Report]:
    return [report for report in group if report.depth_m is not None]


def _since(sources: Iterable[Sequence[Report]], since_us: int) -> list[list[Report]]:
    return [[report for report in own if report.observed_us >= since_us] for own in sources]


def _voice(own: Sequence[Report]) -> _Voice | None:
    named = _told(own)
    if len(named) == 1:  # most are, and there may be hundreds
        return _Voice(named[0].depth_m or 0.0, error_of(named[0]), 0.0, False)
    last: dict[str, Report] = {}
    for report in sorted(named, key=lambda one: (one.observed_us, one.made_us, one.report)):
        last[report.device or report.report] = report  # who looks again knows better; one without a device may be anybody
    told = [(report.depth_m or 0.0, error_of(report)) for report in last.values()]
    if not told:
        return None
    least_m, most_m = min(told)[0], max(told)[0]
    disputed = most_m - least_m > DIFFER_M or (least_m < DRY_M and most_m >= WET_M)
    if disputed:
        told = [one for one in told if one[0] > (least_m + most_m) / 2]
    return _Voice(median(depth_m for depth_m, _ in told), median(sd_m for _, sd_m in told), most_m - least_m, disputed)
