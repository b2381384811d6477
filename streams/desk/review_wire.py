"""What clients get to review an order by before they decide: its versions, its danger, and what an end by hand would say to whom."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from streams.desk.wire import Moment, Sent, Texts, TextView


class VersionView(BaseModel):
    """One version of an incident, as last told."""

    identifier: str
    version: int
    msg_type: str
    state: str
    level: int
    level_name: str
    basis: str
    unconfirmed: bool
    texts: dict[str, TextView]
    reason: str
    signed_by: list[str]
    issued_at: Moment
    decided: Moment | None
    decision: str


class EndView(BaseModel):
    """What an end by hand would say, if it were released now, and to how many."""

    act: Literal["call_off", "correct"]
    texts: dict[str, TextView]
    people: int = Field(description="those who were warned, whom it is for")
    segments: int
    signed_by: list[str] = Field(description="who has asked for it; a second officer makes it so")
    missing: int


class DangerPoint(BaseModel):
    """A low point whose water is near; depths null where they are not known."""

    low_point: str
    carries: bool = Field(description="whether the order rests on it")
    depth_m: float | None
    soon_m: float | None = Field(description="greatest depth within 30 min that must be reckoned with (quantile 0.9)")
    current: bool = Field(description="false for what was last known and is not known now")


class DangerView(BaseModel):
    """Where the water is, and how many of the zone are in it; null where nobody can count: unknown is not nobody."""

    points: list[DangerPoint]
    areas: dict[str, Any] = Field(description="GeoJSON: the areas under water now and within 30 min that touch the zone")
    people_in_zone: int = Field(description="registered residents of the zone")
    people_now: int | None = Field(description="of the city's address points inside zone and water now")
    people_soon: int | None = Field(description="the same within 30 min, quantile 0.9")


class Review(BaseModel):
    """All that an officer looks at beside the order itself."""

    identifier: str
    newest: str = Field(description="the identifier that has taken its place; its own where it is the newest")
    open: bool = Field(description="whether its incident is not over")
    compared: VersionView | None = Field(description="what to hold it against: the last version that went out before it, else the last one")
    versions: list[VersionView] = Field(description="of the incident, the newest first")
    ends: list[EndView] = Field(description="empty where nothing went out, or all is over")
    danger: DangerView


class AskedPreview(Sent):
    """Texts that somebody thinks of."""

    texts: Texts


class Preview(BaseModel):
    """Texts with their segments, what would be refused about them, and whose signatures would become void."""

    texts: dict[str, TextView]
    faults: list[str]
    signed_by: list[str]
