"""How duty officers are reached. Today there is the dry run alone; a provider's channel need only have the same shape."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec


class SendResult(msgspec.Struct, frozen=True):
    """How a text ended, and why; the reason never holds a number (law 10)."""

    state: Literal["sent", "failed"]
    reason: str


class DutyChannel(Protocol):
    """A provider, or what stands for one."""

    @property
    def name(self) -> str:
        """Its name in logs."""

    def send(self, phone: str, text: str) -> SendResult:
        """Send one text at once; its reason never holds a number (law 10)."""


class DryDuty:
    """Takes every text and sends none; it holds no client, no credentials and no address (law 7)."""

    name = "dry-run"

    def send(self, phone: str, text: str) -> SendResult:
        """Say that it was sent; nothing is written anywhere."""
        return SendResult("sent", "dry run")
