"""The demo city, a store, and a feed over it that a test looks through by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from streams.city.load import load_city
from streams.city.model import City
from streams.store.engine import open_store

DEMO = Path(__file__).resolve().parents[4] / "config" / "cities" / "demo"


@pytest.fixture(scope="session")
def city() -> City:
    return load_city(DEMO)


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    engine = open_store(store_url)
    yield engine
    engine.dispose()
