"""A desk on SQLite, over a town under water."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from streams.store.engine import open_store

if TYPE_CHECKING:  # Kafka is loaded in the fixtures: pytest reads this file before its list of warnings that do not count
    from streams.city.model import City
    from tests.streams.desk.town import Site

MakeSite = Callable[..., "Site"]


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    import streams.store.acts_schema  # noqa: F401  # its table is made too

    engine = open_store(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def make_site(engine: Engine) -> Iterator[MakeSite]:
    from tests.streams.desk.town import Site, signed_town

    made: list[Site] = []

    def make(city: City | None = None, **more: Any) -> Site:
        made.append(Site(engine, city or signed_town(), **more))
        return made[-1]

    yield make
    for site in made:
        site.desk.close()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()
