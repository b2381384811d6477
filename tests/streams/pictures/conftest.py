"""Children that decode, started once; a shelf and a store of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.pictures.apart import Sheltered
from streams.pictures.shelf import Shelf
from tests.streams.store.conftest import engine, store_url

__all__ = ["engine", "store_url"]


@pytest.fixture(scope="session")
def sheltered() -> Iterator[Sheltered]:
    # a machine that is shared by many may take long for what takes a second
    with Sheltered(children=1, time_s=60) as running:
        yield running


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "pictures", free_bytes=0)
