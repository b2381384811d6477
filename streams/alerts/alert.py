"""One CAP 1.2 message as we hold it: what `cap.py` writes and reads, and the feeds list."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from streams.alerts.levels import Response, Severity

Status = Literal["Actual", "Exercise", "Test"]
MsgType = Literal["Alert", "Update", "Cancel"]
Urgency = Literal["Immediate", "Expected", "Past"]
Certainty = Literal["Observed", "Likely", "Possible"]
Ring = tuple[tuple[float, float], ...]
"""Closed, as (lon, lat) like all our places; only in CAP's text does latitude come first."""


class Named(msgspec.Struct, frozen=True):
    """A value under a name, as CAP has parameters and geocodes."""

    name: str
    value: str


class Reference(msgspec.Struct, frozen=True):
    """An earlier message, as CAP refers to it."""

    sender: str
    identifier: str
    sent_us: int


class Area(msgspec.Struct, frozen=True):
    """Where it holds; several rings are one area, and holes in it count as inside."""

    area_desc: str
    polygons: tuple[Ring, ...] = ()
    geocodes: tuple[Named, ...] = ()


class Info(msgspec.Struct, frozen=True):
    """What is said, in one language; moments are whole seconds, in microseconds.

    Attributes
    ----------
    onset_us
        When the water comes or came; None where no one moment can be told.
    expires_us
        Until when it holds.
    parameters
        `level`, `level_name`, `basis`, `unconfirmed`, and `depth_m` where it was measured.
    """

    language: str
    event: str
    response_types: tuple[Response, ...]
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    effective_us: int
    expires_us: int
    headline: str
    description: str
    instruction: str
    sender_name: str = ""
    audience: str = ""
    onset_us: int | None = None
    category: Literal["Met"] = "Met"
    parameters: tuple[Named, ...] = ()
    areas: tuple[Area, ...] = ()

    def parameter(self, name: str) -> str:
        """Value of a parameter, "" where there is none of that name."""
        return next((one.value for one in self.parameters if one.name == name), "")


class Alert(msgspec.Struct, frozen=True):
    """One message of an incident's thread; ours always says something, and the same in every language."""

    identifier: str
    sender: str
    sent_us: int
    status: Status
    msg_type: MsgType
    infos: Annotated[tuple[Info, ...], msgspec.Meta(min_length=1)]
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    note: str = ""
    scope: Literal["Public"] = "Public"

    @property
    def as_reference(self) -> Reference:
        """How a later message refers to it."""
        return Reference(self.sender, self.identifier, self.sent_us)

    @property
    def expires_us(self) -> int:
        """Until when it holds, which is the same in every language."""
        return self.infos[0].expires_us

    def info_in(self, language: str | None) -> Info:
        """What it says in a language, or in its first one where it does not speak that."""
        return next((info for info in self.infos if info.language == language), self.infos[0])
