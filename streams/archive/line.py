"""Writes one observation as the contract has it (DESIGN 5), so that it is read back as what it was."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.archive.wire import Row
from streams.observation.moments import to_text
from streams.observation.observation import Extra

_AS_THEY_ARE = ("id", "period_s", "quantile", "error_sd_m", "confidence", "image")


def line_of(kind: str, received_us: int, row: Row) -> bytes:
    """One line of NDJSON."""
    fields: dict[str, Any] = {
        "station": row.station,
        "kind": kind,
        "time": to_text(row.observed_us),
        "value": row.value,
        "received_at": to_text(received_us),
    }
    if row.extra is not None:
        fields |= _optional(row.extra)
    if received_us != row.observed_us and not fields["received_at"]:
        fields["received_at"] = to_text(received_us)  # when it came counts for more than that the source did not say so
    return msgspec.json.encode(fields) + b"\n"


def _optional(extra: Extra) -> dict[str, Any]:
    """The optional fields.

    What was of a wrong type has not been kept: `false` stands in its place, which is of a wrong type too, so that the same is flagged
    again. A field that nobody knew has not been kept either: the flags themselves are one.
    """
    fields = {name: getattr(extra, name) for name in _AS_THEY_ARE if getattr(extra, name) is not None}
    if extra.issued_at_us is not None:
        fields["issued_at"] = to_text(extra.issued_at_us)
    fields |= {flag.removeprefix("bad_"): False for flag in extra.flags if flag.startswith("bad_")}
    if "bad_confidence" in extra.flags and extra.confidence is not None:
        fields["confidence"] = -1  # a number outside 0 to 1
    if "unknown_field" in extra.flags:
        fields["flags"] = extra.flags
    return fields
