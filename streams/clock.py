"""The one module that reads the time."""

import time


def now_us() -> int:
    """Wall clock, in microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def monotonic_s() -> float:
    """A clock that never goes back, in seconds, for measuring how long something took."""
    return time.monotonic()


def sleep_s(seconds: float) -> None:
    """Wait a little, between two looks at something outside this process."""
    time.sleep(seconds)
