"""What could not be accepted, and why: nothing vanishes (law 9)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

SHOWN_BYTES = 200


class Reason(StrEnum):
    """Why an observation was refused (DESIGN 5); each is counted under its name."""

    NOT_JSON = "not_one_json_object"
    TOO_LARGE = "over_1_mib"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_STATION = "unknown_station"
    UNKNOWN_KIND = "unknown_kind"
    WRONG_KIND = "kind_not_given_by_station"
    WRONG_OWNER = "station_of_another_owner"
    NOT_FINITE = "not_finite"
    BAD_TIME = "time_not_rfc3339_with_zone"
    FUTURE_TIME = "time_over_10_min_after_received_at"
    BAD_PERIOD = "period_s_missing_or_not_positive"
    BAD_PUMP = "pump_other_than_0_or_1"
    BAD_DECISION = "decision_not_usable"
    FAILED = "failed_in_processing"


class DeadLetter(msgspec.Struct, frozen=True):
    """A refused observation; `bytes` are its first 200, as text; `detail` says what exactly was wrong."""

    reason: str
    file: str
    line: int
    bytes: str
    detail: str = ""


def shown(raw: bytes) -> str:
    """The first 200 bytes as text; what is not UTF-8 stays readable as escapes."""
    return raw[:SHOWN_BYTES].decode("utf-8", "backslashreplace")
