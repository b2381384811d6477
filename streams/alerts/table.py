"""Alerts as a table: CSV by RFC 4180, in UTF-8, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from streams.alerts.alert import Alert
from streams.alerts.current import newest_first
from streams.alerts.geojson import zones_of
from streams.observation.moments import to_text

COLUMNS = (
    *("identifier", "sender", "incident", "sent", "status", "msg_type", "references", "severity", "urgency", "certainty", "response"),
    *("level", "level_name", "basis", "unconfirmed", "depth_m", "zone", "area", "effective", "onset", "expires"),
    *("language", "headline", "description", "instruction"),
)
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet runs a cell that begins so; East Asian ones take the wide forms too."""


def alerts_csv(alerts: Iterable[Alert], language: str | None = None) -> bytes:
    """Write one row an alert, the newest first, in a language or each alert's first."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)  # its default dialect is that of RFC 4180
    rows.writerow(COLUMNS)
    for alert in newest_first(alerts):
        rows.writerow([harmless(cell) for cell in _cells(alert, language)])
    return text.getvalue().encode("utf-8")


def harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run: a name that was brought in must not become a formula."""
    # blanks in front do not stop every spreadsheet, so they do not hide it from us
    return f"'{cell}" if cell.startswith(STARTS_FORMULA) or cell.lstrip().startswith(STARTS_FORMULA) else cell


def _cells(alert: Alert, language: str | None) -> list[str]:
    info = alert.info_in(language)
    return [
        alert.identifier,
        alert.sender,
        " ".join(alert.incidents),
        to_text(alert.sent_us),
        alert.status,
        alert.msg_type,
        " ".join(one.identifier for one in alert.references),
        info.severity,
        info.urgency,
        info.certainty,
        " ".join(info.response_types),
        *(info.parameter(name) for name in ("level", "level_name", "basis", "unconfirmed", "depth_m")),
        " ".join(zones_of(alert)),
        "; ".join(area.area_desc for area in info.areas),
        to_text(info.effective_us),
        to_text(info.onset_us) if info.onset_us is not None else "",
        to_text(info.expires_us),
        info.language,
        info.headline,
        info.description,
        info.instruction,
    ]
