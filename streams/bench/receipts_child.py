"""The process of a trial that takes receipts; apart from the trial, so that it starts quickly."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from streams import clock
from streams.bench.kill_child import Trial, dies
from streams.broker.ports import pick_ports
from streams.city.model import City
from streams.people.vault import PeopleVault
from streams.receipts.app import Parts, Receipts, make_app
from streams.receipts.gateway import Gateways
from streams.receipts.signature import Signature
from streams.store.engine import open_store
from streams.web.server import serve

HOST = "127.0.0.1"
UP_S = 30.0
CITY = City(name="Trial", time_zone="Asia/Shanghai", districts=("D1",))


@dataclass(frozen=True)
class Listening:
    """Where receipts are taken, and the process that takes them."""

    port: int
    process: BaseProcess

    @property
    def url(self) -> str:
        """What the provider calls."""
        return f"http://{HOST}:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait until it has died, but no longer."""
        self.process.join(seconds)


@contextmanager
def listening(context: ForkServerContext, trial: Trial, point: str = "", nth: int = 0, port: int = 0) -> Iterator[Listening]:
    """Take receipts while a block lasts; the process may die at the n-th passing of a point."""
    port = port or pick_ports().client
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=listen, args=(trial, port, point, nth, there))
    process.start()
    there.close()
    if not here.poll(UP_S):
        process.kill()
        raise RuntimeError(f"nobody takes receipts on {HOST}:{port}")
    here.recv()
    try:
        yield Listening(port, process)
    finally:
        process.terminate()
        process.join(UP_S)


def listen(trial: Trial, port: int, point: str, nth: int, up: Connection) -> None:
    """Take receipts until told to stop."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    engine = open_store(trial.store)
    signature = Signature(f"http://{HOST}:{port}", [trial.token])
    parts = Parts(engine, PeopleVault(trial.key), CITY, signature, Gateways([]), clock.now_us, dies(point, nth))
    receipts = Receipts(parts)
    try:
        serve(make_app(receipts), HOST, port, stop, lambda _: up.send(port))
    finally:
        receipts.close()
        engine.dispose()
