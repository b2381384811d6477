"""What clients get of storms: the list, the playback, the timeline, and what warnings and forecasts were worth."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from models.verify.share import Share
from streams.desk.duty_wire import EntryView
from streams.desk.wire import Moment
from streams.observation.moments import to_text
from streams.storms.seen import Seen
from streams.storms.skill import LeadScores
from streams.storms.verify import Case, LevelScores


class StormSummary(BaseModel):
    """A storm with half an hour around it; of one that lasts over 48 h each part is one of its own."""

    start: Moment
    end: Moment
    ongoing: bool
    worst_level: int
    points: int = Field(description="low points that came to level 1 or above")
    peak_rain_mm_30min: float | None
    orders: int = Field(description="versions of orders, drafts and rejected ones among them")
    released: int


class StormList(BaseModel):
    """Storms of a stretch of time, the newest first."""

    as_of: Moment
    from_: Moment = Field(alias="from")
    to: Moment
    storms: list[StormSummary]


class Frame(BaseModel):
    """A moment of the playback: a character for each of `points`, 0 to 4, or ? where nothing was known."""

    at: Moment
    levels: str


class ShareView(BaseModel):
    """So many of so many, with the 90 % interval by Wilson; `value` null of nothing."""

    of: int
    among: int
    value: float | None
    low: float
    high: float


class CaseView(BaseModel):
    """A crossing of the level, or an alarm by forecast that no water answered."""

    low_point: str
    outcome: Literal["warned", "late", "missed", "false", "open", "by_officer"]
    alarm_at: Moment | None
    crossed_at: Moment | None
    lead_min: float | None


class LevelView(BaseModel):
    """One level over all points that can be judged. `pod`: warned of crossings; `far`: false of all alarms."""

    level: int
    points: int
    crossings: int
    warned: int = Field(description="announced by forecast at least 5 min ahead")
    late: int
    missed: int
    false_alarms: int = Field(description="raised by forecast, not measured within 2 h, and not raised by an officer")
    by_officer: int
    open: int = Field(description="alarms whose 2 h are not over")
    lead_min: float | None = Field(description="median minutes of all that were announced")
    pod: ShareView
    far: ShareView
    cases: list[CaseView]


class NotJudged(BaseModel):
    """A point whose sensors were silent for over ten minutes: nobody can say what its warnings were worth."""

    low_point: str
    silent_min: int


class SeenView(BaseModel):
    """An accepted report of citizens against what was known then: `reached` is the level of its depth, `level` that of the point.

    `off_m` is how much more was measured than was seen.
    """

    report: str
    low_point: str
    seen_at: Moment
    depth_m: float
    reached: int
    level: int | None
    measured_m: float | None
    off_m: float | None
    word: Literal["hit", "missed", "unknown", "higher", "dry"]


class Verification(BaseModel):
    """What warnings were worth; `reports` are ground truth from where citizens stood."""

    not_judged: list[NotJudged]
    levels: list[LevelView]
    reports: list[SeenView]


class LeadView(BaseModel):
    """Forecasts at one lead: mean absolute error in cm of the median and of water that stays as it is, and cases within the 80 % band."""

    lead_min: int
    cases: int
    mae_cm: float | None
    persistence_mae_cm: float | None
    coverage_80: ShareView


class StormView(BaseModel):
    """A storm, or any stretch of time: `rain` has mm in 30 min by district, a value for each frame, null where nothing was known."""

    start: Moment
    end: Moment
    points: list[str]
    districts: list[str]
    frames: list[Frame]
    rain: dict[str, list[float | None]]
    timeline: list[EntryView]
    verification: Verification
    skill: list[LeadView]


def share_view(share: Share) -> ShareView:
    """A share as clients get it."""
    low, high = share.interval
    value = None if share.value is None else round(share.value, 4)
    return ShareView(of=share.of, among=share.among, value=value, low=round(low, 4), high=round(high, 4))


def level_view(scores: LevelScores) -> LevelView:
    """Scores of a level as clients get them."""
    return LevelView(
        level=scores.level,
        points=scores.points,
        crossings=scores.crossings,
        warned=scores.count("warned"),
        late=scores.count("late"),
        missed=scores.count("missed"),
        false_alarms=scores.count("false"),
        by_officer=scores.count("by_officer"),
        open=scores.count("open"),
        lead_min=scores.lead_min,
        pod=share_view(scores.pod),
        far=share_view(scores.far),
        cases=[_case(case) for case in scores.cases],
    )


def seen_view(seen: Seen) -> SeenView:
    """An accepted report as clients get it."""
    return SeenView(
        report=seen.report,
        low_point=seen.low_point,
        seen_at=to_text(seen.seen_us),
        depth_m=seen.depth_m,
        reached=seen.reached,
        level=seen.level,
        measured_m=seen.measured_m,
        off_m=seen.off_m,
        word=seen.word,
    )


def lead_view(scores: LeadScores) -> LeadView:
    """Scores of a lead as clients get them."""
    return LeadView(
        lead_min=scores.lead_min,
        cases=scores.cases,
        mae_cm=scores.mae_cm,
        persistence_mae_cm=scores.persistence_mae_cm,
        coverage_80=share_view(scores.coverage_80),
    )


def _case(case: Case) -> CaseView:
    return CaseView(
        low_point=case.low_point,
        outcome=case.word,
        alarm_at=to_text(case.alarm_us) if case.alarm_us is not None else None,
        crossed_at=to_text(case.crossed_us) if case.crossed_us is not None else None,
        lead_min=case.lead_min,
    )
