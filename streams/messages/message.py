"""One text to one resident, as messages.ndjson tells it: never with a number (law 10)."""

from __future__ import annotations

import msgspec


class Message(msgspec.Struct, frozen=True):
    """One line of messages.ndjson: a text to one resident, never with a number."""

    resident: str
    incident: str
    version: int
    language: str
    text: str
    segments: int
    issued_at: str
