"""Writes an evaluation: report.html, one file for people, and evaluation.json beside it, for machines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.verify.bootstrap import Figure
from streams.evaluate import fans as fan_charts
from streams.evaluate import plots
from streams.evaluate.evaluation import Evaluation
from streams.evaluate.storms import Fan

HTML, JSON = "report.html", "evaluation.json"
RULES = ("persistence", "trend", "recession", "zero")

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def write_report(evaluation: Evaluation, fans: Sequence[Fan], out: Path) -> tuple[Path, Path]:
    """Write both files into a folder, which is made where it is not there; files of these names are replaced."""
    out.mkdir(parents=True, exist_ok=True)
    (out / HTML).write_text(render(evaluation, fans), "utf-8")
    (out / JSON).write_bytes(msgspec.json.format(msgspec.json.encode(evaluation), indent=1) + b"\n")
    return out / HTML, out / JSON


def render(evaluation: Evaluation, fans: Sequence[Fan]) -> str:
    """The report as one HTML page that needs nothing else."""
    pictures = {
        "skill": plots.skill_by_lead(evaluation),
        "error": plots.error_by_lead(evaluation),
        "coverage": plots.coverage_and_width(evaluation),
        "brier": plots.brier_skill(evaluation),
        "reliability": plots.reliability(evaluation),
        "alarms": plots.alarms(evaluation),
    }
    charts = [(fan, fan_charts.fan_chart(fan)) for fan in fans]
    template = _ENVIRONMENT.get_template("report.html")
    return template.render(found=evaluation, pictures=pictures, charts=charts, rules=RULES, figure=figure, plain=plain, share=share)


def figure(one: Figure, digits: int = 2) -> str:
    """A figure with its interval, as 0.41 [0.30, 0.52]; a dash where it cannot be given."""
    if one.value is None:
        return "–"
    if one.low is None or one.high is None:
        return f"{one.value:.{digits}f}"
    return f"{one.value:.{digits}f} [{one.low:.{digits}f}, {one.high:.{digits}f}]"


def plain(value: float | None, digits: int = 1) -> str:
    """A number, a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def share(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.1f} %"


def terminal(evaluation: Evaluation) -> str:
    """The main figures as a table for the terminal; in brackets the 90 % interval."""
    head = (
        f"model {evaluation.model}: {len(evaluation.storms)} storms, {evaluation.floods} floods, {evaluation.cases} moments while wet"
        f" (90 % intervals: {evaluation.resampled.replace('_', ' ')}s resampled)"
    )
    depth = [
        [
            f"{row.lead_min} min",
            figure(row.mae_cm["model"]),
            *(plain(row.mae_cm[name].value, 2) for name in RULES),
            figure(row.skill["recession"]),
            figure(row.coverage),
            plain(row.width_cm.value),
        ]
        for row in evaluation.depth
    ]
    chance = [
        [
            f"level {row.level}, {row.lead_min} min",
            str(row.cases),
            share(row.came),
            figure(row.skill["climatology"]),
            figure(row.reliability_error),
        ]
        for row in evaluation.chance
        if row.where == "wet" and row.came
    ]
    alarms = [
        [
            f"level {row.level}, {row.rule}",
            str(row.floods),
            str(row.alarms),
            figure(row.pod),
            figure(row.far),
            figure(row.csi),
            plain(row.lead_min.p50),
        ]
        for row in evaluation.alarms
        if row.floods or row.alarms
    ]
    parts = [
        _table(["MAE, cm", "model", *RULES, "skill/recession", "80 % covers", "width"], depth),
        _table(["chance while wet", "moments", "came", "Brier skill", "reliability error"], chance),
        _table(["alarms by forecast", "floods", "alarms", "POD, 5 min ahead", "FAR", "CSI", "lead, min"], alarms),
    ]
    return "\n\n".join([head, *parts])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [head, *rows])
