"""What a sign is told, and the signature by which it knows that we said it."""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from streams.alerts.alert import Status
from streams.observation.moments import to_text
from streams.signs.closure import Closure

SIGNATURE = "X-Lowpoint-Signature"


def body_of(closure: Closure, number: int, status: Status) -> bytes:
    """The statement as JSON. The higher number is the newer one; a `status` other than Actual speaks of no real water."""
    return msgspec.json.encode(
        {
            "low_point": closure.low_point,
            "state": closure.state,
            "level": closure.level,
            "since": to_text(closure.since_us) if closure.since_us is not None else None,
            "valid_until": to_text(closure.valid_until_us),
            "number": number,
            "status": status,
        }
    )


def signature(secret: bytes, body: bytes) -> str:
    """The value of the header: HMAC-SHA256 of the very bytes of the body, in hex after `sha256=`."""
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
