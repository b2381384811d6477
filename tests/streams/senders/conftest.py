"""The same databases as for the store."""

from tests.streams.store.conftest import engine, store_url

__all__ = ["engine", "store_url"]
