"""The drawings of the report: SVG in data addresses, so that the page is one file."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.ticker import PercentFormatter

from models.verify.bootstrap import Figure
from models.verify.cases import LEAD_MIN
from streams.evaluate.evaluation import Evaluation

OURS = "#12467b"
LOOKS = {  # colour, marker, line: told apart without colours too
    "model": (OURS, "o", "-"),
    "persistence": ("#b5541c", "s", "--"),
    "trend": ("#7a3b8f", "^", "-."),
    "recession": ("#2f7d4f", "D", ":"),
    "zero": ("#555555", "x", "--"),
    "climatology": ("#2f7d4f", "D", ":"),
}
STYLE: Any = {
    "font.size": 13,
    "svg.fonttype": "path",
    "svg.hashsalt": "lowpoint",
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.axisbelow": True,
}
"""Letters as outlines, as no phone has our fonts; and nothing random in the file."""


@dataclass(frozen=True)
class Picture:
    """A drawing: its data address, and what it shows, in words."""

    source: str
    alt: str


def skill_by_lead(evaluation: Evaluation) -> Picture:
    """Skill of the median against each rule, with intervals."""
    with mpl.rc_context(STYLE):
        sheet, axes = new_sheet()
        for name in ("persistence", "trend", "recession", "zero"):
            _line(axes, name, [row.skill[name] for row in evaluation.depth], f"against {name}")
        axes.axhline(0, color="black", linewidth=1)
        axes.set(xlabel="lead, minutes", ylabel="skill (1: perfect, 0: no better)", ylim=(-1.05, 1.05))
        axes.legend(fontsize=11, loc="lower right")
        values = "; ".join(f"{name} {_said(evaluation.depth[2].skill[name])}" for name in ("persistence", "trend", "recession", "zero"))
        return picture(sheet, f"Line chart: skill of the forecast depth against four simple rules, by lead. At 30 minutes: {values}.")


def error_by_lead(evaluation: Evaluation) -> Picture:
    """Mean absolute error of the model and the rules."""
    with mpl.rc_context(STYLE):
        sheet, axes = new_sheet()
        for name in ("model", "persistence", "recession", "zero", "trend"):
            _line(axes, name, [row.mae_cm[name] for row in evaluation.depth], name, whiskers=name == "model")
        highest = max(row.mae_cm[name].value or 0 for row in evaluation.depth for name in ("model", "persistence", "recession", "zero"))
        axes.set(xlabel="lead, minutes", ylabel="mean absolute error, cm", ylim=(0, 1.25 * highest or 1))
        axes.legend(fontsize=11)
        said = evaluation.depth[2].mae_cm
        return picture(sheet, f"Line chart: mean absolute error by lead. At 30 minutes: model {_said(said['model'])} cm.")


def coverage_and_width(evaluation: Evaluation) -> Picture:
    """How much the interval from .1 to .9 holds, and how wide it is."""
    with mpl.rc_context(STYLE):
        sheet = Sheet(figsize=(6.0, 3.6), layout="constrained")
        left, right = sheet.subplots(1, 2)
        _line(left, "model", [row.coverage for row in evaluation.depth], "covered")
        left.axhline(0.8, color="black", linewidth=1, linestyle="--")
        left.set(xlabel="lead, minutes", title="share inside", ylim=(0, 1.02))
        left.yaxis.set_major_formatter(PercentFormatter(1))
        _line(right, "model", [row.width_cm for row in evaluation.depth], "width")
        right.set(xlabel="lead, minutes", title="mean width, cm", ylim=(0, None))
        for axes in (left, right):
            axes.set_xticks(LEAD_MIN[1:])
        values = ", ".join(f"{row.lead_min} min {_said(row.coverage)}" for row in evaluation.depth)
        return picture(sheet, f"Two line charts: share of observations inside the interval that should hold 0.8 ({values}); its width.")


def brier_skill(evaluation: Evaluation) -> Picture:
    """Brier skill against climatology while wet, by level."""
    with mpl.rc_context(STYLE):
        sheet, axes = new_sheet()
        looks = (("#1f77d0", "o", "-"), ("#9a7400", "s", "--"), ("#c2560a", "^", "-."), ("#8f0d1d", "D", ":"))
        for level, look in enumerate(looks, 1):
            rows = [row for row in evaluation.chance if row.level == level and row.where == "wet" and row.came]
            if rows:
                _draw(axes, look, [row.lead_min for row in rows], [row.skill["climatology"] for row in rows], f"level {level}")
        axes.axhline(0, color="black", linewidth=1)
        axes.set(xlabel="lead, minutes", ylabel="Brier skill against climatology", ylim=(-1.05, 1.05))
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=11, loc="lower right")
        return picture(sheet, "Line chart: Brier skill of the chance to reach each level, by lead; figures in the table.")


def reliability(evaluation: Evaluation) -> Picture:
    """Reliability diagram of level 1 while wet."""
    with mpl.rc_context(STYLE):
        sheet = Sheet(figsize=(6.0, 5.0), layout="constrained")
        axes = sheet.subplots()
        axes.plot([0, 1], [0, 1], color="black", linewidth=1)
        looks = {15: ("#12467b", "o", "-"), 30: ("#b5541c", "s", "--"), 60: ("#2f7d4f", "D", ":")}
        for row in evaluation.chance:
            if row.level == 1 and row.where == "wet" and row.lead_min in looks:
                colour, marker, line = looks[row.lead_min]
                said, came = [one.said for one in row.deciles], [one.came for one in row.deciles]
                axes.plot(said, came, color=colour, linestyle=line, label=f"{row.lead_min} min", linewidth=1.5)
                axes.scatter(said, came, s=[20 + 300 * one.weight for one in row.deciles], color=colour, marker=marker, alpha=0.8)
        axes.set(xlabel="chance told", ylabel="share that came", xlim=(-0.04, 1.04), ylim=(-0.04, 1.04))
        axes.legend(fontsize=11, loc="upper left")
        return picture(sheet, "Reliability diagram: chance told to reach level 1 against the share that came; the diagonal is perfect.")


def alarms(evaluation: Evaluation) -> Picture:
    """POD, FAR and CSI by level, of the model and of the trend rule."""
    with mpl.rc_context(STYLE):
        sheet = Sheet(figsize=(6.0, 3.6), layout="constrained")
        charts = sheet.subplots(1, 3, sharey=True)
        for axes, name in zip(charts, ("pod", "far", "csi"), strict=True):
            for side, rule in ((-0.2, "model"), (0.2, "trend")):
                rows = [row for row in evaluation.alarms if row.rule == rule]
                values = [getattr(row, name).value or 0.0 for row in rows]
                places = [row.level + side for row in rows]
                axes.bar(places, values, 0.36, color=LOOKS[rule][0], hatch="//" if rule == "trend" else None, label=rule, edgecolor="white")
            axes.set(title=name.upper(), xlabel="level", ylim=(0, 1.05))
            axes.set_xticks([row.level for row in evaluation.alarms if row.rule == "model"])
        charts[0].legend(fontsize=11)
        return picture(sheet, "Bar charts: POD, FAR and CSI of alarms by level, of the model and of the trend rule; figures in the table.")


def new_sheet(leads: bool = True) -> tuple[Sheet, Axes]:
    """An empty drawing, with the leads on its axis unless told otherwise."""
    sheet = Sheet(figsize=(6.0, 4.2), layout="constrained")
    axes = sheet.subplots()
    if leads:
        axes.set_xticks(LEAD_MIN)
    return sheet, axes


def _line(axes: Axes, name: str, figures: Sequence[Figure], label: str, whiskers: bool = True) -> None:
    _draw(axes, LOOKS[name], LEAD_MIN.tolist(), figures, label, whiskers)


def _draw(
    axes: Axes, look: tuple[str, str, str], leads: Sequence[float], figures: Sequence[Figure], label: str, whiskers: bool = True
) -> None:
    colour, marker, line = look
    value = np.array([np.nan if one.value is None else one.value for one in figures], float)
    axes.plot(leads, value, color=colour, marker=marker, linestyle=line, label=label, markersize=5)
    if whiskers:
        low = np.array([np.nan if one.low is None else one.low for one in figures], float)
        high = np.array([np.nan if one.high is None else one.high for one in figures], float)
        axes.vlines(leads, low, high, color=colour, alpha=0.5)


def _said(figure: Figure) -> str:
    return "-" if figure.value is None else f"{figure.value:.2f}"


def picture(sheet: Sheet, alt: str) -> Picture:
    """The same evaluation makes the same bytes: no date in it."""
    drawn = io.BytesIO()
    sheet.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return Picture(f"data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}", alt)
