"""A replay from end to end: broker, topics, store, workers, then send, collect and write (DESIGN 6)."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from streams import clock
from streams.broker.local import LocalBroker
from streams.broker.names import TopicNames
from streams.broker.specs import topic_specs
from streams.broker.topics import create_topics, delete_topics
from streams.city.load import load_city
from streams.city.model import City
from streams.people.vault import PeopleVault
from streams.registry.choose import model_of
from streams.replay.collect import Collected, Collector
from streams.replay.decisions import read_decisions
from streams.replay.dispatching import finish_texts
from streams.replay.files import last_words, write_files
from streams.replay.recording import Recording, read_recording
from streams.replay.schedule import Message, schedule, ticks_of
from streams.replay.send import Sent, make_producer, send_messages
from streams.replay.summary import summarise
from streams.replay.workers import Workers, worker_environment
from streams.rules.outputs import Order
from streams.settings import Settings
from streams.store.engine import open_store
from streams.store.residents import import_residents

WINDOW_S = 0.04
"""When a replay is paced, what falls into the same 40 ms goes together."""


@dataclass(frozen=True)
class ReplayOptions:
    """What a replay is told; `speed` is None for as fast as can be, `broker` None for one of its own, `model` for the one shipped.

    With `outbox` texts are left to a sender that stands beside it; else they count as sent when they are released. Only with `vault` are
    the residents' numbers kept.
    """

    city: Path
    inputs: tuple[Path, ...]
    out: Path
    speed: float | None = None
    workers: int = 1
    batch_size: int = 1000
    residents: Path | None = None
    decisions: Path | None = None
    broker: str | None = None
    timeout_s: float = 600.0
    model: Path | None = None
    outbox: bool = False
    vault: PeopleVault | None = None


@dataclass
class Stage:
    """A replay under way, for whoever watches it, stands beside it or makes trouble on purpose."""

    city: City
    names: TopicNames
    bootstrap: str
    store: str
    folder: Path
    recording: Recording
    workers: Workers
    broker: LocalBroker | None
    sent: Sent
    collected: Collected
    engine: Engine


Watch = Callable[[Stage], None]
Beside = Callable[[Stage], AbstractContextManager[None]]


def nobody(_: Stage) -> AbstractContextManager[None]:
    """Nothing stands beside a plain replay."""
    return nullcontext()


def replay(options: ReplayOptions, settings: Settings, watch: Watch | None = None, beside: Beside = nobody) -> Mapping[str, object]:
    """Replay recordings and write the files of DESIGN 6.

    Parameters
    ----------
    watch
        Called about ten times a second while the replay runs.
    beside
        Opened before the first message and closed after the last text: a page to look at, say.

    Returns
    -------
    Mapping
        The summary, as written to summary.json.

    Raises
    ------
    CityError, RecordingError, PackageError, BrokerFailed, WorkersError
        With what is wrong and what to do.
    """
    begun_s = clock.monotonic_s()
    city = load_city(options.city)
    model_of(options.model)  # one that cannot be used is told before anything is started
    recording = _read(city, options)
    read_s = clock.monotonic_s() - begun_s
    with staged(options, settings, city, recording) as (stage, collector), beside(stage):
        ready_s = clock.monotonic_s() - begun_s
        _run(options, stage, collector, watch)
        stage.collected.dead_letters.update({f"file/{n:09d}": letter for n, letter in enumerate(recording.dead_letters)})
        orders = last_words([output for output in stage.collected.outputs.values() if isinstance(output, Order)])
        texts = finish_texts(stage.engine, orders, threading.Event(), outbox=options.outbox)
        took = {"read_s": read_s, "start_up_s": ready_s - read_s}
        summary = summarise(city, recording, stage.collected, stage.sent, texts, stage.workers, took)
        dead = list(stage.collected.dead_letters.values())
        write_files(options.out, stage.collected.outputs.values(), texts, dead, summary)
    return summary


def _read(city: City, options: ReplayOptions) -> Recording:
    recording = read_recording(city, options.inputs)
    if options.decisions is None:
        return recording
    decisions, dead = read_decisions(city, options.decisions)
    return replace(recording, decisions=tuple(decisions), dead_letters=[*recording.dead_letters, *dead])


@contextmanager
def staged(options: ReplayOptions, settings: Settings, city: City, recording: Recording) -> Iterator[tuple[Stage, Collector]]:
    """Everything that a replay runs on, from empty; taken down again whatever happens."""
    names = TopicNames(f"replay-{secrets.token_hex(4)}")
    folder = settings.home / "runs" / names.prefix
    partitions = max(options.workers, min(12, len(city.districts)))
    with ExitStack() as stack:
        folder.mkdir(parents=True)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        broker = None if options.broker else stack.enter_context(LocalBroker(settings.jars, folder / "kafka", java=settings.java))
        bootstrap = options.broker or (broker.bootstrap if broker else "")
        specs = topic_specs(names, partitions)
        create_topics(bootstrap, specs)
        if options.broker:
            stack.callback(delete_topics, bootstrap, [spec.name for spec in specs])
        store = f"sqlite:///{folder / 'store.db'}"
        engine = open_store(store)
        stack.callback(engine.dispose)
        if options.residents:
            import_residents(engine, options.residents, city, options.vault)  # a plain replay keeps no number (law 7)
        arguments = ["--city", str(options.city.resolve()), "--broker", bootstrap, "--store", store]
        arguments += [] if options.outbox else ["--texts-at-once"]
        arguments += ["--prefix", names.prefix, "--partitions", str(partitions)]
        arguments += ["--model", str(options.model.resolve())] if options.model else []
        workers = Workers(options.workers, arguments, folder, worker_environment(settings.inherited), partitions)
        stack.callback(workers.stop)
        workers.start()
        collector = Collector(bootstrap, names)
        collector.start()
        stack.callback(collector.stop)
        yield Stage(city, names, bootstrap, store, folder, recording, workers, broker, Sent(), collector.collected, engine), collector


def _run(options: ReplayOptions, stage: Stage, collector: Collector, watch: Watch | None) -> None:
    ticks = ticks_of(stage.recording.arrivals_us)
    if not len(ticks):
        return
    stop = threading.Event()
    failures: list[BaseException] = []
    sending = threading.Thread(target=_send, args=(options, stage, stop, failures), daemon=True)
    sending.start()
    deadline_s, reached = clock.monotonic_s() + options.timeout_s, (0, 0)
    try:
        while not collector.wait_for(int(ticks[-1]), stage.city.districts, 0.1):
            stage.workers.keep_alive()
            if failures:
                raise failures[0]
            if watch:
                watch(stage)
            if reached != (reached := (stage.sent.messages, sum(stage.collected.up_to_us.values()))):
                deadline_s = clock.monotonic_s() + options.timeout_s
            elif clock.monotonic_s() > deadline_s:
                raise TimeoutError(f"the replay stood still for {options.timeout_s:.0f} s")
    finally:
        stop.set()
        sending.join()


def _send(options: ReplayOptions, stage: Stage, stop: threading.Event, failures: list[BaseException]) -> None:
    try:
        producer = make_producer(stage.bootstrap, stage.city.districts)
        try:
            send_messages(producer, stage.names.batches, _messages(options, stage), options.speed, stage.sent, stop)
        finally:
            producer.close()
    except BaseException as error:
        failures.append(error)


def _messages(options: ReplayOptions, stage: Stage) -> Iterator[Message]:
    window_us = None if options.speed is None else max(1, int(options.speed * WINDOW_S * 1e6))
    return schedule(stage.city, stage.recording, options.batch_size, window_us)
