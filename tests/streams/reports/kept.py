"""Writes reports into a store as the intake would."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Engine, insert, select

from streams.reports.report import Report
from streams.store.reports_schema import PICTURES, REPORTS


def keep(engine: Engine, *reports: Report) -> None:
    """Reports with a card and a code of their own, and a row for each picture."""
    rows: list[dict[str, Any]] = []
    for report in reports:
        row = msgspec.structs.asdict(report)
        rows.append({**row, "card": f"card {report.report}", "code": f"code {report.report}", "training": int(report.training)})
    pictures = {report.picture: report for report in reports if report.picture}
    with engine.begin() as connection:
        connection.execute(insert(REPORTS), rows)
        known = set(connection.scalars(select(PICTURES.c.picture)))
        for name, report in pictures.items():
            if name in known:
                continue
            size = {"width": 8, "height": 8, "bytes": 100, "public": 0}
            row = {"picture": name, "kind": "report", "made_us": report.made_us, "likeness": report.likeness or "0" * 16}
            connection.execute(insert(PICTURES), {**row, **size})


def public_pictures(engine: Engine) -> set[str]:
    """Those that the public page may show."""
    with engine.connect() as connection:
        return set(connection.scalars(select(PICTURES.c.picture).where(PICTURES.c.public == 1)))


def states(engine: Engine) -> dict[str, str]:
    """The state of every report."""
    with engine.connect() as connection:
        return {row.report: row.state for row in connection.execute(select(REPORTS.c.report, REPORTS.c.state))}
