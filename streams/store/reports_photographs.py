"""What photographs went out lately with observations of reports, so that one that comes again is counted once."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, literal, select

from streams.observation.moments import HOUR_US
from streams.reports.observed import Observed
from streams.reports.photographs import Photograph, named_once
from streams.reports.report import Report
from streams.store.reports import as_report
from streams.store.reports_schema import REPORT_READINGS, REPORTS

LATELY_US = HOUR_US
"""Longer than any photograph counts with the districts (`streams.rules.limits.REPORT_US`)."""


def named_as_sent(connection: Connection, observed: Sequence[Observed], own: Sequence[Report], at_us: int) -> list[Observed]:
    """Observations of `own` reports, as `named_once` names their photographs beside what went out for their stations.

    What was taken back counts too: its observation is in the log.
    """
    sent, others = _sent(connection, sorted({one.station for one in observed}), at_us - LATELY_US)
    known = {report.report: report for report in (*others, *own)}
    return named_once(observed, list(known.values()), sent)


def _sent(connection: Connection, stations: Sequence[str], since_us: int) -> tuple[list[Photograph], list[Report]]:
    """What went out for stations with a photograph, the first first; and the accepted reports of their groups."""
    readings = REPORT_READINGS.c
    # by the index of time, and then by the readings' own ids: the table grows without end
    same = readings.reading == literal("report-") + REPORTS.c.report
    lately = (REPORTS.c.made_us > since_us) & (REPORTS.c.training == 0) & readings.station.in_(stations)
    query = select(readings.report, readings.station, readings.line, REPORTS.c.group_id).join_from(REPORTS, REPORT_READINGS, same)
    rows = connection.execute(query.where(lately).order_by(readings.made_us, readings.reading)).all()
    lines = [(row, msgspec.json.decode(row.line)) for row in rows]
    sent = [Photograph(row.report, row.station, told["image"]) for row, told in lines if "image" in told]
    theirs = REPORTS.c.group_id.in_({row.group_id for row in rows}) & (
        (REPORTS.c.state == "accepted") | REPORTS.c.report.in_({photograph.report for photograph in sent})
    )
    return sent, [as_report(row) for row in connection.execute(select(REPORTS).where(theirs).order_by(REPORTS.c.made_us, REPORTS.c.report))]
