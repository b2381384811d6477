"""Renders the page from a board: HTML that needs no script, escaped throughout."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from streams.city.model import LowPoint, Zone
from streams.observation.moments import SECOND_US, to_datetime, to_text
from streams.store.queries import OpenOrder
from streams.web.board import Board, PointView
from streams.web.drawing import Drawing
from streams.web.words import Words

REFRESH_S = 5
_WITH_DATE = "%Y-%m-%d %H:%M:%S"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


class Asked(msgspec.Struct, frozen=True):
    """What a reader asks for: a language, whether the page refreshes itself, and the other languages there are."""

    words: Words
    refresh: bool
    others: tuple[str, ...] = ()


class Reader:
    """Says things as a reader of one language in the city's time zone reads them; what the template calls."""

    def __init__(self, board: Board, asked: Asked):
        self._board, self._zone = board, board.city.zone_info
        self.words, self.say, self.language = asked.words, asked.words.say, asked.words.code
        self._today = to_datetime(board.fresh.now_us).astimezone(self._zone).date()

    def level(self, level: int | None) -> str:
        """The word of a level."""
        return self.say(f"levels.{self.key(level)}")

    @staticmethod
    def key(level: int | None) -> str:
        """A level as texts and classes are named by."""
        return "unknown" if level is None else str(level)

    def name(self, thing: LowPoint | Zone) -> str:
        """A name in the reader's language, else in another, else the id."""
        names = (thing.name, thing.name_en) if self.language == "zh" else (thing.name_en, thing.name)
        return names[0] or names[1] or (thing.zone_id if isinstance(thing, Zone) else thing.low_point_id)

    def local(self, time_us: int) -> str:
        """A time of day, with the date where that is not today's; in a storm of another day, that is today."""
        moment: datetime = to_datetime(time_us).astimezone(self._zone)
        return moment.strftime("%H:%M:%S" if moment.date() == self._today else _WITH_DATE)

    def stamp(self, time_us: int) -> Markup:
        """A local time that machines can read too."""
        return _stamp(time_us, self.local(time_us))

    def newest(self) -> Markup:
        """How new the newest data is; nothing where there is none."""
        fresh = self._board.fresh
        if fresh.data_us is None:
            return Markup()
        moment = to_datetime(fresh.data_us).astimezone(self._zone)
        stamp = _stamp(fresh.data_us, moment.strftime(_WITH_DATE)) if fresh.storm_time else self.stamp(fresh.data_us)
        template = self.words.raw("age.storm" if fresh.storm_time else "age.data")
        return Markup(escape(template)).format(time=stamp, age=self.ago(fresh.age_us))

    def ago(self, age_us: int) -> str:
        """An age in its largest whole unit."""
        age_s = max(0, age_us) // SECOND_US
        for name, unit_s, until_s in (("s", 1, 2 * _MINUTE_S), ("min", _MINUTE_S, 2 * _HOUR_S), ("h", _HOUR_S, 2 * _DAY_S)):
            if age_s < until_s:
                return self.say(f"ago_{name}", n=age_s // unit_s)
        return self.say("ago_d", n=age_s // _DAY_S)

    def percent(self, p: float) -> str:
        """A chance; a small one is not none."""
        return self.say("points.little") if p < 0.01 else self.say("points.percent", p=round(p * 100))

    def sentence(self) -> str:
        """The first sentence: the worst there is, and never calmer than what is known."""
        board, worst = self._board, self._board.worst
        if not board.points:
            return self.say("sentence.no_points")
        if board.fresh.data_us is None:
            return self.say("sentence.no_data")
        if worst is not None:
            return self.say("sentence.worst_last" if worst.last else "sentence.worst", word=self.level(worst.level), level=worst.level)
        if all(view.level is None for view in board.points):
            return self.say("sentence.stale")
        return self.say("sentence.unsure" if any(view.level is None for view in board.points) else "sentence.calm")

    def counts(self) -> str:
        """How many points are at which level."""
        told = [self.say("sentence.count", n=count, word=self.level(level)) for level, count in self._board.counts]
        return self.say("sentence.counts", total=len(self._board.points), counts=self.say("separator").join(told))

    def notes(self, view: PointView) -> list[str]:
        """What has to be said beside a level."""
        notes = [self.say("points.unconfirmed")] if view.unconfirmed and view.level else []
        if view.level and view.last:
            notes.append(self.say("points.held" if view.held else "points.last"))
        if view.was is not None:
            notes.append(self.say("points.was", word=self.level(view.was), level=view.was))
        return notes

    def depth(self, view: PointView) -> str:
        """The depth, or that there is none; one that is not current says so."""
        if view.depth_m is None:
            return self.say("points.no_depth")
        current = view.level is not None and not view.last
        return self.say("points.m" if current else "points.was_m", m=f"{max(0.0, view.depth_m):.2f}")

    def threshold_cm(self, level: int) -> int:
        """The depth of a level of the city's ladder; that of the first for what lies below it."""
        depths = {rung.level: rung.depth_m for rung in self._board.city.levels}
        return round(100 * depths.get(level or 1, 0.0))


def render_page(board: Board, drawing: Drawing, asked: Asked, style: str) -> bytes:
    """The page as UTF-8; `style` is the address of its style sheet."""
    reader = Reader(board, asked)
    worst = board.worst
    tone = "unknown" if board.fresh.data_us is None or (worst is None and board.counts[:1] != [(0, len(board.points))]) else None
    page = _ENVIRONMENT.get_template("page.html").render(
        board=board,
        fresh=board.fresh,
        city=board.city,
        drawing=drawing,
        drawn=[view for view in reversed(board.points) if view.point.low_point_id in drawing.places],
        zones={zone.zone_id: zone for zone in board.city.zones},
        points={point.low_point_id: point for point in board.city.low_points},
        ordered=_order_by_zone(board.orders),
        levels=[None, 0, *(rung.level for rung in board.city.levels)][::-1],
        tone=tone or reader.key(worst.level if worst else 0),
        reader=reader,
        say=reader.say,
        asked=asked,
        style=style,
        refresh_s=REFRESH_S,
    )
    return page.encode()


def render_away(words: Words, style: str) -> bytes:
    """The page while the store does not answer."""
    return _ENVIRONMENT.get_template("away.html").render(say=words.say, lang=words.code, style=style, refresh_s=REFRESH_S).encode()


def _stamp(time_us: int, shown: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(to_text(time_us), shown)


def _order_by_zone(orders: list[OpenOrder]) -> dict[str, OpenOrder]:
    """The order that each zone is outlined for: one that went out before a draft, then the most dangerous."""
    ordered = sorted(orders, key=lambda order: (order.state == "released", order.level))
    return {order.zone: order for order in ordered}
