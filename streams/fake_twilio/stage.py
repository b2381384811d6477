"""One stage in the course of a message or a call."""

from __future__ import annotations

import msgspec


class Stage(msgspec.Struct, frozen=True, gc=False):
    """A status to enter; `event` is the name that calls have for it, `code` what went wrong with a message."""

    status: str
    event: str = ""
    code: int | None = None
