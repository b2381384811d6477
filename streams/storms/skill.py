"""How far off the forecasts of a storm were, lead by lead, beside water that stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from models.verify import scores
from models.verify.record import Floats, Ints, Record
from models.verify.share import Share
from streams.observation.moments import MINUTE_US

LEADS_MIN = (15, 30, 60)
LOW, MIDDLE, HIGH = "0.1", "0.5", "0.9"
"""The band from .1 to .9 should hold 80 % of what comes."""
_CM = 100.0
_NO_RECORD = Record(np.zeros(0, np.int64), np.zeros(0))


class Foretold(msgspec.Struct, frozen=True):
    """A forecast: depths in m by quantile, a value per lead."""

    low_point: str
    issued_us: int
    lead_min: Sequence[int]
    depth_m: Mapping[str, Sequence[float]]


class LeadScores(msgspec.Struct, frozen=True):
    """At one lead: cases, mean absolute error of the median and of persistence in cm (None without a case), cases within the band."""

    lead_min: int
    cases: int
    mae_cm: float | None
    persistence_mae_cm: float | None
    coverage_80: Share


def lead_scores(forecasts: Iterable[Foretold], records: Mapping[str, Record]) -> list[LeadScores]:
    """Scores at each lead over all forecasts of which both what was then and what came is known; each case counts the same."""
    by_point: dict[str, list[Foretold]] = {}
    for one in forecasts:
        by_point.setdefault(one.low_point, []).append(one)
    found = []
    for lead in LEADS_MIN:
        pieces = [_cases(own, records.get(point, _NO_RECORD), lead) for point, own in by_point.items()]
        found.append(_scores(lead, np.concatenate([*pieces, np.zeros((0, 5))])))
    return found


def _cases(forecasts: Sequence[Foretold], record: Record, lead: int) -> Floats:
    """Columns: observed, known when it was issued, low, median, high; only where both are known."""
    told = [one for one in forecasts if lead in one.lead_min and all(name in one.depth_m for name in (LOW, MIDDLE, HIGH))]
    issued_us: Ints = np.array([one.issued_us for one in told], np.int64)
    said = [[one.depth_m[name][list(one.lead_min).index(lead)] for name in (LOW, MIDDLE, HIGH)] for one in told]
    columns = np.column_stack(
        [record.at(issued_us + lead * MINUTE_US), record.known(issued_us), np.array(said, float).reshape(len(told), 3)]
    )
    return np.asarray(columns[~np.isnan(columns[:, :2]).any(axis=1)], float)


def _scores(lead: int, cases: Floats) -> LeadScores:
    observed, known, low, middle, high = cases.T
    inside = Share(int(scores.covered(observed, low, high).sum()), len(cases))
    if not len(cases):
        return LeadScores(lead, 0, None, None, inside)
    errors = [round(float(scores.absolute_error(observed, said).mean()) * _CM, 2) for said in (middle, known)]
    return LeadScores(lead, len(cases), errors[0], errors[1], inside)
