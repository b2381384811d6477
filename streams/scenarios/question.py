"""What is asked of a city as it stands: how much more rain, with which drains and pumps; and the answer in rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from models.table.intensity import PEAK_RATIO, Floats, Formula
from models.table.live import LEAD_MIN, WhatIf, what_if
from streams.observation.moments import to_text
from streams.scenarios.now import Now

AMOUNTS_MM = (0.0, 20.0, 50.0, 100.0)
CLEAR = {"free": 1.0, "half": 0.5}
LEADS = tuple(round(lead) for lead in LEAD_MIN.tolist())


@dataclass(frozen=True)
class Question:
    """More rain from now on. `pumps`: as they run now, all on or all off."""

    amounts_mm: tuple[float, ...] = AMOUNTS_MM
    duration_min: float = 60.0
    drains: Literal["free", "half"] = "free"
    pumps: Literal["as-now", "on", "off"] = "as-now"


class Row(msgspec.Struct, frozen=True):
    """One low point under one amount; the columns of the CSV and the keys of the JSON.

    `depth_now_m` is what was last measured. `level` is that of the median peak within two hours, 0 below level 1. Minutes are those of
    the median, by level from 1 on: 0 where the water stands there already, None where it is not reached within two hours, or the point
    has no level of that number. `depth_m` is the median after 5, 15, 30, 60, 90 and 120 min.
    """

    low_point: str
    at: str
    amount_mm: float
    duration_min: float
    drains: str
    pumps: str
    depth_now_m: float
    peak_m_q10: float
    peak_m_q50: float
    peak_m_q90: float
    level: int
    minutes_to: tuple[float | None, ...]
    depth_m: tuple[float, ...]


def answer(now: Now, question: Question, formula: Formula | None) -> WhatIf:
    """Take the ensemble two hours further under every amount at once."""
    pumps: dict[str, Floats | float] = {"as-now": now.pump_on, "on": 1.0, "off": 0.0}
    return what_if(
        now.bank,
        now.ensemble.water,
        now.ensemble.weight(),
        now.ensemble.inflow_mm_h,
        now.thresholds_m,
        question.amounts_mm,
        question.duration_min,
        formula.peak_ratio if formula else PEAK_RATIO,
        formula,
        CLEAR[question.drains],
        pumps[question.pumps],
    )


def rows_of(now: Now, question: Question, said: WhatIf) -> Iterator[Row]:
    """Yield all rows, points outermost, amounts as they were asked."""
    median = said.depth_m[:, :, :, 1]
    for at, point in enumerate(now.city.low_points):
        for column, amount_mm in enumerate(said.amounts_mm):
            low_m, middle_m, high_m = np.round(said.peak_m[at, column], 3).tolist()
            yield Row(
                low_point=point.low_point_id,
                at=to_text(now.at_us),
                amount_mm=amount_mm,
                duration_min=question.duration_min,
                drains=question.drains,
                pumps=question.pumps,
                depth_now_m=round(float(now.depth_m[at]), 3),
                peak_m_q10=low_m,
                peak_m_q50=middle_m,
                peak_m_q90=high_m,
                level=int((middle_m >= now.thresholds_m[at]).sum()),  # of the depth as it is written
                minutes_to=tuple(round(m, 1) if np.isfinite(m) else None for m in said.minutes_to[at, column].tolist()),
                depth_m=tuple(np.round(median[at, column], 3).tolist()),
            )
