"""Looks at the store: each part that the stream tells of asked in one go, and nothing twice that has not changed."""

from __future__ import annotations

from sqlalchemy import Engine

from streams.city.model import City
from streams.console.live.expected import expected
from streams.console.live.says import Beside, Expected, Orders, Water
from streams.desk.orders import order_views
from streams.observation.moments import MINUTE_US
from streams.store.account import account_by_zone
from streams.store.level_changes import LATELY_US
from streams.store.live_rows import (
    Reason,
    forecast_stamps,
    forecasts_of,
    last_model_swap,
    newest_duty,
    reasons_since,
    senders_seen,
    stations_seen,
)
from streams.store.queries import (
    dead_letter_counts,
    districts_heard,
    districts_now,
    districts_say,
    open_orders,
    points_now,
    recent_warnings,
)
from streams.store.recent_water import WaterThen, water_between
from streams.store.reports_groups import count_waiting, waiting_by_point
from streams.web.trend import SLACK_US, SPAN_US

WARNINGS = 50
DUTY_ENTRIES = 50
AGAIN_US = 60 * MINUTE_US
"""Reasons are asked for again so far back: a district may be that much behind the others."""


class WaterLook:
    """Asks for points and districts; keeps forecasts that were read and reasons that were told. For one thread."""

    def __init__(self, city: City):
        self._points = {point.low_point_id: point for point in city.low_points}
        self._stamps: dict[str, int] = {}
        self._expected: dict[str, Expected] = {}
        self._reasons: dict[str, Reason] = {}

    def __call__(self, engine: Engine) -> Water:
        """Ask."""
        # how far a district has come is asked first: what is asked after it can only be newer
        heard = {row.district: row for row in districts_heard(engine)}
        newest_us = max((row.up_to_us for row in heard.values()), default=0)
        self._read_reasons(engine, newest_us)
        self._read_forecasts(engine)
        return Water(
            heard=heard,
            points={row.low_point: row for row in points_now(engine)},
            expected=dict(self._expected),
            reasons={point: reason.words for point, reason in self._reasons.items()},
            rain={row.district: row for row in districts_now(engine)},
            districts={row.district: row for row in districts_say(engine)},
            warnings=recent_warnings(engine, WARNINGS),
        )

    def _read_reasons(self, engine: Engine, newest_us: int) -> None:
        back_us = AGAIN_US if self._reasons else LATELY_US
        for point, reason in reasons_since(engine, newest_us - back_us).items():
            known = self._reasons.get(point)
            if known is None or (reason.issued_us, reason.number) >= (known.issued_us, known.number):
                self._reasons[point] = reason

    def _read_forecasts(self, engine: Engine) -> None:
        stamps = forecast_stamps(engine)
        changed = {point for point, issued_us in stamps.items() if point in self._points and self._stamps.get(point) != issued_us}
        if not changed:
            return
        for name, (issued_us, line) in forecasts_of(engine, changed).items():
            if name in changed:
                self._stamps[name] = issued_us
                found = expected(self._points[name], issued_us, line)
                if found is not None:
                    self._expected[name] = found
                else:
                    self._expected.pop(name, None)


class OrdersLook:
    """Asks for the open orders."""

    def __init__(self, city: City):
        self._city = city

    def __call__(self, engine: Engine) -> Orders:
        """Ask."""
        return Orders(order_views(engine, self._city, open_orders(engine)))


class BesideLook:
    """Asks for the rest; the water of ten minutes ago once in a minute of the log. For one thread."""

    def __init__(self) -> None:
        self._minute = -1
        self._then: dict[str, tuple[WaterThen, ...]] = {}

    def __call__(self, engine: Engine) -> Beside:
        """Ask."""
        self._read_then(engine)
        return Beside(
            account=account_by_zone(engine),
            letters=dead_letter_counts(engine),
            senders=senders_seen(engine),
            swap=last_model_swap(engine),
            stations=stations_seen(engine),
            duty=newest_duty(engine, DUTY_ENTRIES),
            then=self._then,
            reports_waiting=count_waiting(engine),
            reports_at=waiting_by_point(engine),
        )

    def _read_then(self, engine: Engine) -> None:
        newest_us = max((row.up_to_us for row in districts_heard(engine)), default=0)
        if newest_us // MINUTE_US != self._minute:
            self._then = water_between(engine, newest_us - SPAN_US - 2 * SLACK_US, newest_us - SPAN_US + SLACK_US)
            self._minute = newest_us // MINUTE_US
