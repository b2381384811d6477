"""A service over a town: on SQLite, and where it matters on a real PostgreSQL too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from streams.city.model import City
from tests.streams.receipts.site import Site
from tests.streams.store.conftest import engine
from tests.streams.store.postgres import NoServer, new_database
from tests.streams.store.town import CITY

__all__ = ["engine", "make_site", "site", "store_url"]

MakeSite = Callable[..., Site]


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    try:
        return new_database()
    except NoServer as why:
        pytest.skip(str(why))


@pytest.fixture
def make_site(engine: Engine, tmp_path: Path) -> Iterator[MakeSite]:
    made: list[Site] = []

    def make(city: City = CITY, passes: Callable[[str], None] = lambda _: None) -> Site:
        made.append(Site(engine, tmp_path, city, passes))
        return made[-1]

    yield make
    for each in made:
        each.receipts.close()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()
