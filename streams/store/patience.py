"""Patience with a database that is away: what is worth another try, and how the tries are spaced."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import NoReturn, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tenacity import RetryCallState, Retrying, retry_if_exception, sleep_using_event, stop_when_event_set, wait_random_exponential

from streams.store.engine import open_store

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 5.0

T = TypeVar("T")


class StoppedWaiting(Exception):
    """Told to stop before the database came back."""


def comes_back(error: BaseException) -> bool:
    """Whether trying again may help: the database is away or somebody has to mend it; not where it will never take a row."""
    return isinstance(error, (DBAPIError, PoolTimeout)) and not isinstance(error, (DataError, IntegrityError))


def patiently(stop: threading.Event, work: Callable[[], T]) -> T:
    """Do something with the store, again and again while it is away.

    Raises
    ------
    StoppedWaiting
        When told to stop before it worked.
    """
    retrying = Retrying(
        retry=retry_if_exception(comes_back),
        wait=wait_random_exponential(multiplier=0.1, max=LONGEST_WAIT_S),
        stop=stop_when_event_set(stop),
        sleep=sleep_using_event(stop),
        before_sleep=_tell,
        retry_error_callback=_give_up,
    )
    return retrying(work)


def open_patiently(url: str, stop: threading.Event) -> Engine:
    """Open a store as soon as its database is there."""
    return patiently(stop, lambda: open_store(url))


def _give_up(_: RetryCallState) -> NoReturn:
    raise StoppedWaiting("told to stop before the store came back")


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    # the kind alone: its words may quote what was written (law 10)
    log.warning("the store does not answer (%s), attempt %d; trying again", type(error).__name__, state.attempt_number)
