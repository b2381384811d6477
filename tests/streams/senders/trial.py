"""What trials of sending share: jobs, a way out to a server on this machine, a sender that runs, and receipts that come back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs

from sqlalchemy import Engine, select

from streams import clock
from streams.bench.sending_town import number, settle
from streams.delivery.job import Job
from streams.delivery.lattice import STATE_OF_STATUS, Said
from streams.fake_twilio.process import FakeTwilio
from streams.people.vault import PeopleVault
from streams.senders.channel import Channel
from streams.senders.door import Credentials, LoopbackDoor
from streams.senders.finder import Finder, Patience
from streams.senders.sender import Sender
from streams.senders.way_out import WayOut
from streams.store.attempts import Word, hear
from streams.store.engine import reading
from streams.store.outbox_schema import ATTEMPTS, OUTBOX
from tests.streams.fake_twilio.receiver import Server

VAULT = PeopleVault(b"only for tests, thirty-two bytes")
PHONE = "+9990000000001"
TEXT = "【演示市防汛】积水红色预警（4级）。"
HASTY = Patience(callback_s=0.15, looks=2, open_s=0.6, receipt_s=0.3, every_s=0.03)
"""A finder's patience where nothing is far away."""

T = TypeVar("T")
_RUNS = count(1)


def new_run() -> int:
    """A run whose people have numbers that no other run has."""
    return next(_RUNS)


def job(to: str = PHONE, **changes: Any) -> Job:
    """A job of one resident."""
    fields: dict[str, Any] = {
        "row_id": 1,
        "attempt": "A" * 22,
        "number": 1,
        "identifier": "lowpoint_1",
        "incident": "i1",
        "version": 1,
        "resident": "R000001",
        "channel": "sms",
        "language": "zh",
        "text": TEXT,
        "segments": 1,
        "level": 4,
        "expires_us": 0,
        "status": "Actual",
        "provider": "fake",
        "phone": VAULT.seal("R000001", to),
    }
    return Job(**{**fields, **changes})


def way_to(url: str, account: str = "a", token: str = "t", public_url: str = "") -> WayOut:
    """A way out to a server on this machine."""
    return WayOut(LoopbackDoor(url, Credentials(account, token)), VAULT, public_url)


def way_to_fake(fake: FakeTwilio, public_url: str = "") -> WayOut:
    """A way out to the fake."""
    return way_to(fake.url, fake.account, fake.token, public_url)


def done(channel: Channel, work: Coroutine[Any, Any, T]) -> T:
    """What one call of a channel came to; its connections are closed."""

    async def closed() -> T:
        try:
            return await work
        finally:
            await channel.close()

    return asyncio.run(closed())


def settled(engine: Engine, people: int, zone: str = "Z1", first: int = 1, run: int | None = None) -> list[str]:
    """People of a zone and their numbers, in their order."""
    run = new_run() if run is None else run
    settle(engine, VAULT, run, [(person, zone) for person in range(first, first + people)])
    return [number(run, person) for person in range(first, first + people)]


def until(reached: Callable[[], bool], patience_s: float = 20.0) -> None:
    """Wait for something."""
    deadline_s = clock.monotonic_s() + patience_s
    while not reached():
        assert clock.monotonic_s() < deadline_s, "it did not come to that in time"
        clock.sleep_s(0.01)


@contextmanager
def sending(engine: Engine, channels: Sequence[Channel], patience: Patience = HASTY, **options: Any) -> Iterator[Sender]:
    """A sender that runs as long as the block."""
    stop = threading.Event()
    sender = Sender(engine, channels, finder=Finder(engine, channels, patience=patience), **options)
    thread = threading.Thread(target=sender.run, args=(stop,))
    thread.start()
    try:
        yield sender
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def states(engine: Engine) -> dict[str, int]:
    """How many rows are in which state."""
    found: dict[str, int] = {}
    for state, _ in rows(engine).values():
        found[state] = found.get(state, 0) + 1
    return found


def rows(engine: Engine) -> dict[tuple[str, int], tuple[str, str]]:
    """State and reason of each row, by resident and version."""
    with reading(engine) as connection:
        found = connection.execute(select(OUTBOX).order_by(OUTBOX.c.id))
        return {(row.resident, row.version): (row.state, row.reason) for row in found}


def attempts(engine: Engine) -> list[Any]:
    """All attempts."""
    with reading(engine) as connection:
        return list(connection.execute(select(ATTEMPTS).order_by(ATTEMPTS.c.row_id, ATTEMPTS.c.number)))


class Receipts:
    """Stands for our receipts service: what is told of an attempt is heard."""

    def __init__(self, engine: Engine):
        self._one = threading.Lock()
        self._over = False

        def take(path: str, form: dict[str, list[str]]) -> None:
            status = (form.get("MessageStatus") or form["CallStatus"])[0]
            sid = (form.get("MessageSid") or form["CallSid"])[0]
            state = STATE_OF_STATUS[status]
            code = form.get("ErrorCode", [status])[0] if state == "failed" else ""
            hear(engine, [Word(path.rpartition("/")[2], Said(state, code), sid)], clock.now_us())

        receipts = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                with receipts._one:
                    if not receipts._over:  # the store may be closed by now
                        take(self.path, parse_qs(raw.decode()))
                self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._one:
            self._over = True
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
