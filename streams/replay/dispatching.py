"""Waits until every released order has its texts written and sent, and reads them back."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from sqlalchemy import Engine

from streams import clock
from streams.messages.message import Message
from streams.rules.outputs import Order
from streams.senders.dry_run import DryRun
from streams.senders.sender import Sender
from streams.store.outbox import messages, undispatched, unsent

PATIENCE_S = 120.0


class DispatchError(RuntimeError):
    """Orders whose texts were not written in time."""


def finish_texts(engine: Engine, orders: Sequence[Order], stop: threading.Event) -> list[Message]:
    """Wait for the dispatch agents, send what is still pending by the dry run, and return all messages."""
    awaited = [order.identifier for order in orders if order.state == "released" and order.texts]
    deadline_s = clock.monotonic_s() + PATIENCE_S
    while missing := undispatched(engine, awaited):
        if clock.monotonic_s() > deadline_s:
            raise DispatchError(f"{len(missing)} orders were not dispatched, the first is {sorted(missing)[0]}")
        if stop.wait(0.02):
            break
    sender = Sender(engine, DryRun())
    while unsent(engine) and not stop.is_set():
        sender.send_due()
    return messages(engine)
