"""Answers from the water as it stands, as people read them: a line for each point and amount, the most dangerous point first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.table import Table as Printed
from rich.text import Text

from streams.observation.moments import to_text
from streams.scenarios.now import Now
from streams.scenarios.page import STYLES
from streams.scenarios.question import Question, Row


def now_page(now: Now, question: Question, rows: Sequence[Row]) -> Printed:
    """Lay the answer out: points by the levels they reach over all amounts, then by depth."""
    names = {point.low_point_id: point.name or point.name_en for point in now.city.low_points}
    # as Text, for what stands in brackets would be taken for markup
    printed = Printed(title=Text(_title(now, question)), caption=Text(_CAPTION), title_justify="left", caption_justify="left")
    levels = max((len(row.minutes_to) for row in rows), default=0)
    for name in ("low point", "", "now"):
        printed.add_column(name, no_wrap=True, overflow="ellipsis")
    for name in ("mm", "q10", "q50", "q90", *(f"to {level}" for level in range(1, levels + 1))):
        printed.add_column(name, justify="right", no_wrap=True)
    by_point = [list(own) for _, own in groupby(rows, key=lambda row: row.low_point)]
    for own in sorted(by_point, key=lambda own: (-sum(row.level for row in own), -sum(row.peak_m_q50 for row in own))):
        for place, row in enumerate(own):
            whose = ("", "", "") if place else (row.low_point, names.get(row.low_point, ""), f"{row.depth_now_m:.2f}")
            printed.add_row(*map(Text, whose), *_cells(row), end_section=place == len(own) - 1)
    return printed


def _cells(row: Row) -> list[str | Text]:
    peak = Text(f"{row.peak_m_q50:.2f} {f'[{row.level}]' if row.level else '   '}", style=STYLES[min(row.level, len(STYLES) - 1)])
    minutes = ["" if minute is None else f"{minute:.0f}" for minute in row.minutes_to]
    return [f"{row.amount_mm:g}", f"{row.peak_m_q10:.2f}", peak, f"{row.peak_m_q90:.2f}", *minutes]


_CAPTION = (
    "m: now as last measured, then quantiles of the highest depth within two hours; [n]: the level of the median; "
    "to n: minutes until level n, 0 where the water stands there already"
)


def _title(now: Now, question: Question) -> str:
    simulated = ", SIMULATED" if now.city.simulated else ""
    pumps = {"as-now": "as they run now", "on": "all on", "off": "all off"}[question.pumps]
    rain = f"so much more rain over {question.duration_min:g} min, none after that"
    return f"{now.city.name}{simulated} at {to_text(now.at_us)}: {rain}, drains {question.drains}, pumps {pumps}"
