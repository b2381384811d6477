"""A process that writes and sends; apart from the tests, so that it starts quickly."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from streams.senders.channel import SendResult
from streams.senders.sender import Sender
from streams.store.claims import OutboxRow
from streams.store.engine import open_store
from streams.store.outbox import unsent, write_order
from tests.streams.store.town import order


class FileLedger:
    """A channel of one process that notes each text in a file; it may die at the n-th."""

    name = "file"
    repeatable = True

    def __init__(self, file: Path, dies_at: int = 0):
        self.file, self.dies_at, self.count = file, dies_at, 0

    def send(self, row: OutboxRow) -> SendResult:
        self.count += 1
        if self.count == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(f"{row.incident}|{row.version}|{row.resident}\n")
        return SendResult("sent", "noted")


def work(url: str, file: Path, incidents: int, dies_at: int) -> None:
    """What a process does: write all orders (as every other does) and send what is due, until nothing is left."""
    engine = open_store(url)
    sender = Sender(engine, FileLedger(file, dies_at), batch=7, owner=f"sender-{file.stem}")
    for number in range(incidents):
        write_order(engine, order(1, incident=f"i{number}"))
        sender.send_due()
    while unsent(engine):
        sender.send_due()
    engine.dispose()
