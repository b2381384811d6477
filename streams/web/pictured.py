"""Pictures of a road's water, as its page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streams.city.model import LowPoint
from streams.observation.moments import HOUR_US, MINUTE_US
from streams.store.public_pictures import PublicPicture
from streams.web.past import HOURS
from streams.web.reader import Reader
from streams.web.report_told import Told

EARLY_US = 10 * MINUTE_US
"""The clock of the machine that took the report may be ahead by so much."""


class Pictured(NamedTuple):
    """A picture of water with how long ago it was seen, how deep its writer said it is ("" for nothing), and its alternative text."""

    picture: PublicPicture
    ago: str
    depth: str
    words: str


def pictured(pictures: Sequence[PublicPicture], reader: Reader, point: LowPoint) -> list[Pictured]:
    """Those of the last hours, in a reader's words."""
    told, t, name, found = Told(reader.city, reader.asked, training=False), reader.t, reader.name(point), []
    for picture in pictures:
        age_us = _age_us(picture, reader)
        if age_us is None or age_us > HOURS * HOUR_US:
            continue
        ago, depth = reader.ago(age_us), told.depth(picture.depth)
        words = (
            t("Water at {name}, {ago}: {depth}", name=name, ago=ago, depth=depth)
            if depth
            else t("Water at {name}, {ago}", name=name, ago=ago)
        )
        found.append(Pictured(picture, ago, depth, words))
    return found


def _age_us(picture: PublicPicture, reader: Reader) -> int | None:
    """While a storm of another day is played, made-up citizens go by its time and people by the wall clock."""
    board = reader.board
    ages_us = [now_us - picture.observed_us for now_us in (board.fresh.now_us, board.now_us)]
    return min((max(0, age_us) for age_us in ages_us if age_us >= -EARLY_US), default=None)
