"""The second factor: a code of six digits that an app on a phone makes anew every 30 s (TOTP, RFC 6238)."""

from __future__ import annotations

import hmac
import unicodedata

import pyotp

from streams.observation.moments import SECOND_US

STEP_S = 30
WINDOW = 1
"""How many steps a phone's clock may be early or late."""
NO_STEP = -1
"""The step before any code was taken."""


def new_secret() -> str:
    """A random secret of 160 bits, in base32 as the apps read it."""
    return pyotp.random_base32()


def app_address(secret: str, name: str, issuer: str) -> str:
    """The otpauth:// address that an app takes the secret from; whoever sees it can make the codes."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=issuer)


def accepted_step(secret: str, code: str, now_us: int, last_step: int = NO_STEP) -> int | None:
    """The step whose code this is; None where it is of none within the window, or of one not after `last_step`.

    A code is good once: keep the step that is returned and give it as `last_step` the next time (RFC 6238, section 5.2).
    """
    totp = pyotp.TOTP(secret, interval=STEP_S)
    digits = "".join(unicodedata.normalize("NFKC", code).split()).encode("utf-8", "surrogatepass")
    now = now_us // (STEP_S * SECOND_US)
    steps = range(max(now - WINDOW, 0), now + WINDOW + 1)
    # all are compared, however early one fits: the time it takes tells nothing
    fitting = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), digits)]
    return max((step for step in fitting if step > last_step), default=None)
