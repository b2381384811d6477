"""The agreement of the table with EPA SWMM 5 in lines of Markdown, as docs/scenarios.md has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from streams.bench.swmm_table import Agreement, compare

AMOUNTS_MM = (30.0, 50.0, 75.0, 100.0, 150.0)
DURATIONS_H = (1.0, 3.0)
DRAINS = ("free", "half-blocked", "pumps-off")
_LEVELS_M = np.array([0.15, 0.27, 0.40, 0.60])
_DEEP_M = 0.15


def lines(folder: Path) -> Iterator[str]:
    """Yield a table of agreement for recorded and for perturbed catchments, and a summary of each."""
    for name, recorded in (("as recorded", True), ("perturbed", False)):
        yield f"\ncatchments {name}:\n"
        yield "| rain | drains | n | mean peak, SWMM, cm | rank | MAE, cm | bias, cm | within q10 to q90 |"
        yield "|---|---|---|---|---|---|---|---|"
        found = []
        for one in compare(folder, AMOUNTS_MM, DURATIONS_H, DRAINS, recorded):
            found.append(one)
            figures = f"{one.swmm_m.mean() * 100:.1f} | {one.rank:.3f} | {one.mae_cm:.1f} | {one.bias_cm:+.1f} | {one.within:.0%}"
            yield f"| {one.amount_mm:g} mm in {one.duration_h:g} h | {one.drains} | {len(one.swmm_m)} | {figures} |"
        yield ""
        yield _summary(found)


def _summary(found: list[Agreement]) -> str:
    ours, swmm = (np.concatenate([getattr(one, side) for one in found]) for side in ("ours_m", "swmm_m"))
    deep = (ours >= _DEEP_M) | (swmm >= _DEEP_M)
    same = np.searchsorted(_LEVELS_M, ours, "right") - np.searchsorted(_LEVELS_M, swmm, "right")
    off_cm = (ours - swmm) * 100
    return (
        f"n {len(swmm)} peaks ({len(found)} scenarios): rank {spearmanr(ours, swmm).statistic:.3f} over all, "
        f"{np.median([one.rank for one in found]):.3f} in the median scenario ({min(one.rank for one in found):.3f} at worst); "
        f"MAE {np.abs(off_cm).mean():.1f} cm, bias {off_cm.mean():+.1f} cm; of the {deep.sum()} peaks where either is at 0.15 m or more, "
        f"MAE {np.abs(off_cm[deep]).mean():.1f} cm, bias {off_cm[deep].mean():+.1f} cm; same level {np.mean(same == 0):.1%}, "
        f"more than one level off {np.mean(np.abs(same) > 1):.1%}; within q10 to q90 {np.mean([one.within for one in found]):.1%}"
    )
