"""Runs a fake as a process of its own."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable

from streams.fake_twilio.options import FakeOptions
from streams.fake_twilio.server import FakeServer


def run_fake(options: FakeOptions, started: Callable[[str, int], None]) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C); `started` is told the address and the port when requests are answered."""
    gc.freeze()  # what stays for good need not be swept
    asyncio.run(_serve(options, started))


async def _serve(options: FakeOptions, started: Callable[[str, int], None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with FakeServer(options) as fake:
        started(fake.url, fake.port)
        await stop.wait()
