"""Speaks to a fake's own API, under /_fake/, from a test, a benchmark or the demo."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from streams import clock
from streams.fake_twilio.behaviour import Behaviour, BehaviourError
from streams.fake_twilio.control_api import PREFIX, Inbound
from streams.fake_twilio.counts import Stats
from streams.fake_twilio.ledger import Entry

PATIENCE_S = 30.0
LOOK_EVERY_S = 0.01

T = TypeVar("T")


class InboundAnswer(msgspec.Struct, frozen=True):
    """What the inbound webhook said: the sid it was given, the status and the body of its answer."""

    sid: str
    status: int
    answer: str


class Control:
    """A fake that listens on this port, behind its back."""

    def __init__(self, host: str, port: int):
        self._host, self._port = host, port

    def behaviour(self) -> Behaviour:
        """How it behaves."""
        return self._ask("GET", "behaviour", Behaviour)

    def set(self, **fields: Any) -> Behaviour:
        """Set some fields of its behaviour, as `set(dropped=Fault(0.05), down="")`; a fault that is set begins anew, the others go on.

        Raises
        ------
        BehaviourError
            Where there is no such field, or its value is impossible.
        """
        return self._ask("POST", "behaviour", Behaviour, fields)

    def replace(self, behaviour: Behaviour) -> Behaviour:
        """Set all of its behaviour."""
        return self._ask("PUT", "behaviour", Behaviour, behaviour)

    def ledger(self, since: int = 0) -> list[Entry]:
        """Everything it created from a place on."""
        return self._ask("GET", f"ledger?since={since}", list[Entry])

    def stats(self) -> Stats:
        """What it counted."""
        return self._ask("GET", "stats", Stats)

    def inbound(self, sender: str, to: str, body: str, url: str, sid: str = "", media: Sequence[bytes] = ()) -> InboundAnswer:
        """Let a resident's text come to a webhook, with pictures where there are some."""
        return self._ask("POST", "inbound", InboundAnswer, Inbound(sender, to, body, url, sid, list(media)))

    def wait(self, reached: Callable[[Stats], bool], patience_s: float = PATIENCE_S) -> Stats:
        """Look until its counts are as they should be.

        Raises
        ------
        TimeoutError
            Where they do not become so.
        """
        deadline_s = clock.monotonic_s() + patience_s
        while not reached(stats := self.stats()):
            if clock.monotonic_s() > deadline_s:
                raise TimeoutError(f"the fake did not get there in {patience_s} s: {stats}")
            clock.sleep_s(LOOK_EVERY_S)
        return stats

    def wait_until_quiet(self, patience_s: float = PATIENCE_S) -> Stats:
        """Wait until every message and call has ended and every callback is out."""
        return self.wait(lambda stats: stats.under_way == 0 and stats.callbacks.waiting == 0, patience_s)

    def _ask(self, method: str, what: str, answer: type[T], body: Any = None) -> T:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE_S)
        try:
            connection.request(method, PREFIX + what, None if body is None else msgspec.json.encode(body))
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise BehaviourError(str(msgspec.json.decode(raw)["error"]))
        return msgspec.json.decode(raw, type=answer)
