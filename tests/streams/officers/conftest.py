"""Tests of sign-in run on SQLite and on a real PostgreSQL, as those of the store do."""

from tests.streams.store.conftest import engine, store_url

__all__ = ["engine", "store_url"]
