"""What clients send and get of the duty log and the briefing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, field_validator

from streams.desk.wire import IDENTIFIER, Moment, OrderView, Sent
from streams.duty.entry import LONGEST_TEXT, TEXT, Entry
from streams.duty.holder import Duty
from streams.observation.moments import to_text

Note = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=TEXT)]


class HandOverNote(Sent):
    """The words that somebody hands over with: what is open, what to look at."""

    text: Note

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("write what is to be known")
        return text


class NewNote(HandOverNote):
    """A note, and what it is about: the identifier of an order, or the id of a low point, a zone or a station; null for nothing."""

    refers: Annotated[str, StringConstraints(pattern=IDENTIFIER)] | None = None


class TakeOver(Sent):
    """Nothing is asked for: who calls takes duty over."""


class EntryView(BaseModel):
    """A line of the log: what somebody wrote, or what happened by itself."""

    entry: str = Field(description="its id, the same for ever; a cursor for `before`")
    at: Moment
    officer: str = Field(description="the account; empty where a rule or the water did it")
    kind: Literal["note", "hand_over", "take_over", "decision", "order", "level", "signal", "model"]
    what: str = Field(description="one word more: the act, the state of the order, the basis of the level, the signal")
    outcome: str = Field(description="of a decision done, counted or refused; of an order Alert, Update or Cancel")
    level: int | None
    text: str
    refers: str = Field(description="the order, low point, zone, station or district that it is about")


class AnnouncedView(BaseModel):
    """A hand-over that waits for somebody who takes over."""

    at: Moment
    text: str


class DutyView(BaseModel):
    """Who has duty, and since when; null for nobody."""

    officer: str | None
    display_name: str
    since: Moment | None
    hand_over: AnnouncedView | None


class DutyLog(BaseModel):
    """Who has duty, and the log, the newest first; `more` says that there is more before it."""

    as_of: Moment
    duty: DutyView
    entries: list[EntryView]
    more: bool


class BriefedPoint(BaseModel):
    """A point that somebody must know of; `level` null for unknown, `last` the level that was known last."""

    low_point: str
    name: str
    name_en: str
    district: str
    level: int | None
    last: int
    basis: str
    unconfirmed: bool
    depth_m: float | None
    observed_at: Moment | None


class HandView(BaseModel):
    """What is done by hand and in force; `level` is the least that is held, or the highest that is silenced."""

    what: Literal["level", "close", "silence", "set_aside"]
    kind: Literal["point", "zone", "station"]
    subject: str
    district: str
    level: int | None
    officer: str
    since: Moment
    until: Moment
    reason: str = Field(description="empty where the district has not told it")


class StationTrouble(BaseModel):
    """A station that is silent, suspect, set aside or was never heard."""

    station: str
    district: str
    state: str
    why: str
    observed_at: Moment | None


class ZoneCount(BaseModel):
    """How many people of a zone."""

    zone: str
    people: int


class NotReachedCount(BaseModel):
    """How many people have no receipt, by zone; who lives in two that were warned counts in both."""

    people: int
    zones: list[ZoneCount]


class Briefing(BaseModel):
    """What somebody who comes in must know, all of one moment."""

    as_of: Moment
    silent_districts: list[str]
    duty: DutyView
    orders: list[OrderView]
    points: list[BriefedPoint]
    hands: list[HandView]
    stations: list[StationTrouble]
    not_reached: NotReachedCount
    notes: list[EntryView]


def entry_view(entry: Entry) -> EntryView:
    """An entry as clients get it."""
    return EntryView.model_validate(
        {
            "entry": str(entry.place),
            "at": to_text(entry.place.at_us),
            "officer": entry.officer,
            "kind": entry.kind,
            "what": entry.what,
            "outcome": entry.outcome,
            "level": entry.level,
            "text": entry.text,
            "refers": entry.refers,
        }
    )


def duty_view(duty: Duty, display_name: str) -> DutyView:
    """Who has duty as clients get it."""
    announced = duty.announced
    return DutyView(
        officer=duty.officer or None,
        display_name=display_name,
        since=to_text(duty.since_us) if duty.since_us is not None else None,
        hand_over=AnnouncedView(at=to_text(announced.at_us), text=announced.text) if announced is not None else None,
    )


def counts_view(by_zone: dict[str, int]) -> NotReachedCount:
    """Counts as clients get them."""
    zones = [ZoneCount(zone=zone, people=people) for zone, people in by_zone.items()]
    return NotReachedCount(people=sum(by_zone.values()), zones=zones)
