"""The dispatch agent: turns a released order into one outbox row per resident, in the store, in one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy.exc import SQLAlchemyError
from tenacity import before_sleep_log, retry, retry_if_exception, wait_exponential

from streams.agents.follower import Follower
from streams.rules.outputs import Order
from streams.store.patience import comes_back

log = logging.getLogger(__name__)

Write = Callable[[Order], int]
"""Writes the rows of an order; how many are new."""


@retry(
    retry=retry_if_exception(comes_back),
    wait=wait_exponential(multiplier=0.2, max=5.0),
    before_sleep=before_sleep_log(log, logging.WARNING),
)
def write_patiently(write: Write, order: Order) -> int:
    """Write an order's texts, for as long as it takes: a database that is away comes back, and nobody is forgotten (law 6)."""
    return write(order)


async def dispatch(stream: Any, write: Write, follower: Follower) -> None:
    """Take in orders for ever; each is acknowledged when its rows are in the store, and written once however often it comes."""
    async for event in stream.noack().events():
        if not await follower.follows(event.message.partition, event.message.offset):
            continue
        order = msgspec.msgpack.decode(event.value, type=Order)
        try:
            rows = await asyncio.to_thread(write_patiently, write, order)
            log.info("order %s: %d texts", order.identifier, rows)
        except SQLAlchemyError as error:  # the store will never take it: the orders after it must not wait for ever
            log.critical("order %s cannot be written, nobody is told of it: %s", order.identifier, type(error).__name__)
        event.ack()
