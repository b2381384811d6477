"""What a step gives out: the messages of the outputs topic. Each has an id that a consumer ignores the second time."""

from __future__ import annotations

from typing import Literal

import msgspec

from streams.observation.decision import Act

Basis = Literal["measured", "report", "forecast", "officer"]
MsgType = Literal["Alert", "Update", "Cancel"]
OrderState = Literal["draft", "released", "rejected"]
Outcome = Literal["done", "counted", "refused"]
StationWord = Literal["ok", "silent", "suspect", "aside", "never"]
ModelWhat = Literal["used", "refused", "returned", "kept", "lost"]
QUANTILES = ("0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95")
LEAD_MIN = (5, 15, 30, 60, 90, 120)


class Exceedance(msgspec.Struct, frozen=True):
    """Chance that the peak from now to each lead reaches the threshold."""

    threshold_m: float
    p: list[float]


class TimeTo(msgspec.Struct, frozen=True, rename={"q50": "q0.5"}):
    """Median minutes to the threshold within two hours, None if it is not reached."""

    threshold_m: float
    q50: float | None


class Forecast(msgspec.Struct, frozen=True, tag="forecast"):
    """One line of forecasts.ndjson (DESIGN 6)."""

    low_point: str
    issued_at: str
    method: str
    model: str
    lead_min: list[int]
    depth_m: dict[str, list[float]]
    p_exceed: list[Exceedance]
    peak_m: dict[str, float]
    minutes_to: list[TimeTo]

    @property
    def key(self) -> str:
        """Its id."""
        return f"f|{self.low_point}|{self.issued_at}"


class Warning(msgspec.Struct, frozen=True, tag="warning"):
    """One line of warnings.ndjson: a change of a point's state. `number` tells apart changes within one instant."""

    low_point: str
    issued_at: str
    level: int | Literal["unknown"]
    basis: Basis
    unconfirmed: bool
    reason: str
    depth_m: float
    readings: list[str]
    number: int = 0

    @property
    def key(self) -> str:
        """Its id."""
        return f"w|{self.low_point}|{self.issued_at}|{self.number}"


class Order(msgspec.Struct, frozen=True, tag="order"):
    """One line of orders.ndjson: a version of an incident. What becomes of it is told under the same identifier; the last word stands.

    Attributes
    ----------
    texts
        What a resident gets, by language; empty where none is due.
    reason
        Why this version was made.
    signed_by
        Who has signed it so far.
    decided_at, decision
        When its state last changed after it was issued, and by what: an officer's act, or the policy's written rule.
    number
        Counts what was told of it.
    low_point
        The point that carries the danger; "" where an officer raised the zone as a whole.
    decided_by
        Who brought the last change about; "" where a rule did.
    """

    incident: str
    version: int
    msg_type: MsgType
    identifier: str
    references: list[str]
    zones: list[str]
    level: int
    basis: Basis
    state: OrderState
    issued_at: str
    expires: str
    texts: dict[str, str] = {}
    reason: str = ""
    unconfirmed: bool = False
    signed_by: tuple[str, ...] = ()
    decided_at: str = ""
    decision: str = ""
    number: int = 0
    low_point: str = ""
    decided_by: str = ""

    @property
    def key(self) -> str:
        """Its id."""
        return f"o|{self.identifier}|{self.number}" if self.number else f"o|{self.identifier}"


class Decided(msgspec.Struct, frozen=True, tag="decided"):
    """What came of an officer's act on one subject: an order's identifier, a point, a zone or a station.

    "done": it took effect. "counted": a signature that is not the last one asked for. "refused": nothing was changed, `words` say why.
    """

    act_id: str
    district: str
    issued_at: str
    officer: str
    act: Act
    subject: str
    outcome: Outcome
    words: str
    kind: str = ""

    @property
    def key(self) -> str:
        """Its id."""
        return f"d|{self.officer}|{self.act_id}|{self.district}|{self.kind}|{self.subject}"


class RainSignalChange(msgspec.Struct, frozen=True, tag="rain_signal"):
    """A district's rainfall signal changed: its name ("" for none), and the rain that decided, in its window."""

    district: str
    issued_at: str
    signal: str
    rain_mm: float
    hours: float
    reason: str

    @property
    def key(self) -> str:
        """Its id."""
        return f"r|{self.district}|{self.issued_at}"


class Verdict(msgspec.Struct, frozen=True, tag="verdict"):
    """What quality control noticed about a reading; the reading itself is never deleted (law 2)."""

    reading: str
    station: str
    issued_at: str
    flags: list[str]
    reason: str

    @property
    def key(self) -> str:
        """Its id."""
        return f"v|{self.reading}|{self.issued_at}|{','.join(self.flags)}"


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """A camera's picture of a low point: its name on the shelf or its address, and what was read from it."""

    station: str
    low_point: str
    issued_at: str
    observed_at: str
    picture: str
    depth_m: float
    confidence: float | None
    reading: str

    @property
    def key(self) -> str:
        """Its id."""
        return f"p|{self.station}|{self.observed_at}"


