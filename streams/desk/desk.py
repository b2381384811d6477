"""What the desk works with, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request
from sqlalchemy import Engine

from streams import clock
from streams.city.model import City
from streams.city.reach import Reach
from streams.desk.gate import Gate
from streams.desk.lag import LagWatch
from streams.desk.writer import Writer
from streams.observation.route import Routes
from streams.officers.sign_in import Door
from streams.people.vault import PeopleVault
from streams.reports.ground import Ground
from streams.reports.observed import ReportStations
from streams.scenarios.stored import Waters
from streams.store.queries import districts_heard
from streams.web.freshness import Freshness, freshness

PASSWORDS_AT_ONCE = 2
"""A comparison takes 64 MiB and a core for a while, on purpose."""
MOST_WAITING = 50
QUESTIONS_AT_ONCE = 1
MOST_QUESTIONS = 20
"""What-if takes a core too, and a slider asks again and again."""
LOOKBACKS_AT_ONCE = 1
MOST_LOOKBACKS = 10
"""A storm of two days over a large city fills some hundred megabytes while it is judged."""


class Pictures(Protocol):
    """Where pictures are: a `streams.pictures.shelf.Shelf`."""

    def get(self, name: str) -> bytes | None:
        """The picture of a name, None where there is none."""


@dataclass(frozen=True)
class Desk:
    """A city, its store, its door and its log.

    `now_us` is the wall clock, `people` opens addresses of residents, where it is to, and `lag` asks how far readers of the log are
    behind.
    """

    city: City
    engine: Engine
    door: Door
    writer: Writer
    now_us: Callable[[], int] = clock.now_us
    passwords: Gate = field(default_factory=lambda: Gate("passwords", PASSWORDS_AT_ONCE, MOST_WAITING))
    people: PeopleVault | None = None
    questions: Gate = field(default_factory=lambda: Gate("what-if", QUESTIONS_AT_ONCE, MOST_QUESTIONS))
    lookbacks: Gate = field(default_factory=lambda: Gate("storms", LOOKBACKS_AT_ONCE, MOST_LOOKBACKS))
    lag: LagWatch | None = None
    pictures: Pictures | None = None
    waters: Waters = field(init=False)
    routes: Routes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "waters", Waters(self.city))
        object.__setattr__(self, "routes", Routes(self.city))

    def fresh(self) -> Freshness:
        """How old what the districts say is; its `now_us` is the moment that a decision is made at.

        That is the wall clock, but where a simulated city plays a storm of another day: a decision of today would end that day.
        """
        heard = {row.district: row for row in districts_heard(self.engine)}
        return freshness(self.city, heard, self.now_us())

    @cached_property
    def reach(self) -> Reach:
        """Which water reaches which zone; the terrain is read when it is first asked."""
        return Reach(self.city)

    @cached_property
    def ground(self) -> Ground:
        """Whether the terrain has a hollow at a place."""
        return Ground(self.city.folder)

    @cached_property
    def report_stations(self) -> ReportStations:
        """Which station takes reports of a low point."""
        return ReportStations(self.city)

    def close(self) -> None:
        """End its threads and its connection to the log; the store belongs to who opened it."""
        self.passwords.close()
        self.questions.close()
        self.lookbacks.close()
        if self.lag is not None:
            self.lag.close()
        self.writer.close()


def _of_app(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)


AtDesk = Annotated[Desk, Depends(_of_app)]
