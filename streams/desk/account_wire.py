"""What clients get of the account: counts by zone and order, delays, and costs; never who."""

from __future__ import annotations

from pydantic import BaseModel, Field

from streams.desk.wire import Moment


class TallyView(BaseModel):
    """Rows of one channel: `targeted` is the sum of `states` at every moment."""

    targeted: int
    states: dict[str, int]
    reasons: dict[str, dict[str, int]] = Field(description="of what failed and what was suppressed: how many for which reason")


class OrderAccountView(BaseModel):
    """What became of one order's texts and calls."""

    identifier: str
    incident: str
    version: int
    msg_type: str
    level: int
    level_name: str
    issued_at: Moment
    texts: TallyView
    calls: TallyView


class ZoneAccountView(BaseModel):
    """What became of a zone's texts and calls, in all and by order, the newest first."""

    zone_id: str
    texts: TallyView
    calls: TallyView
    orders: list[OrderAccountView]


class SpreadView(BaseModel):
    """Seconds from an order's release that so many texts took; null where there were none."""

    count: int
    p50_s: float | None
    p95_s: float | None


class OrderDelaysView(BaseModel):
    """Of one order."""

    identifier: str
    accepted: SpreadView
    delivered: SpreadView


class DelaysView(BaseModel):
    """From release to the provider's yes, and to the receipt: of all texts, and by order."""

    accepted: SpreadView
    delivered: SpreadView
    orders: list[OrderDelaysView]


class DoublesView(BaseModel):
    """Texts that were posted more than once."""

    taken_again: int = Field(description="the provider took more than one post")
    perhaps_twice: int = Field(description="of these, more than one that is not known to have failed: somebody may have got it twice")
    again_though_unknown: int = Field(description="posted again though nobody could tell for sure that the post before had not gone out")


class AccountView(BaseModel):
    """Everybody who was ever targeted, and where their texts are; `words` tells reasons in English."""

    as_of: Moment
    texts: TallyView
    calls: TallyView
    zones: list[ZoneAccountView]
    delays: DelaysView
    doubles: DoublesView
    words: dict[str, str]


class LanguageCostView(BaseModel):
    """People who get the text in a language."""

    language: str
    people: int
    segments_each: int
    segments: int


class CostView(BaseModel):
    """What an order costs if it is released now."""

    identifier: str
    state: str
    zone_id: str
    people: int
    texts: int
    segments: int
    minutes: float = Field(description="at the pace asked for, when nothing else is sent")
    segments_per_s: float
    languages: list[LanguageCostView]
    opted_out: int
    without_telephone: int
    told_elsewhere: int = Field(description="who gets the text of another zone that is as much in danger")
