"""What is told of one low point. Null is unknown, never dry."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from streams.desk.wire import Moment


class ForecastNow(BaseModel):
    """The newest forecast, as the live stream tells it: `chance` within 30 min and median minutes, by level."""

    issued_at: Moment
    peak_m: float
    lead_min: list[int]
    q10: list[float]
    q50: list[float]
    q90: list[float]
    chance: dict[str, float]
    minutes_to: dict[str, float | None]


class PointNowView(BaseModel):
    """What holds, as the live stream tells it."""

    level: int | None
    last: bool = Field(description="the level is what was last known, not what is known now")
    held: bool = Field(description="no reading now, but the district is there: a silent sensor")
    was: int | None
    basis: str | None
    unconfirmed: bool
    depth_m: float | None
    observed_at: Moment | None
    why: str | None
    trend: str | None
    forecast: ForecastNow | None


class SeenView(BaseModel):
    """The point at a moment."""

    at: Moment
    depth_m: float | None
    level: int | None


class RainView(BaseModel):
    """Rain of the 30 min before a moment."""

    at: Moment
    rain_mm_30min: float


class ChanceView(BaseModel):
    """Chance that the peak from now to each lead reaches a level."""

    level: int
    threshold_m: float
    p: list[float]


Depths = list[float]


class FanView(BaseModel):
    """The newest forecast: quantiles of depth at the moments `valid_at`."""

    model_config = ConfigDict(populate_by_name=True)

    issued_at: Moment
    valid_at: list[Moment]
    q05: Annotated[Depths, Field(alias="0.05")]
    q10: Annotated[Depths, Field(alias="0.1")]
    q25: Annotated[Depths, Field(alias="0.25")]
    q50: Annotated[Depths, Field(alias="0.5")]
    q75: Annotated[Depths, Field(alias="0.75")]
    q90: Annotated[Depths, Field(alias="0.9")]
    q95: Annotated[Depths, Field(alias="0.95")]
    p_exceed: list[ChanceView]
    minutes_to: dict[str, float | None]


class PointWarning(BaseModel):
    """A change of the point's state."""

    issued_at: Moment
    level: int | None
    basis: str
    unconfirmed: bool
    reason: str
    depth_m: float


class VerdictView(BaseModel):
    """What quality control noticed about a reading."""

    station: str
    at: Moment
    flags: list[str]
    reason: str


class StationView(BaseModel):
    """A station; `state` is ok, silent, suspect, aside or never."""

    station: str
    kind: str
    state: str
    why: str
    observed_at: Moment | None
    value: float | None


class ZoneReached(BaseModel):
    """A zone that the point's water reaches, from which of its levels on, and how many live there."""

    zone: str
    from_level: int
    people: int


ByLead = dict[str, float | None]


class SkillView(BaseModel):
    """How far off the kept forecasts of the last week were, by lead in min; `coverage_80` is the share that fell between .1 and .9."""

    cases: int
    mae_cm: ByLead
    persistence_mae_cm: ByLead
    coverage_80: ByLead


class PictureView(BaseModel):
    """A picture: `picture` is a name for GET /api/pictures/{picture}, else `address` is where it lies elsewhere.

    `state` is that of a citizen's report, null for a camera, whose `confidence` says how sure the depth is.
    """

    kind: Literal["camera", "report"]
    low_point: str
    picture: str | None
    address: str | None
    at: Moment
    depth_m: float | None
    confidence: float | None
    station: str | None
    state: str | None


class PointView(BaseModel):
    """All of one low point."""

    low_point: str
    as_of: Moment
    now: PointNowView
    thresholds_m: list[float] = Field(description="depth of level 1, 2, ...")
    observed: list[SeenView]
    rain: list[RainView]
    fan: FanView | None
    warnings: list[PointWarning]
    verdicts: list[VerdictView]
    stations: list[StationView]
    zones: list[ZoneReached]
    skill: SkillView
    pictures: list[PictureView]
