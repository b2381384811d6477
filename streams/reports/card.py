"""The card that a report is written on: made with the page, good for one report however often it is sent, and nobody's account."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets

import msgspec

from streams.observation.moments import HOUR_US, SECOND_US
from streams.reports.key import ReportsKey

VALID_US = 2 * HOUR_US
"""How long a card can be sent for the first time: a telephone without a network keeps its report that long, and is given a new one then."""
EARLY_US = 300 * SECOND_US
"""Clocks of several web processes differ."""

_VERSION = 1
_TIME_BYTES, _NONCE_BYTES, _MAC_BYTES = 5, 12, 14
_BODY_BYTES = 1 + _TIME_BYTES + _NONCE_BYTES
LONGEST = 64
"""Letters; a longer one is no card."""


class Card(msgspec.Struct, frozen=True):
    """What a card says: when it was made, for what, and what tells it from all others."""

    issued_us: int
    training: bool
    nonce: bytes

    def is_over(self, now_us: int) -> bool:
        """Whether it is too late (or its time has not come) to send it for the first time."""
        return not self.issued_us - EARLY_US <= now_us <= self.issued_us + VALID_US


def new_card(key: ReportsKey, training: bool, now_us: int) -> str:
    """A card that there never was, as letters for a form."""
    return _signed(key, Card(now_us // SECOND_US * SECOND_US, training, secrets.token_bytes(_NONCE_BYTES)))


def card_of(key: ReportsKey, training: bool, now_us: int, of: str) -> str:
    """The one card of something that came by another way than a page, such as a provider's message: equal for equal names."""
    return _signed(key, Card(now_us // SECOND_US * SECOND_US, training, key.mac("card of", of.encode("utf-8"))[:_NONCE_BYTES]))


def read_card(key: ReportsKey, token: str) -> Card | None:
    """What a card says; None for one that we never made."""
    if not token.isascii() or len(token) > LONGEST:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    # the same bytes can be spelled in several ways, and only ours counts
    if _text(raw) != token or not hmac.compare_digest(mac, key.mac("card", body)[:_MAC_BYTES]) or body[0] >> 1 != _VERSION:
        return None
    issued_s = int.from_bytes(body[1 : 1 + _TIME_BYTES], "big")
    return Card(issued_s * SECOND_US, bool(body[0] & 1), body[1 + _TIME_BYTES :])


def card_digest(key: ReportsKey, card: Card) -> str:
    """By what the store, and a picture on its way, know a card: 32 hexadecimal digits."""
    return key.digest("card digest", card.nonce.hex())


def _signed(key: ReportsKey, card: Card) -> str:
    body = bytes([_VERSION << 1 | card.training]) + (card.issued_us // SECOND_US).to_bytes(_TIME_BYTES, "big") + card.nonce
    return _text(body + key.mac("card", body)[:_MAC_BYTES])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
