"""The state of every low point as the page may show it: never calmer than what is known (laws 3 and 12)."""

from __future__ import annotations

from collections import Counter

import msgspec

from streams.city.model import City, LowPoint
from streams.observation.moments import MINUTE_US
from streams.signs.closure import Closure, closures
from streams.store.queries import OpenOrder, PointNow, RecentWarning
from streams.web.freshness import Freshness, freshness
from streams.web.snapshot import Outlook, Snapshot
from streams.web.trend import Trend, trend

OUTLOOK_US = 10 * MINUTE_US
"""A forecast comes every 5 min at least: one that is older is not shown."""

WORST_FIRST: tuple[int | None, ...] = (4, 3, 2, 1, None, 0)


class PointView(msgspec.Struct, frozen=True):
    """A low point on the page.

    Attributes
    ----------
    level
        1 to 4 as known or last known, 0 only where that is known now, None for unknown.
    last
        The level is what was last known, not what is known now.
    held
        There is no reading now, but the district is there: a silent sensor.
    was
        The last known level of a point that is shown as unknown, where there is one.
    trend
        Where the water goes; None where that, or the water itself, is not known now.
    """

    point: LowPoint
    level: int | None
    last: bool = False
    held: bool = False
    was: int | None = None
    basis: str = ""
    unconfirmed: bool = False
    depth_m: float | None = None
    observed_us: int | None = None
    outlook: Outlook | None = None
    trend: Trend | None = None

    @property
    def current(self) -> bool:
        """Whether the level is what is known now."""
        return self.level is not None and not self.last

    @property
    def chance(self) -> dict[int, float]:
        """The chance of levels 3 and 4 within 30 min, where the forecast speaks of them."""
        found = {rung.level: self.outlook.chance_of(rung.depth_m) for rung in self.point.levels if rung.level >= 3} if self.outlook else {}
        return {level: p for level, p in found.items() if p is not None}


class Board(msgspec.Struct, frozen=True):
    """Everything the page shows; points are the worst first.

    Attributes
    ----------
    away_us
        How long ago the store last answered, where it does not answer now; None where this is what it says now.
    """

    city: City
    now_us: int
    fresh: Freshness
    points: list[PointView]
    orders: list[OpenOrder]
    warnings: list[RecentWarning]
    letters: dict[str, int]
    rain_mm: float = 0.0
    rain_district: str = ""
    closures: tuple[Closure, ...] = ()
    away_us: int | None = None

    @property
    def log_us(self) -> int:
        """The moment of the log that it stands for."""
        return self.fresh.log_us

    @property
    def counts(self) -> list[tuple[int | None, int]]:
        """How many points are at each level that there is, the worst first."""
        found = Counter(view.level for view in self.points)
        return [(level, found[level]) for level in WORST_FIRST if found[level]]

    @property
    def worst(self) -> PointView | None:
        """The first of those at a level above 0, one that is known now before one that was."""
        warned = [view for view in self.points if view.level]
        return min(warned, key=lambda view: (-(view.level or 0), view.last), default=None)


def make_board(city: City, snapshot: Snapshot, now_us: int, away_us: int | None = None) -> Board:
    """Put together what is known of a city at a moment of the wall clock; `away_us` where the store was asked so long ago."""
    fresh = freshness(city, snapshot.heard, now_us)
    views = [_view(point, snapshot, fresh) for point in city.low_points]
    rain = [row for row in snapshot.rain.values() if row.district in city.districts and row.district not in fresh.silent]
    wettest = max(rain, key=lambda row: row.rain_mm_30min, default=None)
    return Board(
        city=city,
        now_us=now_us,
        fresh=fresh,
        points=sorted(views, key=_worst_first),
        orders=snapshot.orders,
        warnings=snapshot.warnings,
        letters=snapshot.letters,
        rain_mm=wettest.rain_mm_30min if wettest else 0.0,
        rain_district=wettest.district if wettest else "",
        closures=closures(city, snapshot.points, snapshot.changes, fresh, now_us),
        away_us=away_us,
    )


def _view(point: LowPoint, snapshot: Snapshot, fresh: Freshness) -> PointView:
    now = snapshot.points.get(point.low_point_id)
    if now is None:
        return PointView(point, None)
    level, last, was = shown(now, point.district_id in fresh.silent)
    outlook = snapshot.outlooks.get(point.low_point_id)
    if outlook is None or fresh.now_us - outlook.issued_us > OUTLOOK_US:
        outlook = None
    return PointView(
        point=point,
        level=level,
        last=last,
        held=now.level == "unknown",
        was=was,
        basis=now.basis,
        unconfirmed=now.unconfirmed,
        depth_m=now.depth_m,
        observed_us=now.observed_us,
        outlook=outlook,
        trend=trend(now.depth_m, now.observed_us, snapshot.then.get(point.low_point_id, ())) if level is not None and not last else None,
    )


def shown(now: PointNow, silent: bool) -> tuple[int | None, bool, int | None]:
    """Level, whether it is only the last known, and the last known of one that is unknown."""
    if now.level == "unknown":
        # unknown does not end a level, and takes none away from the eye
        return (now.held_level, True, None) if now.held_level else (None, False, None)
    if silent:
        return (now.level, True, None) if now.level else (None, False, 0)
    return now.level, False, None


def _worst_first(view: PointView) -> tuple[float, ...]:
    chance = view.chance
    return (WORST_FIRST.index(view.level), -chance.get(4, 0.0), -chance.get(3, 0.0), -(view.depth_m or 0.0))
