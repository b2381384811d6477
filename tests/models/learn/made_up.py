"""Made-up floods: rows to learn from in which the water keeps to a simple law that the core does not know."""

from __future__ import annotations

import numpy as np

from models.learn.features import NAMES
from models.learn.rows import Rows
from models.situation import LEAD_MIN


def rows(storms: int = 12, each: int = 120, seed: int = 3, rain: float = -1.0) -> Rows:
    """Water falls by 4 % a minute where a neighbour is wet and stays elsewhere; the core says that it stays."""
    rng = np.random.default_rng(seed)
    count = storms * each
    storm = np.repeat(np.arange(storms), each)
    columns = rng.normal(size=(count, len(NAMES)))
    depth = rng.uniform(0.01, 0.5, count)
    near = rng.integers(0, 2, count).astype(float)

    def put(name: str, value: object) -> None:
        columns[:, NAMES.index(name)] = value

    for name, value in {
        "depth_m": depth,
        "near_wet": near,
        "spell_min": rng.uniform(0, 60, count),
        "of_max": 1.0,
        "cadence_min": 1.0,
    }.items():
        put(name, value)
    for name in ("near_peak_m", "near_depth_m", "near_rise_m", "rise_5_m"):
        put(name, np.abs(columns[:, NAMES.index(name)]) * 0.1)
    for name in ("rain_15_mm", "rain_60_mm", "coming_30_mm"):
        put(name, rain)
    put("riverside", 0.0)
    factor = np.exp(-0.04 * near[:, None] * LEAD_MIN) * np.exp(rng.normal(0, 0.1, (count, len(LEAD_MIN))))
    measured = depth[:, None] * factor
    return Rows(
        storm=storm,
        flood=storm * 2 + (np.arange(count) % 2),
        low_point=np.array([f"P{n % 2}" for n in range(count)]),
        issued_us=np.arange(count) * 60_000_000,
        columns=columns,
        core_m=np.tile(depth[:, None], (1, len(LEAD_MIN) + 1)),
        core_peak_m=np.tile(depth[:, None, None], (1, 2, len(LEAD_MIN))),
        measured_m=measured,
        peak_m=np.maximum.accumulate(np.maximum(measured, depth[:, None]), axis=1),
    )
