"""The sender: claims rows durably, sends them, stores how they ended.

Policy for a claim whose sender died between claim and end: nobody can know whether its text went out. On a channel that is
`repeatable` (the dry run) the row is sent again: at once when the sender comes back under its own name, after a minute
otherwise. On any other channel it stays claimed, counted as not yet at its end, until its outcome has been found out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from streams import clock
from streams.senders.channel import Channel, SendResult
from streams.store.claims import OutboxRow, claim, finish, give_back
from streams.store.outbox import SMS

log = logging.getLogger(__name__)

LEASE_S = 60.0
IDLE_S = 0.2


class Sender:
    """Sends what is due through one channel; several may run at once, in several processes.

    Parameters
    ----------
    engine
        The store.
    channel
        Where to.
    batch
        The most rows in one claim.
    owner
        A name that no other running sender has; a sender that comes back under its old name takes up its own claims at once.
    kind
        Which rows: the channel that they were written for.
    now_us
        Gives the time, in microseconds since 1970 UTC.
    """

    def __init__(
        self,
        engine: Engine,
        channel: Channel,
        batch: int = 500,
        owner: str = "",
        kind: str = SMS,
        now_us: Callable[[], int] = clock.now_us,
    ):
        self._engine, self._channel, self._batch, self._kind, self._now_us = engine, channel, batch, kind, now_us
        self._owner = owner or f"{channel.name}-{uuid4().hex}"
        self._returned = False

    def send_due(self) -> int:
        """Claim a batch, send it, store the ends; how many rows were sent."""
        self._take_up_the_dead()
        rows = claim(self._engine, self._kind, self._owner, self._now_us(), self._batch)
        if rows:
            results = [(row.id, result.state, result.reason) for row in rows for result in (self._send(row),)]
            kept = finish(self._engine, self._owner, results, self._now_us())
            if kept != len(rows):
                log.warning("%s: %d rows were taken over by another sender meanwhile", self._owner, len(rows) - kept)
        return len(rows)

    def run(self, stop: threading.Event, idle_s: float = IDLE_S) -> None:
        """Send until told to stop; an unreachable store is tried again, and nothing is lost by it."""
        while not stop.is_set():
            try:
                sent = self.send_due()
            except OperationalError as error:
                log.warning("%s: the store does not answer (%s)", self._owner, type(error.orig).__name__)
                sent = 0
            if not sent:
                stop.wait(idle_s)

    def _take_up_the_dead(self) -> None:
        if not self._channel.repeatable:
            return
        now_us = self._now_us()
        own = None if self._returned else self._owner
        back = give_back(self._engine, self._kind, now_us - int(LEASE_S * 1_000_000), now_us, own)
        self._returned = True
        if back:
            log.warning("%s: %d rows of a sender that died are sent again", self._owner, back)

    def _send(self, row: OutboxRow) -> SendResult:
        try:
            return self._channel.send(row)
        except Exception as error:  # whatever one text does, the others go out
            log.error("%s: row %d failed: %s", self._owner, row.id, type(error).__name__)  # its words could hold a number
            return SendResult("failed", type(error).__name__)
