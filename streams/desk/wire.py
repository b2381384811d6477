"""What clients send and get: the shapes that OpenAPI documents. What is sent must be of exactly these types, with no other fields."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from streams.observation.decision import Act
from streams.observation.moments import parse_us

MOST_SUBJECTS = 200
ACT_ID = r"^[A-Za-z0-9._-]{1,64}$"
IDENTIFIER = r"^[^\s\x00-\x1f\x7f]{1,300}$"
"""No blank and nothing that cannot be seen: what is sent ends in the log and the database, which choke on some of it."""

Subject = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Reason = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z-]{1,16}$")]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")]
Texts = Annotated[dict[Language, Text], Field(max_length=20)]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Sent(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SignIn(Sent):
    """Who wants to sign in."""

    name: Annotated[str, StringConstraints(max_length=200)]
    password: Annotated[str, StringConstraints(max_length=1000)] = Field(repr=False)
    code: Annotated[str, StringConstraints(max_length=50)] = Field(repr=False, description="the six digits that the app shows now")


class AskedOrder(Sent):
    """An order that an act is about; `texts` are those that the signer read, or the new ones of an edit."""

    identifier: Identifier
    texts: Texts | None = None


class AskedFor(Sent):
    """An act: what to do, to what, until when and why.

    A signature names the texts that were read, of each order: {} where it has none. An edit names the new ones. `texts` beside the orders
    stands for each of them that has none of its own.
    """

    id: Annotated[str, StringConstraints(pattern=ACT_ID)] | None = Field(
        None, description="the act's own: sent again under it, it is done once. Made up where there is none"
    )
    act: Act
    orders: list[AskedOrder] = Field([], max_length=MOST_SUBJECTS)
    points: list[Subject] = Field([], max_length=MOST_SUBJECTS)
    zones: list[Subject] = Field([], max_length=MOST_SUBJECTS)
    stations: list[Subject] = Field([], max_length=MOST_SUBJECTS)
    level: Annotated[int, Field(ge=1, le=4)] | None = None
    until: Annotated[str, StringConstraints(max_length=40)] | None = Field(None, json_schema_extra={"format": "date-time"})
    reason: Reason = ""
    texts: Texts | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        orders = [order.identifier for order in self.orders]
        kinds = (orders, self.points, self.zones, self.stations)
        named = list(chain.from_iterable(kinds))
        if not named:
            raise ValueError("name at least one order, point, zone or station")
        if len(named) > MOST_SUBJECTS:
            raise ValueError(f"{len(named)} subjects in one act: {MOST_SUBJECTS} at most")
        twice = [subject for kind in kinds for subject in dict.fromkeys(kind) if kind.count(subject) > 1]
        if twice:
            raise ValueError(f"{twice[0]} is named twice")
        if self.until is not None and self.until_us is None:
            raise ValueError("until is no time: write RFC 3339 with a zone, such as 2021-07-20T08:31:00Z")
        self._check_texts()
        return self

    def _check_texts(self) -> None:
        if self.act in ("sign", "edit"):
            lacking = [order.identifier for order in self.orders if self.texts_of(order) is None]
            if lacking:
                raise ValueError(f"{lacking[0]}: give the texts that {'were read' if self.act == 'sign' else 'it is to have'}")
        elif self.texts is not None or any(order.texts is not None for order in self.orders):
            raise ValueError("texts go with sign and edit only")

    @property
    def until_us(self) -> int | None:
        """When it is to end, in microseconds."""
        return parse_us(self.until) if self.until is not None else None

    def texts_of(self, order: AskedOrder) -> dict[str, str] | None:
        """The texts that go with an order."""
        return self.texts if order.texts is None else order.texts


class SignedInAs(BaseModel):
    """The token to send from now on, and whose it is."""

    token: str = Field(repr=False)
    name: str
    role: str
    ends_at: Moment


class Me(BaseModel):
    """Who calls, and what they may do."""

    name: str
    display_name: str
    role: str
    machine: bool
    may: list[str]


class TextView(BaseModel):
    """A text, and how many segments it is sent in."""

    text: str
    segments: int


class ZoneOfOrder(BaseModel):
    """A zone by its id and its names."""

    zone_id: str
    name: str
    name_en: str


class RuleOfOrder(BaseModel):
    """The policy's written rule: unanswered for so long, the order goes out at this instant of log time."""

    after_s: float
    due_at: Moment


class OrderView(BaseModel):
    """An order as an officer must see it before signing."""

    identifier: str
    incident: str
    version: int
    msg_type: str
    state: str
    district: str
    zone: ZoneOfOrder
    level: int
    level_name: str
    severity: str
    basis: str
    unconfirmed: bool
    texts: dict[str, TextView]
    people: int = Field(description="residents of the zone")
    reason: str
    signed_by: list[str]
    missing: int = Field(description="how many more officers must sign before it goes out")
    release_rule: RuleOfOrder | None = Field(description="null where no written rule will release it")
    issued_at: Moment
    expires: Moment
    decided: Moment | None
    decision: str


class OpenOrders(BaseModel):
    """The newest order of each incident that is not over, the most dangerous first, with all their zones and people counted.

    A rejected one is among them until its incident ends or a higher level takes its place. Districts of which nothing fresh is known are
    named: from there an order may be missing.
    """

    as_of: Moment
    silent_districts: list[str]
    zones: int
    people: int
    orders: list[OrderView]


class OutcomeView(BaseModel):
    """What came of an act on one subject."""

    subject: str
    district: str
    outcome: Literal["done", "counted", "refused"]
    words: str
    at: Moment


class ActView(BaseModel):
    """An act, and what came of it so far."""

    act_id: str
    act: str
    officer: str
    outcomes: list[OutcomeView]
    pending: list[str]


class ZoneView(BaseModel):
    """A zone that is not at rest."""

    zone_id: str
    level: int
    level_name: str
    identifier: str
    state: str
    by_hand: str
    silenced: str
    muted: list[str]


class DistrictView(BaseModel):
    """What a district said last: its highest level, its rainfall signal ("" for none) and its zones that are not at rest."""

    district: str
    as_of: Moment
    level: int
    level_name: str
    signal: str
    zones: list[ZoneView]


class CityView(BaseModel):
    """The whole city, as of the moment that every district has reached; with one `missing` its level is a least, and `as_of` null."""

    as_of: Moment | None
    level: int
    level_name: str
    signal: str
    districts_at: list[int]
    missing: list[str]


class Districts(BaseModel):
    """What the city and its districts say, and which of them say nothing fresh."""

    as_of: Moment
    silent_districts: list[str]
    city: CityView
    districts: list[DistrictView]


class HeadView(BaseModel):
    """The last row of the audit: keep it elsewhere, and nothing up to it can be changed unseen."""

    number: int
    hash: str
    text: str


class DistrictAge(BaseModel):
    """How far a district has come, and how old its word is; null before it has said anything."""

    district: str
    up_to: Moment | None
    age_s: float | None


class Health(BaseModel):
    """That the desk and its store answer; `now` is the moment that a decision would be made at."""

    status: Literal["ok", "degraded", "stale", "no_data"]
    now: Moment
    silent_districts: list[str]
    districts: list[DistrictAge]
