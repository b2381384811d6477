"""A bell that any thread rings, and that wakes whoever waits for it in an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Bell:
    """Wakes everybody who listens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: dict[asyncio.AbstractEventLoop, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def ear(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever the bell rings; who listens clears it."""
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._ears[loop].add(event)
        try:
            yield event
        finally:
            with self._lock:
                self._ears[loop].discard(event)
                if not self._ears[loop]:
                    del self._ears[loop]

    def ring(self) -> None:
        """Wake them, whatever thread this is: one call a loop, however many listen."""
        with self._lock:
            for loop in self._ears:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(self._wake, loop)

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            ears = list(self._ears.get(loop, ()))
        for ear in ears:
            ear.set()
