"""A channel that remembers what it was given."""

from __future__ import annotations

from collections.abc import Callable

from streams.delivery.job import Job
from streams.senders.channel import Found, Posted

Answer = Callable[[Job], Posted]


def sent(job: Job) -> Posted:
    return Posted("sent", provider_id=f"M{job.attempt}")


class Ledger:
    """Answers each post as told; knows what it was given."""

    kind = "sms"

    def __init__(self, answer: Answer = sent, name: str = "ledger", repeatable: bool = False, segments_per_s: float = 1e9):
        self.name = self.line = name
        self.repeatable, self.segments_per_s, self.at_once = repeatable, segments_per_s, 50
        self.jobs: list[Job] = []
        self.listed: list[Found] | None = []
        self.fetched: Found | None = None
        self._answer = answer

    async def post(self, job: Job) -> Posted:
        self.jobs.append(job)
        return self._answer(job)

    async def look_up(self, job: Job, posted_us: int) -> list[Found] | None:
        return self.listed

    async def fetch(self, provider_id: str) -> Found | None:
        return self.fetched

    async def close(self) -> None:
        pass

    @property
    def residents(self) -> list[str]:
        return [job.resident for job in self.jobs]
