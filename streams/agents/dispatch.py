"""The dispatch agent: turns a released order into one outbox row per resident, in the store, in one transaction."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import msgspec
from sqlalchemy import Engine

from streams.rules.outputs import Order
from streams.store.outbox import write_order

log = logging.getLogger(__name__)


async def dispatch(stream: Any, engine: Engine) -> None:
    """Take in orders for ever; each is acknowledged when its rows are in the store, and written once however often it comes."""
    async for event in stream.noack().events():
        order = msgspec.msgpack.decode(event.value, type=Order)
        rows = await asyncio.to_thread(write_order, engine, order)
        log.info("order %s: %d texts", order.identifier, rows)
        event.ack()
