"""A session: from signing in to signing out, 12 h or half an hour without a sign of life, whichever is first."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from streams.observation.moments import HOUR_US, MINUTE_US

COOKIE = "lowpoint_session"
"""Where a browser keeps its token; scripts cannot read it."""

LONGEST_US = 12 * HOUR_US
IDLE_US = 30 * MINUTE_US


def new_token() -> str:
    """A random token of 256 bits; only its digest is stored."""
    return secrets.token_urlsafe(32)


def over(started_us: int, seen_us: int, now_us: int) -> bool:
    """Whether a session that began and was last seen then has ended by now."""
    return now_us >= min(started_us + LONGEST_US, seen_us + IDLE_US)


def csrf_of(token: str) -> str:
    """What a page sends beside the cookie, in a header or a field: another site can have a browser send the cookie, but knows not this."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"lowpoint csrf", hashlib.sha256).hexdigest()


def is_csrf_of(token: str, sent: str) -> bool:
    """Whether somebody sent the right one."""
    return hmac.compare_digest(csrf_of(token).encode(), sent.encode("utf-8", "surrogatepass"))
