"""Runs what one sending process does: texts, calls, and calling those from whom no receipt came."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from streams import clock
from streams.senders.sender import Sender
from streams.senders.service import Channels
from streams.store.escalate import call_vulnerable
from streams.store.patience import comes_back

log = logging.getLogger(__name__)

EVERY_S = 2.0


def send_together(
    engine: Engine,
    channels: Channels,
    stop: threading.Event,
    *,
    owner: str = "",
    expires: bool = True,
    once: bool = False,
    spares_actual: bool = False,
    now_us: Callable[[], int] = clock.now_us,
    beside: Sequence[Callable[[threading.Event], None]] = (),
) -> int:
    """Send until told to stop, or `once` what is due; how many texts were posted in that case. What is `beside` runs until then too."""
    texts = Sender(engine, channels.texts, owner=owner, expires=expires, now_us=now_us, spares_actual=spares_actual)
    if once:
        return texts.drain(stop)
    threads = [threading.Thread(target=work, args=(stop,), name="beside") for work in beside]
    if channels.calls and channels.call_after_s is not None:
        calls = Sender(engine, channels.calls, owner=f"{owner}-calls" if owner else "", expires=expires, now_us=now_us)
        after_s = channels.call_after_s
        threads += [
            threading.Thread(target=calls.run, args=(stop,), name="calls"),
            threading.Thread(target=_escalate, args=(engine, after_s, stop, now_us), name="escalate"),
        ]
    for thread in threads:
        thread.start()
    try:
        texts.run(stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return 0


def _escalate(engine: Engine, after_s: float, stop: threading.Event, now_us: Callable[[], int]) -> None:
    while not stop.wait(EVERY_S):
        try:
            called = call_vulnerable(engine, now_us(), after_s)
            if called:
                log.warning("%d vulnerable people have given no receipt for %.0f s: they are called", called, after_s)
        except Exception as error:
            # whatever it is, those who come after are called
            log.log(
                logging.WARNING if comes_back(error) else logging.ERROR, "nobody could be called (%s); trying again", type(error).__name__
            )
