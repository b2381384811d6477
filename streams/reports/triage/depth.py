"""How deep a group says that the water is: one voice a source, so that who reports often is heard once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import msgspec
import numpy as np
import numpy.typing as npt

from streams.reports.depth import depth_of
from streams.reports.report import Report
from streams.reports.triage.sources import reports_by_source

Floats = npt.NDArray[np.float64]

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
    """Depth of a group with its standard error, how far apart its sources are, and how many of them named a depth."""

    depth_m: float
    error_sd_m: float
    spread_m: float
    voices: int


def error_of(report: Report) -> float:
    """Standard error of the depth of one report in m."""
    known = depth_of(report.depth)
    return known.error_sd_m if known is not None else UNNAMED_SD_M


def group_depth(group: Sequence[Report]) -> GroupDepth | None:
    """The weighted median of the sources' depths, weights 1 / error; None where nobody named a depth.

    The voice of a source is the median of what it said. The error is the larger of what the words allow and what the median absolute
    deviation of the voices shows, both for a median of so many voices.
    """
    voices = [voice for voice in map(_voice, reports_by_source(group)) if voice is not None]
    if not voices:
        return None
    depth_m, sd_m = np.array(voices).T
    middle_m = weighted_median(depth_m, 1 / np.maximum(sd_m, LEAST_VOICE_SD_M))
    by_words_m = float(np.sum(sd_m**-2.0)) ** -0.5 * (_MEDIAN_COST if len(voices) > 2 else 1.0)
    by_voices_m = _MAD_TO_SD * float(np.median(np.abs(depth_m - middle_m))) * _MEDIAN_COST / math.sqrt(len(voices))
    error_m = max(by_words_m, by_voices_m, LEAST_SD_M)
    return GroupDepth(round(middle_m, 3), round(error_m, 3), round(float(np.ptp(depth_m)), 3), len(voices))


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value with half of the weight on either side; the mean of two where the half falls between them."""
    order = np.argsort(values, kind="stable")
    values, share = values[order], np.cumsum(weights[order]) / np.sum(weights)
    at = int(np.searchsorted(share, 0.5 - 1e-9))
    between = at + 1 < len(values) and abs(share[at] - 0.5) < 1e-9
    return float((values[at] + values[at + 1]) / 2 if between else values[at])


def _voice(own: Sequence[Report]) -> tuple[float, float] | None:
    told = [(report.depth_m, error_of(report)) for report in own if report.depth_m is not None]
    return (median(depth for depth, _ in told), median(sd for _, sd in told)) if told else None
