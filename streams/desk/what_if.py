"""What if so much more rain fell from now on: answered from the water as it stands in the model, for every low point at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter
from pydantic import BaseModel, Field

from models.table.intensity import Formula
from models.table.live import WhatIf
from streams.desk.caller import Looks
from streams.desk.desk import AtDesk, Desk
from streams.desk.gate import Crowded
from streams.desk.problems import RETRY_AFTER_S, documented, problem
from streams.desk.wire import Moment, Sent
from streams.observation.moments import MINUTE_US, to_text
from streams.scenarios.now import Now
from streams.scenarios.question import Question, answer
from streams.store.queries import PointNow, points_now
from streams.store.water import water_now
from streams.web.board import shown
from streams.web.freshness import Freshness

FRESH_US = 15 * MINUTE_US
"""A reading this old still says where the water stands; an older one does not lift what the model says."""

router = APIRouter(prefix="/api", tags=["what-if"])


class AskedWhatIf(Sent):
    """So much more rain over so long, from now on; none after that."""

    amount_mm: Annotated[float, Field(ge=0, le=300, allow_inf_nan=False)]
    duration_min: Annotated[float, Field(ge=5, le=360, allow_inf_nan=False)]
    drains: Literal["free", "half"] = Field("free", description="how much of the inlets is free")
    pumps: Literal["as-now", "on", "off"] = "as-now"


class PeakView(BaseModel):
    """Quantiles of the highest depth within two hours, in m."""

    q10: float
    q50: float
    q90: float


class WhatIfRow(BaseModel):
    """One low point; null is unknown, never dry.

    `level` is that of the median peak. `minutes_to` are those of the median, by level: 0 where the water stands there already, null where
    it is not reached within two hours. `level_now` and `depth_now_m` are what holds and what was measured.
    """

    low_point: str
    level: int | None = None
    peak_m: PeakView | None = None
    minutes_to: dict[str, float | None] | None = None
    level_now: int | None = None
    depth_now_m: float | None = None


class Rarity(BaseModel):
    """How rare such rain is by the city's own formula: below, within (`years`: its return period) or beyond design, or unknown."""

    kind: Literal["below", "within", "beyond", "unknown"]
    years: float | None


class WhatIfView(BaseModel):
    """The answer, as of the moment that every district in it had told its water; points whose water nobody has told are unknown."""

    at: Moment | None
    rarity: Rarity
    districts_missing: list[str]
    rows: list[WhatIfRow]


@router.post("/what-if", responses=documented(400, 401, 403, 413, 422, 503))
async def what_if(desk: AtDesk, _: Looks, asked: AskedWhatIf) -> WhatIfView:
    """Answer for every low point; nothing is changed by asking."""
    try:
        return await desk.questions.run(lambda: _answer(desk, asked))
    except Crowded:
        raise problem(503, "too many ask at once: try again", RETRY_AFTER_S) from None


def _answer(desk: Desk, asked: AskedWhatIf) -> WhatIfView:
    fresh = desk.fresh()
    points = {point.low_point: point for point in points_now(desk.engine)}
    measured = {name: point.depth_m if _is_fresh(point, fresh) else None for name, point in points.items()}
    stored = desk.waters.now(water_now(desk.engine), measured, fresh.now_us, fresh.silent)
    said: Mapping[str, WhatIfRow] = {}
    if stored.now is not None:
        question = Question((asked.amount_mm,), asked.duration_min, asked.drains, asked.pumps)
        said = _rows(stored.now, answer(stored.now, question, desk.waters.formula))
    rows = []
    for place in desk.city.low_points:
        point, silent = points.get(place.low_point_id), place.district_id in fresh.silent
        row = said.get(place.low_point_id) or WhatIfRow(low_point=place.low_point_id)
        row.level_now = shown(point, silent)[0] if point is not None else None
        row.depth_now_m = measured.get(place.low_point_id) if not silent else None
        rows.append(row)
    at = to_text(stored.now.at_us) if stored.now is not None else None
    return WhatIfView(at=at, rarity=_rarity(desk.waters.formula, asked), districts_missing=list(stored.missing), rows=rows)


def _rarity(formula: Formula | None, asked: AskedWhatIf) -> Rarity:
    if formula is None:
        return Rarity(kind="unknown", years=None)
    found = formula.return_period(asked.amount_mm, asked.duration_min)
    return Rarity(kind=found.kind, years=round(found.years, 1) if found.years is not None else None)


def _is_fresh(point: PointNow, fresh: Freshness) -> bool:
    return point.level != "unknown" and point.observed_us is not None and point.observed_us >= fresh.now_us - FRESH_US


def _rows(now: Now, said: WhatIf) -> dict[str, WhatIfRow]:
    """What the model says of each point, never calmer than what was just measured there."""
    stands_m = np.nan_to_num(now.depth_m)
    peak_m = np.round(np.maximum(said.peak_m[:, 0], stands_m[:, None]), 3)
    minutes = np.where(stands_m[:, None] >= now.thresholds_m, 0.0, said.minutes_to[:, 0])
    return {
        point.low_point_id: WhatIfRow(
            low_point=point.low_point_id,
            level=max((rung.level for rung in point.levels if peak_m[at, 1] >= rung.depth_m), default=0),  # of the depth as it is told
            peak_m=PeakView(q10=peak_m[at, 0], q50=peak_m[at, 1], q90=peak_m[at, 2]),
            minutes_to={str(rung.level): _or_none(float(minutes[at, place])) for place, rung in enumerate(point.levels)},
        )
        for at, point in enumerate(now.city.low_points)
    }


def _or_none(minutes: float) -> float | None:
    return round(minutes, 1) if math.isfinite(minutes) else None
