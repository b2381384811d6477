"""One trial of sending: a store, people, a fake provider, and sender processes that stand beside."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

from msgspec import structs
from sqlalchemy import Engine

from streams import clock
from streams.bench.kill_child import Trial, send
from streams.bench.sending_town import new_key
from streams.fake_twilio.process import FakeTwilio
from streams.people.vault import PeopleVault
from streams.store.engine import open_store

STEP_S = 0.02
ENDS_S = 30.0


def fork_server() -> ForkServerContext:
    """Starts processes that have loaded what they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["streams.bench.kill_child", "streams.bench.receipts_child"])
    return context


@dataclass
class Stand:
    """What a trial stands on."""

    context: ForkServerContext
    fake: FakeTwilio
    engine: Engine
    vault: PeopleVault
    told: Trial
    processes: list[BaseProcess] = field(default_factory=list)

    def start(self, target: Callable[[Trial], None] = send, **changes: Any) -> BaseProcess:
        """Start a process beside, a sender by default."""
        process = self.context.Process(target=target, args=(structs.replace(self.told, **changes),))
        process.start()
        self.processes.append(process)
        return process

    def wait(self, come: Callable[[], bool], patience_s: float) -> bool:
        """Wait for something; whether it came."""
        deadline_s = clock.monotonic_s() + patience_s
        while not come():
            if clock.monotonic_s() > deadline_s:
                return False
            clock.sleep_s(STEP_S)
        return True

    def end(self) -> None:
        """End the processes, as an operator would."""
        for process in self.processes:
            if process.is_alive():
                process.terminate()
        for process in self.processes:
            process.join(ENDS_S)
            if process.is_alive():
                process.kill()
                process.join()
        self.processes.clear()


@contextmanager
def stand(url: str, fake: FakeTwilio, context: ForkServerContext) -> Iterator[Stand]:
    """A fresh stand on a store; its processes end with it."""
    with ExitStack() as stack:
        engine = open_store(url)
        stack.callback(engine.dispose)
        key = new_key()
        told = Trial(url, fake.url, fake.account, fake.token, key, ends=False)
        made = Stand(context, fake, engine, PeopleVault(key), told)
        stack.callback(made.end)
        yield made
