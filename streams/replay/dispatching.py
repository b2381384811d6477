"""Waits until every released order has its texts written, and reads them back."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from sqlalchemy import Engine

from streams import clock
from streams.messages.message import Message
from streams.rules.outputs import Order
from streams.store.outbox import messages, messages_once, undispatched, unsent

PATIENCE_S = 120.0


class DispatchError(RuntimeError):
    """Orders whose texts were not written in time."""


def finish_texts(engine: Engine, orders: Sequence[Order], stop: threading.Event, *, outbox: bool) -> list[Message]:
    """Wait for the dispatch agents, and for the sender where one stands beside, and return all messages."""
    awaited = [order.identifier for order in orders if order.state == "released" and order.texts]
    deadline_s = clock.monotonic_s() + PATIENCE_S
    while missing := undispatched(engine, awaited):
        if clock.monotonic_s() > deadline_s:
            raise DispatchError(f"{len(missing)} orders were not dispatched, the first is {sorted(missing)[0]}")
        if stop.wait(0.02):
            break
    if not outbox:
        return messages_once(engine)
    while unsent(engine) and clock.monotonic_s() < deadline_s and not stop.wait(0.1):
        pass
    return messages(engine)
