"""What stands between a job and a provider: the door, the key to numbers, and the address that receipts come to."""

from __future__ import annotations

from typing import Protocol

from streams.delivery.job import Job
from streams.senders.door import Door


class Numbers(Protocol):
    """Opens sealed numbers."""

    def unseal(self, resident: str, sealed: bytes) -> str:
        """The number of a resident."""


class MayNot(Exception):
    """Why a text does not go out; never holds a number."""


class WayOut:
    """The way of one channel.

    Parameters
    ----------
    public_url
        Where the provider reaches our receipts, without a path; "" where it cannot.
    """

    def __init__(self, door: Door, numbers: Numbers, public_url: str = ""):
        self.door = door
        self._numbers, self._public_url = numbers, public_url.rstrip("/")

    def number(self, job: Job) -> str:
        """The number that a job goes to, once the door lets it pass.

        Raises
        ------
        MayNot
            With the reason where there is no number, or the door is shut for this text.
        """
        if job.phone is None:
            raise MayNot("no_number")
        try:
            phone = self._numbers.unseal(job.resident, job.phone)
        except ValueError:
            raise MayNot("number_sealed_with_another_key") from None
        why = self.door.refusal(job, phone)
        if why is not None:
            raise MayNot(why)
        return phone

    def callback(self, path: str) -> str | None:
        """Address of ours that the provider is to call; None where it cannot reach us."""
        return f"{self._public_url}/{path}" if self._public_url else None
