"""The door to a provider: the one way out to a real telephone, and it opens for three things at once (law 7).

Real sending needs a city that is marked live, orders whose status is Actual, and credentials. Without the first two there is only the
door to a server on this machine, and through that one only made-up numbers pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from streams.alerts.drill import status_of
from streams.city.model import City
from streams.delivery.job import Job
from streams.messages.texts import DRILL_MARK
from streams.store.phone import is_made_up


class DoorShut(ValueError):
    """Why nothing can be sent by a provider here, and what to do."""


@dataclass(frozen=True)
class Credentials:
    """Account and token of a provider; never shown."""

    account: str
    token: str = field(repr=False)


class Door(Protocol):
    """What a channel asks before each post."""

    @property
    def credentials(self) -> Credentials:
        """To sign in with."""

    def address(self, provider: str) -> str:
        """Where to post to, given the provider's own address."""

    def refusal(self, job: Job, phone: str) -> str | None:
        """Why a text may not pass; None where it may."""


class RealDoor:
    """Leads to real telephones.

    Raises
    ------
    DoorShut
        Unless the city is live and neither a drill, nor a demo, nor simulated, and there are credentials.
    """

    def __init__(self, city: City, credentials: Credentials | None):
        status = status_of(city, drill=city.drill)
        if status != "Actual":
            raise DoorShut(
                f"{city.name}: its messages are {status}, and only Actual ones reach telephones: a city is real when city.toml says"
                " [public] live = true and it is neither a drill nor a demo nor simulated. Use the dry run, or --loopback"
            )
        if credentials is None or not credentials.account or not credentials.token:
            raise DoorShut("there are no credentials: name their file with credentials_file in the providers file")
        self.credentials = credentials

    def address(self, provider: str) -> str:
        """The provider's own, and never in the clear."""
        if urlsplit(provider).scheme != "https":
            raise DoorShut("numbers go out encrypted only: write an address that begins with https://")
        return provider

    def refusal(self, job: Job, phone: str) -> str | None:
        """Whatever is not for real stays in."""
        if job.status != "Actual":
            return f"status_{job.status.lower()}"
        if DRILL_MARK in job.text:
            return "says_it_is_a_drill"
        return "number_made_up" if is_made_up(phone) else None


class LoopbackDoor:
    """Leads to a server on this machine, whatever the provider's own address is.

    Raises
    ------
    DoorShut
        Where the address is of another machine.
    """

    def __init__(self, address: str, credentials: Credentials):
        try:
            parts = urlsplit(address)
            local = parts.scheme == "http" and ip_address(parts.hostname or "").is_loopback
        except ValueError:
            local = False
        if not local:
            raise DoorShut(f"{address} is not on this machine: write http://127.0.0.1:PORT")
        self._address = address.rstrip("/")
        self.credentials = credentials

    def address(self, provider: str) -> str:
        """The one on this machine."""
        return self._address

    def refusal(self, job: Job, phone: str) -> str | None:
        """Only numbers that nobody has."""
        return None if is_made_up(phone) else "number_not_made_up"
