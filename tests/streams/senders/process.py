"""A process that writes and sends; apart from the tests, so that it starts quickly."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from streams.delivery.job import Job
from streams.senders.channel import Posted
from streams.senders.sender import Sender
from streams.store.engine import open_store
from streams.store.outbox import write_order
from tests.streams.senders.ledger import Ledger
from tests.streams.store.town import order


def work(url: str, file: Path, incidents: int, dies_at: int) -> None:
    """What a process does: write all orders (as every other does) and send what is due, noting each text in a file; it may die."""
    noted = 0

    def note(job: Job) -> Posted:
        nonlocal noted
        noted += 1
        if noted == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        with file.open("a", encoding="utf-8") as out:
            out.write(f"{job.incident}|{job.version}|{job.resident}\n")
        return Posted("sent")

    engine = open_store(url)
    for number in range(incidents):
        write_order(engine, order(1, incident=f"i{number}"))
    Sender(engine, [Ledger(note, repeatable=True)], batch=7, owner=f"sender-{file.stem}", expires=False).drain()
    engine.dispose()
