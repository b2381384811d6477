"""What a way of reaching people must be able to do."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from streams.delivery.job import Job
from streams.delivery.lattice import AttemptState

Ended = Literal["accepted", "sent", "refused", "unknown", "away"]


class Posted(msgspec.Struct, frozen=True):
    """How a post ended; nothing in it ever holds a number (law 10).

    Attributes
    ----------
    ended
        "accepted" or "sent": the provider has it. "refused": it has not, and said why. "away": it was not reached, so it has not.
        "unknown": it may have it.
    code
        The provider's, or ours.
    retry_after_s
        How long the provider asks to be left alone.
    asked
        Whether the provider was asked at all.
    """

    ended: Ended
    provider_id: str | None = None
    code: str = ""
    retry_after_s: float | None = None
    asked: bool = True


def barred(why: str) -> Posted:
    """A text that we do not let out ourselves."""
    return Posted("refused", code=why, asked=False)


class Found(msgspec.Struct, frozen=True):
    """A text that the provider knows: its id, and how far it is."""

    provider_id: str
    state: AttemptState
    code: str = ""


class Channel(Protocol):
    """A provider, or what stands for one."""

    @property
    def name(self) -> str:
        """Its name in logs and in the attempts."""

    @property
    def kind(self) -> str:
        """Which rows it takes: "sms" or "voice"."""

    @property
    def line(self) -> str:
        """What its pace is shared on: all senders that post by one line share it."""

    @property
    def segments_per_s(self) -> float:
        """Pace of the line."""

    @property
    def at_once(self) -> int:
        """The most posts under way at once."""

    @property
    def repeatable(self) -> bool:
        """Whether posting a row twice does no harm, so that a claim whose sender died is simply posted again."""

    async def post(self, job: Job) -> Posted:
        """Post one text; never raises for what a provider does."""

    async def look_up(self, job: Job, posted_us: int) -> list[Found] | None:
        """Texts to that number, with that text, posted at that moment or later; None where the provider cannot tell."""

    async def fetch(self, provider_id: str) -> Found | None:
        """How far a text is; None where the provider cannot tell."""

    async def close(self) -> None:
        """End its connections."""
