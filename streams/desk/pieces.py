"""Cuts an act into the decisions that districts hear: one for each order, so that each is signed against the text that was read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import count

import msgspec

from streams.desk.caller import Caller
from streams.desk.wire import AskedFor
from streams.observation.decision import Decision
from streams.observation.route import Routes
from streams.store.acts import Piece


class Cut(msgspec.Struct, frozen=True):
    """Decisions with the districts they go to, and subjects that are nowhere in the city."""

    decisions: tuple[tuple[str, Decision], ...]
    lost: tuple[str, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What each district is asked."""
        return tuple(Piece(one.id, district, (*one.orders, *one.stations, *one.points, *one.zones)) for district, one in self.decisions)


def cut(asked: AskedFor, act_id: str, caller: Caller, at_us: int, routes: Routes) -> Cut:
    """Cut an act: what is done by hand makes one decision for each district. Their ids are ACT/1, ACT/2 ..., in an order that the act
    alone decides."""
    decisions: list[tuple[str, Decision]] = []
    lost: list[str] = []
    numbers = count(1)
    for whole in _wholes(asked, caller, at_us):
        split, nowhere = routes.split(whole)
        lost += nowhere
        # an id for each district: a station of two of them has an outcome in each
        for district, own in sorted(split.items()):
            decisions.append((district, msgspec.structs.replace(own, id=f"{act_id}/{next(numbers)}")))
    return Cut(tuple(decisions), tuple(lost))


def digest_of(asked: AskedFor, caller: Caller) -> str:
    """What tells one act from another that came under the same id."""
    told = json.dumps([caller.name, asked.model_dump(exclude={"id"})], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _wholes(asked: AskedFor, caller: Caller, at_us: int) -> Iterator[Decision]:
    base = Decision(
        "", at_us, caller.name, asked.act, caller.role.value, level=asked.level, until_us=asked.until_us, reason=asked.reason.strip()
    )
    for order in asked.orders:
        yield msgspec.structs.replace(base, orders=(order.identifier,), texts=asked.texts_of(order) or {})
    if asked.points or asked.zones or asked.stations:
        yield msgspec.structs.replace(base, points=tuple(asked.points), zones=tuple(asked.zones), stations=tuple(asked.stations))
