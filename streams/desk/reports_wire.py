"""What clients send and get of citizens' reports. Whose a report is, is never told: only which of a group are of one source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from streams.desk.wire import ACT_ID, IDENTIFIER, Moment, Sent
from streams.duty.entry import TEXT

MOST_DEPTH_M = 5.0
MOST_CHOSEN = 200

Group = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=TEXT)]
ActId = Annotated[str, StringConstraints(pattern=ACT_ID)]


class Asks(Sent):
    """What every act has: an id of its own, under which it is done once, and the reports that are meant, those that you were shown."""

    id: ActId | None = None
    reports: list[Group] = Field(min_length=1, max_length=MOST_CHOSEN)

    @model_validator(mode="before")
    @classmethod
    def _names_some(cls, told: object) -> object:
        if isinstance(told, dict) and not told.get("reports"):
            raise ValueError("reports: name those that you were shown (`waits` of the group): nothing is done to one that nobody saw")
        return told


class AcceptReports(Asks):
    """To believe reports: how deep the water is, and whether the public page may show their blurred pictures."""

    depth_m: Annotated[float, Field(ge=0, le=MOST_DEPTH_M, allow_inf_nan=False)]
    show_pictures: bool = False


class HideReports(Asks):
    """To put reports aside, and why; `accepted` takes back what was accepted."""

    reason: Words
    accepted: bool = Field(False, description="those that were accepted, instead of those that wait")

    @field_validator("reason")
    @classmethod
    def _says_something(cls, text: str) -> str:
        return _not_blank(text)


class MergeReports(Asks):
    """To put reports into another group that waits."""

    into: Group


class AskBack(Asks):
    """To ask the writers, who see it under their code."""

    question: Words

    @field_validator("question")
    @classmethod
    def _says_something(cls, text: str) -> str:
        return _not_blank(text)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("write what is to be known")
    return text


class ReasonView(BaseModel):
    """Why a group is believed or doubted (docs/reports.md has the codes); `log_odds` above 0 speaks for it."""

    code: str
    log_odds: float
    figures: dict[str, float | int | str]


class DepthView(BaseModel):
    """The weighted median of what the sources said last, with its standard error, how far they are apart, and how many named one.

    `within_m` is how far apart the reports of one source are: where they contradict each other its deeper ones count. `before_m` is what
    was said up to half an hour before, where that was another water.
    """

    depth_m: float
    error_sd_m: float
    spread_m: float
    voices: int
    within_m: float
    before_m: float | None


class NearestView(BaseModel):
    """The nearest low point."""

    low_point: str
    distance_m: float


WhyNone = Literal["", "no_low_point", "no_station", "training", "too_old", "too_far", "no_depth", "all_apart", "nothing_waits"]


class EffectView(BaseModel):
    """What accepting with the group's depth would do: the level of its low point by it, for how many minutes, by how many observations.

    Observations count from when their water was seen: one of over 30 min ago raises nothing. `why_none` says why no level follows:
    "no_low_point", "no_station", "training", "too_old", "too_far", "no_depth", "all_apart", "nothing_waits"; "" where one does.
    """

    level: int | None
    level_now: int | None
    station: str | None
    observations: int
    minutes: int
    why_none: WhyNone


class WaitingView(BaseModel):
    """A report that waits: its id, picture and depth, whether it stands apart, and how many minutes more it could carry a level.

    `observes` says whether it can be an observation at all: a place of its own over 150 m from the low point says nothing of that.
    """

    report: str
    picture: str | None
    apart: bool
    depth_m: float | None
    minutes: int
    observes: bool


class GroupView(BaseModel):
    """Reports of one water, and what they are worth together; `state` of a group is that of what waits, else the last decision."""

    group: str
    state: Literal["new", "asked", "merged", "accepted", "hidden"]
    training: bool
    low_point: str | None
    nearest: NearestView | None
    lon: float | None
    lat: float | None
    received_at: Moment = Field(description="of its newest report")
    seen_at: Moment = Field(description="when the water was seen last, as its writer says")
    reports: int
    waiting: int
    accepted: int
    waits: list[WaitingView] = Field(description="those that wait: what is decided names some of them, and none that comes meanwhile")
    accepted_reports: list[str] = Field(description="those that were accepted: what is taken back names some of them")
    unread: int = Field(description="how many more wait for which there is no room here; they come when these are decided")
    sources: int
    photos: int
    score: float
    reasons: list[ReasonView]
    depth: DepthView | None
    apart: int = Field(description="how many of those that wait stand apart from the others: accepting leaves them")
    pictures: list[str] = Field(description="names for GET /api/pictures/{picture}: one of each that is not like another")
    effect: EffectView


class ReportsPage(BaseModel):
    """Groups; `next` is a cursor for `before`, null where there are no more. `waiting` counts all that wait, exercises apart."""

    as_of: Moment
    waiting: int
    groups: list[GroupView]
    next: str | None


class DuplicateView(BaseModel):
    """The earlier report of its group that a report repeats, and in what."""

    of: str
    why: Literal["picture", "source", "words"]


class ReportView(BaseModel):
    """One report. `source` numbers those of a group that share a device or an address; `observation` says what became of its reading."""

    report: str
    received_at: Moment
    seen_at: Moment
    taken_at: Moment | None
    language: str
    channel: str
    place_by: str
    place_error_m: float | None
    lon: float | None
    lat: float | None
    depth: str
    depth_m: float | None
    words: str
    picture: str | None
    source: int
    duplicate: DuplicateView | None
    apart: Literal["copied", "elsewhere", "depth"] | None = Field(description="why it stands apart from the others")
    state: str
    decided_by: str
    state_at: Moment | None
    reason: str
    question: str
    answer: str
    observation: Literal["", "waits", "sent"]


class DeedView(BaseModel):
    """What somebody did to the group; `words` are those that they wrote."""

    at: Moment
    actor: str
    act: Literal["accepted", "hidden", "merged", "asked"]
    reports: int
    depth_m: float | None
    into: str | None
    words: str


class GroupWhole(BaseModel):
    """A group with its reports, and what was done to it, the oldest first."""

    group: GroupView
    reports: list[ReportView]
    history: list[DeedView]


class ActDone(BaseModel):
    """What was done; `again`: it had been done under this id before. `words` say what follows from it.

    `late` of the observations are of water that was seen over 30 min ago: no level follows from these.
    """

    act_id: str
    act: Literal["accepted", "hidden", "merged", "asked"]
    reports: list[str]
    observations: int
    late: int
    again: bool
    words: str


class ProposalView(BaseModel):
    """A place without a low point that many report: what to add to low_points.geojson and stations.geojson."""

    lon: float
    lat: float
    reports: int
    sources: int
    accepted: int
    storms: int
    depth_m: float | None
    score: float
    hollow: bool | None
    nearest: NearestView | None
    last_at: Moment
    low_point: dict[str, object]
    station: dict[str, object]


class CoverageView(BaseModel):
    """Proposals for new low points, the best founded first, and all of them as GeoJSON."""

    as_of: Moment
    days: int
    proposals: list[ProposalView]
    geojson: dict[str, object]