class PointState(msgspec.Struct, frozen=True):
    """What holds at a point, asserted again every minute, and why; `depth_m` is None where nothing is known.

    `moving` says that it is wet or was within ten minutes, so that each of its minutes is worth keeping.
    """

    low_point: str
    level: int | Literal["unknown"]
    held_level: int
    basis: Basis
    unconfirmed: bool
    depth_m: float | None
    observed_at: str | None
    why: str = ""
    moving: bool = False


class StationState(msgspec.Struct, frozen=True):
    """How a station stands with its district, asserted again every minute.

    Attributes
    ----------
    state
        "ok". "silent": nothing, or nothing trusted, for too long. "suspect": it speaks, and what it says is held or not believed.
        "aside": an officer set it aside. "never": it has not spoken yet.
    why
        In words; "" where it is well.
    observed_at, value
        Time and value of its newest reading, believed or not, in the unit of its kind; None before it spoke.
    """

    station: str
    state: StationWord
    why: str = ""
    observed_at: str | None = None
    value: float | None = None


class ZoneState(msgspec.Struct, frozen=True):
    """What holds in a zone that is not at rest.

    Attributes
    ----------
    identifier, state
        Its last order, and what became of it; "" where officers have ended the incident.
    by_hand, silenced
        What an officer did, with who, why and until when; "" where nobody did anything.
    muted
        Points that say nothing of their own because the zone is red.
    due_at
        When the policy's written rule releases its draft; "" where none does.
    """

    zone: str
    level: int
    identifier: str
    state: str
    by_hand: str = ""
    silenced: str = ""
    muted: tuple[str, ...] = ()
    due_at: str = ""


class Standing(msgspec.Struct, frozen=True, tag="standing"):
    """All that holds in a district at a whole minute, so that a lost message repairs itself.

    `stations` are all of its stations; where they are over 500, only those that are not "ok".
    """

    district: str
    issued_at: str
    rain_mm_30min: float
    points: list[PointState]
    incidents: list[str]
    signal: str = ""
    zones: list[ZoneState] = []
    level: int = 0
    stations: list[StationState] = []

    @property
    def key(self) -> str:
        """Its id."""
        return f"s|{self.district}|{self.issued_at}"


class ModelChange(msgspec.Struct, frozen=True, tag="model"):
    """What became of a model that was asked for.

    Attributes
    ----------
    what
        "used": it forecasts from here on. "refused": it is not there, or forecasts already. "returned": it was worse on what came in, and
        the one before forecasts again. "kept": it was not worse, and the one before has ended. "lost": it is no longer there.
    model
        The model that forecasts from now on.
    other
        The one before it ("used", "kept"), or the one that does not forecast ("refused", "returned", "lost").
    """

    district: str
    issued_at: str
    what: ModelWhat
    model: str
    other: str
    reason: str
    number: int = 0

    @property
    def key(self) -> str:
        """Its id."""
        return f"m|{self.district}|{self.issued_at}|{self.number}"


class Water(msgspec.Struct, frozen=True, tag="water"):
    """The model's ensemble as it stands at some points of a district (`models.core.filter`), for what-if; the newest of each part counts.

    Attributes
    ----------
    part
        0, 1, ...: large districts say it in several.
    minute
        Whole minute since 1970 that the ensemble stands at: that of `issued_at` while anything moves, an earlier one while all is dry.
    memory
        The columns of `models.core.filter.pack` but the first, float32, little-endian, a row per point; empty where there is nothing to
        remember: dry, and every member as likely as its prior.
    pump_on
        1 where the pump runs, 0 where not, None where it never spoke.
    """

    district: str
    issued_at: str
    part: int
    minute: int
    points: list[str]
    pump_on: list[float | None]
    memory: bytes

    @property
    def key(self) -> str:
        """Its id."""
        return f"a|{self.district}|{self.issued_at}|{self.part}"


Output = Forecast | Warning | Order | Verdict | Standing | ModelChange | Decided | RainSignalChange | Water | Seen


class Handled(msgspec.Struct, frozen=True, array_like=True):
    """A message of the inner topic that has been handled, and how many readings it carried."""

    partition: int
    offset: int
    readings: int


class OutputMessage(msgspec.Struct, frozen=True):
    """Outputs of a district, and which messages of the inner topic they and nothing else came from.

    `up_to_us` is the log time that the district has reached. Batches that give nothing out are told of together, now and then.
    """

    district: str
    up_to_us: int
    handled: list[Handled]
    outputs: list[Output]
