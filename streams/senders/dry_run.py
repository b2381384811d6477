"""The dry run: it takes every text and sends none. It holds no client, no credentials and no address (law 7)."""

from __future__ import annotations

from streams.senders.channel import SendResult
from streams.store.claims import OutboxRow


class DryRun:
    """The channel of a drill, of a replay, and of a city that is not live."""

    name = "dry-run"
    repeatable = True

    def send(self, row: OutboxRow) -> SendResult:
        """Say that it was sent; nothing is written anywhere."""
        return SendResult("sent", "dry run")
