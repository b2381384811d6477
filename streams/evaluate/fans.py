"""The fan chart of one flood: the line that was measured, and what was forecast of it at some moments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.dates import DateFormatter

from models.verify.cases import LEAD_MIN
from streams.evaluate.plots import OURS, STYLE, Picture, new_sheet, picture
from streams.evaluate.storms import Fan
from streams.observation.moments import MINUTE_US, SECOND_US


def fan_chart(fan: Fan) -> Picture:
    """A flood as it came, and what was forecast of it at some moments."""
    with mpl.rc_context(STYLE):
        sheet, axes = new_sheet(leads=False)
        axes.plot(_times(fan.time_us), fan.depth_m * 100, color="black", linewidth=1.8, label="measured", zorder=5)
        shown_m = float(fan.depth_m.max(initial=0.1))
        for row, issued_us in enumerate(fan.issued_us.tolist()):
            times = _times(np.concatenate([[issued_us], issued_us + LEAD_MIN * MINUTE_US]))
            depth_cm = 100 * np.column_stack([np.full(fan.quantiles_m.shape[1], fan.known_m[row]), fan.quantiles_m[row]])
            axes.fill_between(times, depth_cm[1], depth_cm[5], color=OURS, alpha=0.15, linewidth=0, label="" if row else ".1 to .9")
            axes.fill_between(times, depth_cm[2], depth_cm[4], color=OURS, alpha=0.25, linewidth=0, label="" if row else ".25 to .75")
            axes.plot(times, depth_cm[3], color=OURS, linewidth=1.3, label="" if row else "median")
            axes.plot(times[:1], depth_cm[3][:1], color=OURS, marker="o", markersize=6)
            shown_m = max(shown_m, float(np.quantile(depth_cm[5], 0.8)) / 100)
        for level, threshold_m in enumerate(fan.ladder_m.tolist(), 1):
            if threshold_m < 1.1 * shown_m:
                axes.axhline(100 * threshold_m, color="#8f0d1d", linewidth=0.8, linestyle=":")
                axes.annotate(f"{level}", (1.0, 100 * threshold_m), xycoords=("axes fraction", "data"), fontsize=11, color="#8f0d1d")
        axes.xaxis.set_major_formatter(DateFormatter("%H:%M", tz=UTC))  # type: ignore[no-untyped-call]
        axes.set(xlabel="UTC", ylabel="depth, cm", ylim=(0, 110 * shown_m))
        axes.legend(fontsize=11)
        peak = f"{100 * float(fan.depth_m.max(initial=0.0)):.0f} cm"
        return picture(sheet, f"Fan chart: depth at {fan.low_point} in storm {fan.storm}, peak {peak}, with forecasts of some moments.")


def _times(time_us: np.ndarray) -> list[Any]:
    return [datetime.fromtimestamp(moment / SECOND_US, UTC) for moment in time_us.tolist()]
