"""A store of the test's own, and signals that stay the test's own."""

from tests.streams.store.conftest import engine, store_url
from tests.streams.web.conftest import own_signals

__all__ = ["engine", "own_signals", "store_url"]
