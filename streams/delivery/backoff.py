"""How long to wait before the next try: longer each time, and never all at once."""

from __future__ import annotations

from collections.abc import Callable

LONGEST_S = 30.0


def backoff_s(tries: int, first_s: float, random: Callable[[], float], longest_s: float = LONGEST_S) -> float:
    """Seconds to wait after so many tries that failed: half of it sure, half of it chance ("equal jitter").

    Parameters
    ----------
    random
        Gives a number from 0 to 1.
    """
    whole_s = min(longest_s, first_s * 2 ** min(max(0, tries - 1), 16))
    return float(whole_s / 2 + random() * whole_s / 2)
