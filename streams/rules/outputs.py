"""What a step gives out: the messages of the outputs topic. Each has an id that a consumer ignores the second time."""

from __future__ import annotations

from typing import Literal

import msgspec

Basis = Literal["measured", "report", "forecast", "officer"]
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
    """One line of orders.ndjson: a version of an incident. `texts` is what a resident gets, by language; empty where none is due."""

    incident: str
    version: int
    msg_type: Literal["Alert", "Update", "Cancel"]
    identifier: str
    references: list[str]
    zones: list[str]
    level: int
    basis: Basis
    state: Literal["draft", "released"]
    issued_at: str
    expires: str
    texts: dict[str, str] = {}

    @property
    def key(self) -> str:
        """Its id."""
        return f"o|{self.identifier}"


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


class PointState(msgspec.Struct, frozen=True):
    """What holds at a point, asserted again every minute; `depth_m` is None where nothing is known."""

    low_point: str
    level: int | Literal["unknown"]
    held_level: int
    basis: Basis
    unconfirmed: bool
    depth_m: float | None
    observed_at: str | None


class Standing(msgspec.Struct, frozen=True, tag="standing"):
    """All that holds in a district at a whole minute, so that a lost message repairs itself."""

    district: str
    issued_at: str
    rain_mm_30min: float
    points: list[PointState]
    incidents: list[str]

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


Output = Forecast | Warning | Order | Verdict | Standing | ModelChange


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
