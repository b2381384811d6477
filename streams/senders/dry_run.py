"""The dry run: it takes every text and sends none. It holds no client, no credentials and no address (law 7)."""

from __future__ import annotations

from streams.delivery.job import Job
from streams.senders.channel import Found, Posted

NAME = "dry-run"


class DryRun:
    """The channel of a drill, of a replay, and of a city that is not live."""

    name = NAME
    line = NAME
    segments_per_s = 1e9
    at_once = 500
    repeatable = True

    def __init__(self, kind: str = "sms"):
        self.kind = kind

    async def post(self, job: Job) -> Posted:
        """Say that it was sent; nothing is written anywhere."""
        return Posted("sent", code="dry run")

    async def look_up(self, job: Job, posted_us: int) -> list[Found] | None:
        """There is nobody to ask."""
        return []

    async def fetch(self, provider_id: str) -> Found | None:
        """There is nobody to ask."""
        return None

    async def close(self) -> None:
        """Nothing was opened."""
