"""A session: from signing in to signing out, 12 h or half an hour without a sign of life, whichever is first."""

from __future__ import annotations

import secrets

from streams.observation.moments import HOUR_US, MINUTE_US

LONGEST_US = 12 * HOUR_US
IDLE_US = 30 * MINUTE_US


def new_token() -> str:
    """A random token of 256 bits; only its digest is stored."""
    return secrets.token_urlsafe(32)


def over(started_us: int, seen_us: int, now_us: int) -> bool:
    """Whether a session that began and was last seen then has ended by now."""
    return now_us >= min(started_us + LONGEST_US, seen_us + IDLE_US)
