"""Bad input of every kind the contract names, sent by the owner `drainage`: a name for it, its bytes and the reason it must get."""

from __future__ import annotations

import json

from streams.observation.dead_letter import Reason
from tests.streams.gateway.site import reading


def _as(**changes: object) -> bytes:
    return json.dumps({**reading(), **changes}).encode()


def _without(field: str) -> bytes:
    return json.dumps({name: value for name, value in reading().items() if name != field}).encode()


def _raw(value: bytes) -> bytes:
    return _as(value="@").replace(b'"@"', value)


REFUSALS: list[tuple[str, bytes, Reason]] = [
    ("nothing", b"", Reason.NOT_JSON),
    ("not JSON", b"depth=0.27", Reason.NOT_JSON),
    ("cut off", _as()[:-1], Reason.NOT_JSON),
    ("NaN", _raw(b"NaN"), Reason.NOT_JSON),
    ("a number", b"7", Reason.NOT_JSON),
    ("Latin-1", _as(image="\u00e9").replace(b"\\u00e9", b"\xe9"), Reason.NOT_JSON),
    ("too large", _as(image="x" * 1024 * 1024), Reason.TOO_LARGE),
    ("no station", _without("station"), Reason.MISSING_FIELD),
    ("no time", _without("time"), Reason.MISSING_FIELD),
    ("null", _as(value=None), Reason.MISSING_FIELD),
    ("a number as text", _as(value="0.27"), Reason.WRONG_TYPE),
    ("true", _as(value=True), Reason.WRONG_TYPE),
    ("unknown station", _as(station="S?"), Reason.UNKNOWN_STATION),
    ("unknown kind", _as(kind="colour"), Reason.UNKNOWN_KIND),
    ("a kind that the station does not give", _as(kind="rain", period_s=60), Reason.WRONG_KIND),
    ("a station of another owner", _as(station="CA", kind="camera_depth"), Reason.WRONG_OWNER),
    ("a station of nobody", _as(station="Q", kind="report_depth"), Reason.WRONG_OWNER),
    ("not finite", _raw(b"1e999"), Reason.NOT_FINITE),
    ("a naive time", _as(time="2026-07-14T08:00:00"), Reason.BAD_TIME),
    ("the future", json.dumps(reading(ago_s=-86_400)).encode(), Reason.FUTURE_TIME),
    ("half a pump", _as(station="U", kind="pump", value=0.5), Reason.BAD_PUMP),
]

REFUSALS_OF_METEOROLOGY: list[tuple[str, bytes, Reason]] = [
    ("rain of no time", _as(station="R", kind="rain"), Reason.BAD_PERIOD),
    ("a forecast of a negative time", _as(station="F", kind="rain_forecast", period_s=-60), Reason.BAD_PERIOD),
]
