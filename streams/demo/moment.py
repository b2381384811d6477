"""When the simulated storm happens, and how its times are written."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 7, 20, 6, 0, tzinfo=UTC)  # 14:00 in the demo city; a date in the style of 2021-07-20, not that day
DURATION_S = 5 * 3600
DRY_S = 1800  # the record begins dry
DUSK_H, DARK_H = 18.5, 19.75  # hours of the day in the demo city at which it grows dark, and is dark


def rfc3339(time_s: float) -> str:
    """Write a time given in seconds from the start: whole seconds without a fraction, others to the millisecond."""
    millis = round(time_s * 1000)
    moment = START + timedelta(milliseconds=millis)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{moment.microsecond // 1000:03d}Z" if millis % 1000 else "Z")


def local_hour(time_s: float) -> float:
    """Return the hour of the day in the demo city (UTC + 8 h, no summer time)."""
    moment = START + timedelta(seconds=time_s, hours=8)
    return moment.hour + moment.minute / 60
