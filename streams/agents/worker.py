"""Wires a worker: city, model, store, topics, agents and the watch over them. The one place that picks the real parts."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any

import faust
import msgspec
from faust.types import TP
from sqlalchemy import Engine

from streams.agents.dispatch import Write, dispatch
from streams.agents.district import FLUSH_S, DistrictAgent, Outlets, Send
from streams.agents.follower import Follower, Seek
from streams.agents.snapshots import Snapshots
from streams.alerts.drill import status_of
from streams.broker.names import TopicNames
from streams.city.load import load_city
from streams.city.model import City
from streams.city.reach import Reach
from streams.registry.choose import model_of
from streams.registry.registry import Registry
from streams.rules.plan import plan_districts
from streams.store.engine import open_store
from streams.store.outbox import write_at_once, write_order
from streams.whole_file import write_whole

log = logging.getLogger(__name__)

STAND_STILL_S = 30.0
SESSION_S = 6.0
HEARTBEAT_S = 2.0


class WorkerOptions(msgspec.Struct, frozen=True):
    """What a worker is told: `status` is a file in which it says which partitions it serves, `model` None for the one that is shipped,
    `registry` a folder of models that the log may ask for, `at_once` for a replay, whose texts count as sent when they are released."""

    city: Path
    broker: str
    store: str
    prefix: str
    partitions: int
    worker: str
    datadir: Path
    status: Path | None = None
    model: Path | None = None
    registry: Path | None = None
    at_once: bool = False


def make_app(options: WorkerOptions) -> faust.App:
    """The Faust application of one worker.

    Raises
    ------
    CityError, PackageError
        Where the city's folder or the model's cannot be used.
    """
    models = Registry(options.registry, model_of(options.model))
    names = TopicNames(options.prefix)
    app = faust.App(
        names.app_id,
        broker=f"aiokafka://{options.broker}",
        store="memory://",
        web_enabled=False,  # its server binds 0.0.0.0 and serves table data
        datadir=options.datadir,
        topic_partitions=options.partitions,
        topic_allow_declare=False,  # all topics are created before any worker starts
        broker_session_timeout=SESSION_S,
        broker_heartbeat_interval=HEARTBEAT_S,
        broker_commit_interval=0.5,
        broker_max_poll_records=200,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 * 1024 * 1024,
        producer_max_request_size=8 * 1024 * 1024,
        stream_wait_empty=False,
        stream_buffer_maxsize=256,
        key_serializer="raw",
        value_serializer="raw",
    )
    city = load_city(options.city)
    plans = plan_districts(city, Reach(city))
    snapshots = Snapshots(app, plans, options.partitions)
    # orders are few and written once however often they come, so a worker reads them from the first that is kept
    followers = {
        names.batches: Follower(snapshots.resume_at, _seeker(app, names.batches)),
        names.orders: Follower(lambda _: 0, _seeker(app, names.orders)),
    }
    agent = DistrictAgent(plans, snapshots, _outlets(app, names), followers[names.batches], models, options.worker)
    write = _writer(open_store(options.store), city, options.at_once)
    batches, orders = _topic(app, names.batches), _topic(app, names.orders)

    @app.agent(batches, name="district")
    async def district(stream: Any) -> None:
        await agent.run(stream)

    @app.agent(orders, name="dispatch")
    async def dispatch_orders(stream: Any) -> None:
        await dispatch(stream, write, followers[names.orders])

    @app.timer(FLUSH_S)  # type: ignore[untyped-decorator]
    async def flush() -> None:
        await agent.flush()

    @app.timer(2.0)  # type: ignore[untyped-decorator]
    async def watch() -> None:
        await _look_after(app, followers)

    async def revoked(*_: Any, **__: Any) -> None:
        agent.forget()
        followers[names.orders].forget()
        _report(options, [])

    async def assigned(*_: Any, **__: Any) -> None:
        _report(options, sorted(tp.partition for tp in app.consumer.assignment() if tp.topic == names.batches))

    app.on_partitions_revoked.connect(revoked)
    app.on_rebalance_complete.connect(assigned)
    return app


def _writer(engine: Engine, city: City, at_once: bool) -> Write:
    if at_once:
        return lambda order: write_at_once(engine, order)
    status, places = status_of(city, drill=city.drill), {point.low_point_id: (point.lon, point.lat) for point in city.low_points}
    return lambda order: write_order(engine, order, status=status, near=places.get(order.low_point))


def _topic(app: faust.App, name: str) -> Any:
    return app.topic(name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


def _outlets(app: faust.App, names: TopicNames) -> Outlets:
    def sender(name: str) -> Send:
        topic = _topic(app, name)

        async def send(key: bytes, value: bytes, headers: dict[str, bytes]) -> Awaitable[Any]:
            future: Awaitable[Any] = await topic.send(key=key, value=value, headers=headers or None)
            return future

        return send

    return Outlets(sender(names.outputs), sender(names.orders), sender(names.dead_letters))


def _seeker(app: faust.App, topic: str) -> Seek:
    async def seek(partition: int, offset: int) -> int:
        tp = TP(topic, partition)
        first = (await app.consumer.earliest_offsets(tp))[tp]
        there = max(offset, int(first or 0))
        await app.consumer.seek(tp, there)
        return there

    return seek


async def _look_after(app: faust.App, followers: Mapping[str, Follower]) -> None:
    """A consumer that stands still while there is something to read is known of Faust: set it back, or leave and be started again."""
    if app.rebalancing:
        return
    assigned = [tp for tp in app.consumer.assignment() if tp.topic in followers]
    ends = await app.consumer.highwaters(*assigned) if assigned else {}
    for topic, follower in followers.items():
        own = {tp.partition: int(end or 0) for tp, end in ends.items() if tp.topic == topic}
        if await follower.look_after(own, own) > STAND_STILL_S:
            log.critical("%s: nothing handled for %.0f s while messages wait: leaving", topic, STAND_STILL_S)
            os._exit(70)


def _report(options: WorkerOptions, partitions: list[int]) -> None:
    if options.status is None:
        return
    write_whole(options.status, msgspec.json.encode({"worker": options.worker, "partitions": partitions}))


def run_worker(options: WorkerOptions, log_level: str = "WARNING") -> None:
    """Run one worker until it is told to stop."""
    app = make_app(options)
    faust.Worker(app, loglevel=log_level, quiet=True, redirect_stdouts=False).execute_from_commandline()
