"""The processes that a kill trial starts: they die where they are told to; apart from the trial, so that they start quickly."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec
from sqlalchemy import Engine

from streams import clock
from streams.bench.sending_town import texts_by, way_to
from streams.people.vault import PeopleVault
from streams.senders.finder import Finder, Patience
from streams.senders.sender import Sender
from streams.store.engine import open_store
from streams.store.outbox import account

PATIENCE = Patience(callback_s=0.4, looks=2, open_s=5.0, receipt_s=1.0, every_s=0.1)
LOOK_S = 0.05
BATCH = 200


class Trial(msgspec.Struct, frozen=True):
    """What a process is told: the store, the fake, the key of the numbers, and the point at whose n-th passing it dies ("" for none).

    Without `ends` it sends until it is told to stop. With `let_go` a line goes into that file whenever a text is let go: the moment by the
    wall clock, in microseconds.
    """

    store: str
    fake_url: str
    account: str
    token: str
    key: bytes
    public_url: str = ""
    point: str = ""
    nth: int = 0
    patience_s: float = 120.0
    segments_per_s: float = 1e6
    batch: int = BATCH
    owner: str = "trial"
    ends: bool = True
    let_go: str = ""


def dies(point: str, nth: int) -> Callable[[str], None]:
    """A hook that kills its own process, without a word, at the n-th passing of a point."""
    passed: Counter[str] = Counter()
    lock = threading.Lock()

    def passes(name: str) -> None:
        if name == point:
            with lock:
                passed[name] += 1
                if passed[name] == nth:
                    os.kill(os.getpid(), signal.SIGKILL)

    return passes


def notes(file: str) -> Callable[[str], None]:
    """A hook that writes down when texts are let go; what it wrote stands before the post leaves."""
    place = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def passes(name: str) -> None:
        if name == "let_go":
            os.write(place, b"%d\n" % clock.now_us())

    return passes


def send(trial: Trial) -> None:
    """Send until every text is taken, and with receipts until each has come."""
    engine = open_store(trial.store)
    channel = texts_by(way_to(trial.fake_url, trial.account, trial.token, PeopleVault(trial.key), trial.public_url), trial.segments_per_s)
    finder = Finder(engine, [channel], patience=PATIENCE)
    passes = notes(trial.let_go) if trial.let_go else dies(trial.point, trial.nth)
    sender = Sender(engine, [channel], owner=trial.owner, batch=trial.batch, finder=finder, passes=passes)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if trial.ends:
        threading.Thread(target=_watch, args=(trial, stop), daemon=True).start()
    sender.run(stop)
    engine.dispose()


def open_rows(engine: Engine, states: Iterable[str]) -> int:
    """How many rows are in these states, at one moment: asked state by state, a row could slip from one to another in between."""
    now = account(engine)
    return sum(now[state] for state in states)


def _watch(trial: Trial, stop: threading.Event) -> None:
    """Stop when all is done, or when it takes too long."""
    engine = open_store(trial.store)
    open_states = ["pending", "claimed", "unknown", *(["accepted", "sent"] if trial.public_url else [])]
    deadline_s = clock.monotonic_s() + trial.patience_s
    while open_rows(engine, open_states) and clock.monotonic_s() < deadline_s:
        stop.wait(LOOK_S)
    stop.set()
