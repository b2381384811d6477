"""Fifty and more kinds of bad input: a line of a recording, and the dead letter's reason or None where it is absorbed.

Lines are about station S0 (depth), R (rain), B (bureau), U (pump) and C0 (camera) of `tests.streams.towns`.
"""

from __future__ import annotations

from streams.observation.dead_letter import Reason

T = "2026-07-14T08:05:00Z"


def line(**changes: object) -> bytes:
    """A depth observation with changes; a value of `...` takes the field out."""
    import json

    fields: dict[str, object] = {"station": "S0", "kind": "depth", "time": T, "value": 0.05, **changes}
    return json.dumps({key: value for key, value in fields.items() if value is not ...}).encode()


def rain_line(**changes: object) -> bytes:
    """A rain observation with changes."""
    return line(**{"station": "R", "kind": "rain", "period_s": 60, **changes})


BAD: list[tuple[str, bytes, Reason | None]] = [
    ("not JSON", b"hello", Reason.NOT_JSON),
    ("cut off", line()[:-5], Reason.NOT_JSON),
    ("two objects", line() + line(), Reason.NOT_JSON),
    ("trailing comma", line()[:-1] + b",}", Reason.NOT_JSON),
    ("single quotes", line().replace(b'"', b"'"), Reason.NOT_JSON),
    ("a list", b"[" + line() + b"]", Reason.NOT_JSON),
    ("a number", b"42", Reason.NOT_JSON),
    ("a string", b'"depth"', Reason.NOT_JSON),
    ("null", b"null", Reason.NOT_JSON),
    ("NaN", line().replace(b"0.05", b"NaN"), Reason.NOT_JSON),
    ("Infinity", line().replace(b"0.05", b"-Infinity"), Reason.NOT_JSON),
    ("not UTF-8", line().replace(b"S0", b"S\xff"), Reason.NOT_JSON),
    ("UTF-16", line().decode().encode("utf-16-be").replace(b"\x00\n", b""), Reason.NOT_JSON),
    ("a zero byte", b"\x00", Reason.NOT_JSON),
    ("nested without end", b'{"a":' * 2000, Reason.NOT_JSON),
    ("XML", b"<depth>0.3</depth>", Reason.NOT_JSON),
    ("CSV", b"S0,depth,0.3", Reason.NOT_JSON),
    ("ten megabytes", b'{"station":"' + b"S" * 10_000_000 + b'"}', Reason.TOO_LARGE),
    ("just over 1 MiB", line(image="x" * (1024 * 1024)), Reason.TOO_LARGE),
    ("empty object", b"{}", Reason.MISSING_FIELD),
    ("no station", line(station=...), Reason.MISSING_FIELD),
    ("no kind", line(kind=...), Reason.MISSING_FIELD),
    ("no time", line(time=...), Reason.MISSING_FIELD),
    ("no value", line(value=...), Reason.MISSING_FIELD),
    ("null value", line(value=None), Reason.MISSING_FIELD),
    ("null station", line(station=None), Reason.MISSING_FIELD),
    ("station is a number", line(station=7), Reason.WRONG_TYPE),
    ("kind is a list", line(kind=["depth"]), Reason.WRONG_TYPE),
    ("time is a number", line(time=1_784_016_300), Reason.WRONG_TYPE),
    ("value is text", line(value="0.05"), Reason.WRONG_TYPE),
    ("value is true", line(value=True), Reason.WRONG_TYPE),
    ("value is an object", line(value={"m": 0.05}), Reason.WRONG_TYPE),
    ("unknown station", line(station="S99"), Reason.UNKNOWN_STATION),
    ("station with a blank", line(station="S0 "), Reason.UNKNOWN_STATION),
    ("empty station", line(station=""), Reason.UNKNOWN_STATION),
    ("unknown kind", line(kind="deepness"), Reason.UNKNOWN_KIND),
    ("kind in capitals", line(kind="DEPTH"), Reason.UNKNOWN_KIND),
    ("a kind its station does not give", line(kind="rain", period_s=60), Reason.WRONG_KIND),
    ("value beyond a double", line().replace(b"0.05", b"1e999"), Reason.NOT_FINITE),
    ("value of 400 digits", line().replace(b"0.05", b"9" * 400), Reason.NOT_FINITE),
    ("naive time", line(time="2026-07-14T08:05:00"), Reason.BAD_TIME),
    ("time in words", line(time="five past eight"), Reason.BAD_TIME),
    ("empty time", line(time=""), Reason.BAD_TIME),
    ("only a date", line(time="2026-07-14"), Reason.BAD_TIME),
    ("a 13th month", line(time="2026-13-14T08:05:00Z"), Reason.BAD_TIME),
    ("the 30th of February", line(time="2026-02-30T08:05:00Z"), Reason.BAD_TIME),
    ("hour 25", line(time="2026-07-14T25:05:00Z"), Reason.BAD_TIME),
    ("offset without a colon", line(time="2026-07-14T08:05:00+0000"), Reason.BAD_TIME),
    ("week date", line(time="2026-W29-2T08:05:00Z"), Reason.BAD_TIME),
    ("digits of another script", line(time="２０２６-07-14T08:05:00Z"), Reason.BAD_TIME),
    ("year 9999", line(time="9999-12-31T23:59:59Z"), Reason.BAD_TIME),
    ("year 1 less a day", line(time="0001-01-01T00:00:00+23:59"), Reason.BAD_TIME),
    ("far future", line(time="2027-07-14T08:05:00Z", received_at=T), Reason.FUTURE_TIME),
    ("eleven minutes ahead", line(time="2026-07-14T08:16:01Z", received_at=T), Reason.FUTURE_TIME),
    ("rain without period", rain_line(period_s=...), Reason.BAD_PERIOD),
    ("rain over nothing", rain_line(period_s=0), Reason.BAD_PERIOD),
    ("rain backwards", rain_line(period_s=-60), Reason.BAD_PERIOD),
    ("period as text", rain_line(period_s="60"), Reason.BAD_PERIOD),
    ("forecast without period", line(station="B", kind="rain_forecast", issued_at=T), Reason.BAD_PERIOD),
    ("half a pump", line(station="U", kind="pump", value=0.5), Reason.BAD_PUMP),
    ("pump two", line(station="U", kind="pump", value=2), Reason.BAD_PUMP),
    ("wrong unit, centimetres", line(value=35), None),
    ("below the road", line(value=-3), None),
    ("unknown field", line(battery=3.7), None),
    ("received_at is a number", line(received_at=5), None),
    ("id is a number", line(id=5), None),
    ("the same again", line(time="2026-07-14T08:01:00Z", value=0.0), None),
    ("the same with another value", line(time="2026-07-14T08:01:00Z", value=0.01), None),
    ("an hour late", line(time="2026-07-14T07:05:00Z", received_at=T), None),
    ("nine minutes ahead", line(time="2026-07-14T08:14:00Z", received_at=T), None),
    ("confidence 7", line(station="C0", kind="camera_depth", confidence=7), None),
    ("negative rain", rain_line(value=-1), None),
    ("a period of ages", rain_line(period_s=1e308), None),
    ("an image of 20 kB", line(station="C0", kind="camera_depth", image="x" * 20_000), None),
    ("received in 9999", line(received_at="9999-12-31T23:59:59Z"), None),
    ("a metre of rain a minute", rain_line(value=1000), None),
    ("blank", b"   ", None),
    ("empty", b"", None),
]
