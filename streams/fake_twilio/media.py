"""Pictures of residents' messages: the API names each, and leads who knows the account on to where it is kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from streams.fake_twilio.message import VERSION

API = "https://api.twilio.com"
KEPT_AT = "https://mms.twiliocdn.com"


class Media:
    """Pictures by message."""

    def __init__(self) -> None:
        self._of: dict[str, list[str]] = {}
        self._held: dict[str, bytes] = {}

    def put(self, message: str, pictures: Sequence[bytes]) -> None:
        """Keep the pictures of a message."""
        self._of[message] = ["ME" + secrets.token_hex(16) for _ in pictures]
        self._held |= dict(zip(self._of[message], pictures, strict=True))

    def told(self, message: str, account: str) -> dict[str, str]:
        """What a webhook tells of them."""
        names = self._of.get(message, [])
        found = {"NumMedia": str(len(names))}
        for number, name in enumerate(names):
            found[f"MediaUrl{number}"] = f"{API}/{VERSION}/Accounts/{account}/Messages/{message}/Media/{name}"
            found[f"MediaContentType{number}"] = "image/jpeg"
        return found

    def address(self, message: str, name: str, account: str) -> str | None:
        """Where a picture of a message is kept; None where there is none."""
        return f"{KEPT_AT}/{account}/{name}?Expires=1" if name in self._of.get(message, []) else None

    def held(self, name: str) -> bytes | None:
        """A picture."""
        return self._held.get(name)
