"""Tells every sign the state of its road; each on its own, so that a dead one delays no other."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
from sqlalchemy import Engine

from streams import clock
from streams.alerts.drill import status_of
from streams.city.model import City
from streams.signs.closure import Closure, closures
from streams.signs.sign import Sign
from streams.signs.statement import SIGNATURE, body_of, signature
from streams.signs.targets import Target
from streams.store.level_changes import LevelChange, recent_changes
from streams.store.lookout import Sight
from streams.store.queries import DistrictHeard, PointNow, districts_heard, points_now
from streams.web.freshness import freshness

log = logging.getLogger(__name__)

EVERY_S = 0.5
TIMEOUT_S = 5.0


class Seen(msgspec.Struct, frozen=True):
    """What the store says of the roads, by id."""

    heard: dict[str, DistrictHeard]
    points: dict[str, PointNow]
    changes: dict[str, list[LevelChange]]


NOTHING = Seen({}, {}, {})


def see(engine: Engine) -> Seen:
    """Ask the store; how far a district has come first: what is asked after it can only be newer."""
    heard = {row.district: row for row in districts_heard(engine)}
    return Seen(heard, {point.low_point: point for point in points_now(engine)}, recent_changes(engine, heard.values()))


class _Post:
    def __init__(self, target: Target):
        self.target, self.sign = target, Sign()
        self.under_way: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        return self.under_way is not None and not self.under_way.done()


class Signs:
    """Tells the signs of one city what the store says; what it saw last gets older while the store is away, and stale after a minute.

    Parameters
    ----------
    latest
        What was seen of the store last, None where it never answered.
    now_us
        The wall clock.
    """

    def __init__(
        self, city: City, targets: Iterable[Target], latest: Callable[[], Sight[Seen] | None], now_us: Callable[[], int] = clock.now_us
    ):
        self._city, self._latest, self._now_us = city, latest, now_us
        self._status = status_of(city, drill=city.drill)
        self._posts = [_Post(target) for target in targets]

    async def run(self, stop: threading.Event, every_s: float = EVERY_S) -> None:
        """Tell them until told to stop; then nothing more is sent, and the signs find out by `valid_until`."""
        # a name that is looked up for long takes a thread: each sign may have one
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(len(self._posts) + 1))
        # no proxy out of the environment; redirects are not followed: what is signed goes to that address only
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None), trust_env=False) as client:
            try:
                while not stop.is_set():
                    self._turn(client)
                    await asyncio.sleep(every_s)
            finally:
                await self._let_go()

    def now(self) -> dict[str, Closure]:
        """The state of every road by what was seen last, at this moment."""
        sight, now_us = self._latest(), self._now_us()
        seen = sight.seen if sight is not None else NOTHING
        fresh = freshness(self._city, seen.heard, now_us)
        return {one.low_point: one for one in closures(self._city, seen.points, seen.changes, fresh, now_us)}

    def _turn(self, client: httpx.AsyncClient) -> None:
        """Tell each sign that is due what holds at this moment; one that is being told is left to its answer, so nothing overtakes."""
        roads = self.now()
        for post in self._posts:
            if not post.busy and post.sign.due(roads[post.target.low_point], self._now_us()):
                post.under_way = asyncio.create_task(self._tell(client, post, roads[post.target.low_point]))

    async def _tell(self, client: httpx.AsyncClient, post: _Post, closure: Closure) -> None:
        number = post.sign.begin(closure, self._now_us())
        body = body_of(closure, number, self._status)
        headers = {"Content-Type": "application/json", SIGNATURE: signature(post.target.secret, body)}
        try:
            # of the whole: a sign that answers a byte a second is dead too
            async with asyncio.timeout(TIMEOUT_S), client.stream("POST", post.target.url, content=body, headers=headers) as answer:
                fault = "" if answer.is_success else f"answered {answer.status_code}"
        except Exception as error:  # whatever one sign does, it is tried again and the others are told
            fault = type(error).__name__  # its words may quote the address
        before = post.sign.failures
        post.sign.end(not fault, self._now_us())
        if fault and before in (0, 9):
            log.warning("the sign at %s was not told %s: %s; trying again", closure.low_point, closure.state, fault)
        if not fault and before:
            log.info("the sign at %s answers again", closure.low_point)

    async def _let_go(self) -> None:
        tasks = [post.under_way for post in self._posts if post.under_way is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
