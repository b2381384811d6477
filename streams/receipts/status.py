"""What a callback of Twilio says of a text or a call."""

from __future__ import annotations

import re
from collections.abc import Mapping

from streams.delivery.lattice import STATE_OF_STATUS, Said
from streams.store.attempts import Word

LONGEST_ID = 64
_ATTEMPT = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def is_attempt(name: str) -> bool:
    """Whether it may be the id of an attempt; nothing else is asked for, because a database may choke on what people send."""
    return _ATTEMPT.fullmatch(name) is not None


def clean(value: object) -> str:
    """What a provider calls something, as every database takes it."""
    return "".join(sign for sign in str(value)[:LONGEST_ID] if sign.isprintable())


def word_of(attempt: str, params: Mapping[str, str]) -> Word | None:
    """The word of a callback; None where it has no status that is known. What else it holds does not matter.

    Twilio names the status of a text twice, and of a call once.
    """
    call = "CallStatus" in params
    status = params.get("CallStatus") or params.get("MessageStatus") or params.get("SmsStatus") or ""
    state = STATE_OF_STATUS.get(status)
    if state is None:
        return None
    named = ("CallSid",) if call else ("MessageSid", "SmsSid")
    provider_id = next((clean(params[name]) for name in named if params.get(name)), None)
    # the code of an error counts where there is one; a call has none, and its status says why
    code = (clean(params.get("ErrorCode", "")) or status) if state == "failed" else ""
    return Word(attempt, Said(state, code), provider_id or None)
