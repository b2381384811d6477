"""What an order costs before it is sent: people, segments and minutes. Counts only, never who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, func, select

from streams.messages.segments import segments
from streams.store.engine import reading
from streams.store.people_schema import OPT_OUTS
from streams.store.queries import OpenOrder
from streams.store.reasons import TOLD_ELSEWHERE, folded
from streams.store.recipients import KNOCK, OPTED_OUT, reason_of, residents_of, standing_elsewhere, warned_by, with_opt_outs

SEGMENTS_PER_S = 10.0
"""Pace of one ordinary sender."""


class LanguageCost(msgspec.Struct, frozen=True):
    """How many people get the text in a language, and how many segments each of them takes."""

    language: str
    people: int
    segments_each: int

    @property
    def segments(self) -> int:
        """Of all of them."""
        return self.people * self.segments_each


class Cost(msgspec.Struct, frozen=True):
    """What sending costs.

    Attributes
    ----------
    people
        Everybody it is for.
    languages
        Those who get a text.
    opted_out, without_telephone, told_elsewhere
        Those who get none: they asked for none, somebody has to knock, or another zone's text reaches them.
    """

    zone: str
    people: int
    languages: tuple[LanguageCost, ...]
    opted_out: int
    without_telephone: int
    told_elsewhere: int = 0

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return sum(one.people for one in self.languages)

    @property
    def segments(self) -> int:
        """Of all texts."""
        return sum(one.segments for one in self.languages)

    def minutes(self, segments_per_s: float = SEGMENTS_PER_S) -> float:
        """How long it takes at a pace, when nothing else is sent."""
        return self.segments / segments_per_s / 60


def cost_of(engine: Engine, zone: str, texts: Mapping[str, str]) -> Cost:
    """What it costs to tell everybody who lives in a zone now; a language without a text gets the first there is, as when it is sent."""
    with reading(engine) as connection:
        return _cost(connection, zone, texts, residents_of(zone, None, []))


def cost_of_order(engine: Engine, order: OpenOrder) -> Cost:
    """What an order costs if it is released now, as `write_order` would write it."""
    with reading(engine) as connection:
        if order.msg_type == "Cancel":
            return _cost(connection, order.zone, order.texts, warned_by(order.incident, order.version))
        elsewhere = standing_elsewhere(connection, order.incident, order.zone, order.level, order.issued_us)
        return _cost(connection, order.zone, order.texts, residents_of(order.zone, None, elsewhere))


def _cost(connection: Connection, zone: str, texts: Mapping[str, str], recipients: Select[Any]) -> Cost:
    people = recipients.subquery("people")
    by = (people.c.language, reason_of(people, OPT_OUTS.c.lookup).label("why"))
    query = select(*by, func.count().label("people")).select_from(with_opt_outs(people)).group_by(*by)
    getting, left_out = Counter[str](), Counter[str]()
    for language, why, count in connection.execute(query):
        if why:
            left_out[folded(why)] += count
        else:
            getting[language if language in texts else next(iter(texts), language)] += count
    return Cost(
        zone=zone,
        people=getting.total() + left_out.total(),
        # an order below the level of texts has none, and costs nothing
        languages=tuple(LanguageCost(language, getting[language], segments(texts[language])) for language in sorted(getting) if texts),
        opted_out=left_out[OPTED_OUT],
        without_telephone=left_out[KNOCK],
        told_elsewhere=left_out[TOLD_ELSEWHERE],
    )
