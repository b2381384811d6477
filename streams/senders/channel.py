"""What a way of reaching people must be able to do."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from streams.store.claims import OutboxRow


class SendResult(msgspec.Struct, frozen=True):
    """How a row ended, and why; the reason never holds a number (law 10)."""

    state: Literal["sent", "delivered", "failed"]
    reason: str


class Channel(Protocol):
    """A provider, or what stands for one."""

    @property
    def name(self) -> str:
        """Its name in logs."""

    @property
    def repeatable(self) -> bool:
        """Whether sending a row twice does no harm, so that a claim whose sender died is simply sent again."""

    def send(self, row: OutboxRow) -> SendResult:
        """Send one text."""
