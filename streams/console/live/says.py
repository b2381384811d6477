"""What the store says, in three parts that are asked at their own pace: the water, the orders, and what is slower and dearer."""

from __future__ import annotations

import msgspec

from streams.desk.wire import OrderView
from streams.store.account import ZoneAccount
from streams.store.live_rows import DutyEntry, ModelSwap, SenderSeen, StationSeen
from streams.store.queries import DistrictHeard, DistrictNow, DistrictSays, PointNow, RecentWarning
from streams.store.recent_water import WaterThen


class Expected(msgspec.Struct, frozen=True, eq=False):
    """A forecast as it is told, made once when its row changed.

    Attributes
    ----------
    issued_us
        When it was issued: one that is too old is not told any more.
    model
        The model that made it.
    told
        JSON.
    """

    issued_us: int
    model: str
    told: bytes


class Water(msgspec.Struct, frozen=True, eq=False):
    """What there is of points and districts, by id; `reasons` say why a point is at its level."""

    heard: dict[str, DistrictHeard]
    points: dict[str, PointNow]
    expected: dict[str, Expected]
    reasons: dict[str, str]
    rain: dict[str, DistrictNow]
    districts: dict[str, DistrictSays]
    warnings: list[RecentWarning]


class Orders(msgspec.Struct, frozen=True, eq=False):
    """The open orders, as `GET /api/orders` tells them."""

    views: list[OrderView]


class Beside(msgspec.Struct, frozen=True, eq=False):
    """What is slower and dearer; `then` is each point's water of about ten minutes ago, for its trend.

    `reports_waiting` counts groups of citizens' reports that wait, `reports_at` reports that do, by low point.
    """

    account: list[ZoneAccount]
    letters: dict[str, int]
    senders: list[SenderSeen]
    swap: ModelSwap | None
    stations: list[StationSeen]
    duty: list[DutyEntry]
    then: dict[str, tuple[WaterThen, ...]]
    reports_waiting: int = 0
    reports_at: dict[str, int] = {}


class Says(msgspec.Struct, frozen=True, eq=False):
    """All of it."""

    water: Water
    orders: Orders
    beside: Beside
