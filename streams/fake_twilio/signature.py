"""Signs a webhook as Twilio does, so that its receiver can tell that it comes from Twilio."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

HEADER = "X-Twilio-Signature"


def signature(token: str, address: str, told: Mapping[str, str]) -> str:
    """The signature of a post.

    Notes
    -----
    base64(HMAC-SHA1(token, address + name1 + value1 + name2 + value2 ...)), names sorted; the address is the one the receiver is known by.
    """
    text = address + "".join(name + told[name] for name in sorted(told))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode("ascii")
