"""Counts of what a fake saw and did; never a number of a phone."""

from __future__ import annotations

import msgspec


class CallbackCounts(msgspec.Struct):
    """Posts to the other side: answered 2xx, failed and why, held back on purpose, and not yet out."""

    sent: int = 0
    failed: int = 0
    failures: dict[str, int] = {}
    withheld: int = 0
    waiting: int = 0


class Stats(msgspec.Struct):
    """Everything counted since the fake began.

    Attributes
    ----------
    created, messages, calls, inbound
        What exists; inbound messages do not count as created.
    posts
        Requests for a message or a call by answer: "201", "400", "429", ..., and "500 after", "dropped", "slow" for those that created
        something, "closed" while the fake is down.
    refused
        Requests that created nothing, by reason: Twilio's code, or "down".
    statuses
        Messages and calls by what has become of them.
    doubled
        Messages beyond the first with the same number and body.
    under_way
        Messages and calls that have not ended, and callbacks not yet posted: 0 when all is quiet.
    """

    messages: int = 0
    calls: int = 0
    inbound: int = 0
    posts: dict[str, int] = {}
    refused: dict[str, int] = {}
    statuses: dict[str, int] = {}
    doubled: int = 0
    under_way: int = 0
    callbacks: CallbackCounts = msgspec.field(default_factory=CallbackCounts)
    created: int = 0


class Counts:
    """Keeps the counts up to date."""

    def __init__(self) -> None:
        self.stats = Stats()
        self._texts: set[tuple[str, str]] = set()

    def post(self, answer: str) -> None:
        """A request was answered."""
        up(self.stats.posts, answer)

    def refuse(self, answer: str, reason: str) -> None:
        """A request was answered, and nothing created."""
        up(self.stats.posts, answer)
        up(self.stats.refused, reason)

    def message(self, to: str, body: str, status: str) -> None:
        """A message was created."""
        self.stats.created += 1
        self.stats.messages += 1
        text = (to, body)
        if text in self._texts:
            self.stats.doubled += 1
        else:
            self._texts.add(text)
        up(self.stats.statuses, status)

    def call(self, status: str) -> None:
        """A call was created."""
        self.stats.created += 1
        self.stats.calls += 1
        up(self.stats.statuses, status)

    def became(self, before: str, now: str) -> None:
        """A message or a call changed its status."""
        if before != now:
            up(self.stats.statuses, before, -1)
            up(self.stats.statuses, now)

    def callback_failed(self, why: str) -> None:
        """A callback did not arrive."""
        self.stats.callbacks.failed += 1
        up(self.stats.callbacks.failures, why)


def up(counts: dict[str, int], name: str, by: int = 1) -> None:
    """Count up one name; a count of nothing is not kept."""
    counts[name] = counts.get(name, 0) + by
    if not counts[name]:
        del counts[name]
