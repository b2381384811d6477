"""Says things as a reader of one language in the city's time zone reads them; what the templates call."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import msgspec
from markupsafe import Markup, escape

from streams.city.model import City, LowPoint, Shelter, Zone
from streams.messages.texts import depth_words, known_languages
from streams.observation.moments import SECOND_US, to_datetime, to_text
from streams.receipts.answers import languages, templates
from streams.store.queries import OpenOrder
from streams.web.board import Board, PointView
from streams.web.trend import Trend
from streams.words.catalogue import Words

_WITH_DATE = "%Y-%m-%d %H:%M:%S"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
_LITTLE = 0.01
MAY_CLOSE = 0.2
"""A road without a warning that closes soon with so great a chance is not folded away."""


class Asked(msgspec.Struct, frozen=True):
    """What a reader asks for: a language, whether the page refreshes itself, the other languages there are, and whether it can be
    subscribed to and takes reports."""

    words: Words
    refresh: bool = True
    others: tuple[Words, ...] = ()
    subscribe: bool = False
    reports: bool = False


class Speaker:
    """The words of one language for one city, whatever is known of its water."""

    def __init__(self, city: City, words: Words):
        self.city, self.words, self.t, self.language = city, words, words.say, words.code

    def level(self, level: int | None) -> str:
        """The word of a level."""
        t = self.t
        if level is None:
            return t("Unknown")
        return (t("No warning"), t("Blue"), t("Yellow"), t("Orange"), t("Red"))[level]

    @staticmethod
    def key(level: int | None) -> str:
        """A level as classes and symbols are named by."""
        return "unknown" if level is None else str(level)

    def advice(self, level: int | None) -> str:
        """What a level is, and what people should do at it."""
        t, cm = self.t, self.threshold_cm(level or 0)
        if level is None:
            return t("Nothing is known of the water there: unknown is not dry.")
        told = (
            t("Water below {cm} cm, no higher level forecast.", cm=cm),
            t("From {cm} cm: walk and drive with care.", cm=cm),
            t("From {cm} cm: cars stay out, road closed.", cm=cm),
            t("From {cm} cm: leave underpasses and basements.", cm=cm),
            t("From {cm} cm: evacuate. Rescue vehicles no longer get through.", cm=cm),
        )
        return told[level]

    def threshold_cm(self, level: int) -> int:
        """The depth of a level of the city's ladder; that of the first for what lies below it."""
        depths = {rung.level: rung.depth_m for rung in self.city.levels}
        return round(100 * depths.get(level or 1, 0.0))

    def name(self, thing: LowPoint | Zone | Shelter) -> str:
        """A name in the reader's language, else in another, else the id."""
        names = (thing.name, thing.name_en) if self.language == "zh" else (thing.name_en, thing.name)
        return names[0] or names[1] or id_of(thing)

    def ago(self, age_us: int) -> str:
        """An age in its largest whole unit."""
        t, age_s = self.t, max(0, age_us) // SECOND_US
        if age_s < 2 * _MINUTE_S:
            return t("{n} s ago", n=age_s)
        if age_s < 2 * _HOUR_S:
            return t("{n} min ago", n=age_s // _MINUTE_S)
        if age_s < 2 * _DAY_S:
            return t("{n} h ago", n=age_s // _HOUR_S)
        return t("{n} days ago", n=age_s // _DAY_S)

    def percent(self, p: float) -> str:
        """A chance; a small one is not none."""
        return self.t("under 1 %") if p < _LITTLE else self.t("{p} %", p=round(p * 100))

    def likely(self, p: float) -> str:
        """A chance in words."""
        t = self.t
        words = ((0.05, t("very unlikely")), (0.33, t("unlikely")), (0.66, t("possible")), (0.9, t("likely")))
        return next((word for below, word in words if p < below), t("very likely"))

    def basis(self, basis: str) -> str:
        """What carries a level."""
        t = self.t
        words = {"measured": t("measured"), "report": t("reported"), "forecast": t("forecast"), "officer": t("set by an officer")}
        return words.get(basis, basis)

    def trend(self, trend: Trend) -> str:
        """Where the water goes."""
        t = self.t
        return {"rising": t("rising"), "falling": t("falling"), "steady": t("steady")}[trend]

    def deep(self, depth_m: float) -> str:
        """A depth on a grown person's body."""
        return depth_words(depth_m, self.language if self.language in known_languages() else "en")

    def cm(self, depth_m: float) -> str:
        """A depth in whole centimetres."""
        return self.t("{cm} cm", cm=round(100 * max(0.0, depth_m)))

    def far(self, distance_m: float) -> str:
        """A distance, no finer than the crow flies straight."""
        t, metres, kilometres = self.t, round(distance_m / 10) * 10, round(distance_m / 1000, 1)
        return t("{n} m", n=metres) if metres < 1000 else t("{n} km", n=kilometres)

    def road(self, point: LowPoint) -> str:
        """The address of a road's own page."""
        return f"/road/{quote(point.low_point_id, safe='')}?lang={self.language}"

    def report(self) -> str:
        """How to report water or danger, in the city's own words where it has some."""
        public = self.city.public
        own = public.report if self.language == "zh" else public.report_en or public.report
        return own or self.t("Somebody in danger, or water where none is shown? Call {numbers}.", numbers=emergency(self.language))


class Reader(Speaker):
    """The same, with what a board knows."""

    def __init__(self, board: Board, asked: Asked):
        super().__init__(board.city, asked.words)
        self.board, self.asked, self._zone = board, asked, board.city.zone_info
        self._today = to_datetime(board.fresh.now_us).astimezone(self._zone).date()

    def local(self, time_us: int) -> str:
        """A time of day, with the date where that is not today's; in a storm of another day, that is today."""
        moment: datetime = to_datetime(time_us).astimezone(self._zone)
        return moment.strftime("%H:%M:%S" if moment.date() == self._today else _WITH_DATE)

    def hour(self, time_us: int) -> str:
        """A time of day to the minute, for an axis."""
        return to_datetime(time_us).astimezone(self._zone).strftime("%H:%M")

    def stamp(self, time_us: int) -> Markup:
        """A local time that machines can read too."""
        return _stamp(time_us, self.local(time_us))

    def newest(self) -> Markup:
        """How new the newest data is; nothing where there is none."""
        t, fresh = self.t, self.board.fresh
        if fresh.data_us is None:
            return Markup()
        moment = to_datetime(fresh.data_us).astimezone(self._zone)
        if fresh.storm_time:
            told = t("Storm time {time} (played or simulated), last news {age}.", time="{time}", age="{age}")
            stamp = _stamp(fresh.data_us, moment.strftime(_WITH_DATE))
        else:
            told, stamp = t("Data from {time}, {age}.", time="{time}", age="{age}"), self.stamp(fresh.data_us)
        # the places are filled after the text was escaped, for one of them is markup
        return Markup(escape(told)).format(time=stamp, age=self.ago(fresh.age_us))

    def observed(self, view: PointView) -> str:
        """How long ago a point was observed."""
        return self.t("never observed") if view.observed_us is None else self.ago(self.board.fresh.now_us - view.observed_us)

    def sentence(self) -> str:
        """The first sentence: the worst there is, and never calmer than what is known."""
        t, board, worst = self.t, self.board, self.board.worst
        if not board.points:
            return t("This city has no low points.")
        if board.fresh.data_us is None:
            return t("No data: this is not an all-clear.")
        if worst is not None:
            word = self.level(worst.level)
            if worst.last:
                return t("Worst level last known: {word} ({level}).", word=word, level=worst.level)
            return t("Worst level now: {word} ({level}).", word=word, level=worst.level)
        if all(view.level is None for view in board.points):
            return t("Nothing is known of the present state.")
        if any(view.level is None for view in board.points):
            return t("No warning now where something is known.")
        return t("No warning at any low point now.")

    def notes(self, view: PointView) -> list[str]:
        """What has to be said beside a level."""
        t = self.t
        notes = [t("unconfirmed")] if view.unconfirmed and view.level else []
        if view.level and view.last:
            notes.append(t("no reading now, last known") if view.held else t("last known"))
        if view.was is not None:
            notes.append(t("last known {word} ({level})", word=self.level(view.was), level=view.was))
        return notes

    def depth(self, view: PointView) -> str:
        """The depth, or that there is none; one that is not current says so."""
        if view.depth_m is None:
            return self.t("depth unknown")
        return self.cm(view.depth_m) if view.current else self.t("was {cm} cm", cm=round(100 * max(0.0, view.depth_m)))

    def ahead(self, view: PointView) -> list[str]:
        """What is forecast of a road: how deep it gets, and whether it closes, where it has not."""
        t, outlook = self.t, view.outlook
        if outlook is None:
            return []
        told = [t("up to {cm} cm within 2 h", cm=round(100 * max(0.0, outlook.peak_m)))]
        p = self.closes(view)
        return told if p is None else [*told, t("closes within 30 min: {p}", p=self.percent(p))]

    def closes(self, view: PointView) -> float | None:
        """The chance that a road closes within 30 min; None where it is closed, or nothing is forecast."""
        threshold_m = self.closing_m(view)
        return None if threshold_m is None or view.outlook is None else view.outlook.chance_of(threshold_m)

    def closing_m(self, view: PointView) -> float | None:
        """The depth from which on a road is closed; None where it is."""
        close_from = self.city.public.close_from_level
        if view.level is not None and view.level >= close_from:
            return None
        return next((rung.depth_m for rung in view.point.levels if rung.level == close_from), None)

    def calm(self, view: PointView) -> bool:
        """Whether nothing is to be feared at a point, as far as is known now."""
        return view.level == 0 and (self.closes(view) or 0.0) < MAY_CLOSE

    def in_force(self) -> list[OpenOrder]:
        """The orders that went out and are not over, the most dangerous first; a draft is nobody's order yet."""
        return [order for order in self.board.orders if order.state == "released"]

    def tone(self) -> str:
        """The level that the page as a whole stands for; unknown as soon as something is, and nothing is worse."""
        board = self.board
        if board.fresh.data_us is None or (board.worst is None and board.counts[:1] != [(0, len(board.points))]):
            return "unknown"
        return self.key(board.worst.level if board.worst else 0)


def id_of(thing: LowPoint | Zone | Shelter) -> str:
    """The id of a thing of a city."""
    match thing:
        case LowPoint():
            return thing.low_point_id
        case Zone():
            return thing.zone_id
        case Shelter():
            return thing.shelter_id


def emergency(language: str) -> str:
    """The numbers to call, as the answers to residents' texts tell them."""
    return templates(language if language in languages() else "en")["emergency"]


def _stamp(time_us: int, shown: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(to_text(time_us), shown)
