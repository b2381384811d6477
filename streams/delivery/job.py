"""One text to one resident, claimed and about to be posted."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    """What a channel needs to post it.

    Attributes
    ----------
    attempt
        The opaque id that stands in the callback address.
    number
        1 for the first post of its row.
    level
        Of its order, 0 for an all-clear.
    phone
        The number as the store has it, sealed; None on a channel that needs none. Opened only where it is posted, and never shown.
    expires_us
        When the alert ends; 0 where that is unknown.
    status
        Actual, Exercise or Test.
    """

    row_id: int
    attempt: str
    number: int
    identifier: str
    incident: str
    version: int
    resident: str
    channel: str
    language: str
    text: str
    segments: int
    level: int
    expires_us: int
    status: str
    provider: str
    phone: bytes | None = field(repr=False, default=None)
