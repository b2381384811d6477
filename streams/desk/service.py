"""Wires the desk: city, store, key, log. The one place that picks the real parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from starlette.types import ASGIApp

from streams.broker.names import TopicNames
from streams.city.load import load_city
from streams.desk.app import make_app
from streams.desk.desk import Desk
from streams.desk.lag import LagWatch, readers
from streams.desk.writer import DEADLINE_S, Writer
from streams.gateway.producer import KafkaLog
from streams.officers.passwords import Passwords
from streams.officers.sign_in import Door, check_key
from streams.officers.vault import open_vault
from streams.people.vault import open_people_vault
from streams.pictures.shelf import Shelf
from streams.reports.by_rule import accept_by_rule
from streams.reports.played import PlayedLog
from streams.reports.publisher import KafkaTopics, OpenTopics, Publisher
from streams.store.engine import check_address
from streams.store.patience import open_patiently, patiently
from streams.store.residents_key import check_people_key


class DeskOptions(msgspec.Struct, frozen=True):
    """What a desk is told.

    `key` is the file of the key that encrypts second factors, `residents_key` of the one that opens addresses; `pictures` is the folder
    of the pictures of reports and cameras.
    """

    city: Path
    store: str
    broker: str
    key: Path | None
    prefix: str = "lowpoint"
    residents_key: Path | None = None
    pictures: Path | None = None


@contextmanager
def opened_desk(options: DeskOptions, stop: threading.Event) -> Iterator[ASGIApp]:
    """The desk's application, as `at_desk` opens it."""
    with at_desk(options, stop) as desk:
        yield make_app(desk)


@contextmanager
def at_desk(options: DeskOptions, stop: threading.Event) -> Iterator[Desk]:
    """The desk and its connections while it is open.

    It waits for the store; Kafka may be away at any time, and is told of when somebody decides.

    Raises
    ------
    CityError, StoreError, VaultError, PeopleVaultError
        Where the city, the address of the store or a key cannot be used.
    StoppedWaiting
        When told to stop before the store was there.
    """
    check_address(options.store)
    city, vault = load_city(options.city), open_vault(options.key)
    people = open_people_vault(options.residents_key) if options.residents_key else None
    engine = open_patiently(options.store, stop)
    try:
        patiently(stop, lambda: check_key(engine, vault))
        if people is not None:
            patiently(stop, lambda: check_people_key(engine, people))
        names = TopicNames(options.prefix)
        log = KafkaLog(options.broker, names, city.districts, DEADLINE_S)
        lag = LagWatch(options.broker, readers(names, city))
        shelf = Shelf(options.pictures) if options.pictures is not None else None
        desk = Desk(city, engine, Door(engine, vault, Passwords()), Writer(log), people=people, lag=lag, pictures=shelf)
        lag.start()
        publisher = _publisher(desk, options.broker, names)
        publisher.start()
        try:
            yield desk
        finally:
            publisher.close()
            desk.close()
    finally:
        engine.dispose()


def _publisher(desk: Desk, broker: str, names: TopicNames) -> Publisher:
    """What brings accepted reports into the log, and has the city's written rule look at them."""
    topics = _topics(desk, broker, names)
    return Publisher(desk.engine, topics, lambda: accept_by_rule(desk.city, desk.engine, desk.ground, lambda: desk.fresh().now_us))


def _topics(desk: Desk, broker: str, names: TopicNames) -> OpenTopics:
    """Their owner's open topic, or the log of a simulated city itself; a city is one or the other for as long as a desk runs.

    The open topics have no prefix, by contract: every gateway at the broker reads them. What a simulated city makes up must not get there.
    """
    if not desk.city.simulated:
        return KafkaTopics(broker)

    def log_us() -> int | None:
        fresh = desk.fresh()
        return fresh.log_us if fresh.data_us is not None else None

    return PlayedLog(desk.city, KafkaLog(broker, names, desk.city.districts, DEADLINE_S), log_us)
