"""A gateway for all tests that only talk to it, over a real Kafka and, where it is installed, a real Mosquitto."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Kafka is loaded in the fixtures: pytest reads this file before its list of warnings that do not count
    from streams.broker.local import LocalBroker
    from streams.gateway.service import Gateway
    from tests.streams.gateway.mosquitto import Mosquitto
    from tests.streams.gateway.site import Eyes, Site


@pytest.fixture(scope="session")
def site(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Site:
    from tests.streams.gateway.site import Site

    site = Site(tmp_path_factory.mktemp("site"), broker.bootstrap)
    site.make_topics()
    return site


@pytest.fixture(scope="session")
def departments(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto | None]:
    """Mosquitto with a user for each owner; None where it is not installed."""
    from tests.streams.gateway.mosquitto import installed, mosquitto

    if not installed():
        yield None
        return
    with mosquitto(tmp_path_factory.mktemp("mqtt") / "own", site.mqtt_users()) as running:
        yield running


@pytest.fixture(scope="session")
def gateway(site: Site, departments: Mosquitto | None) -> Iterator[Gateway]:
    site.mqtt = departments.address if departments else None
    with site.gateway() as running:
        yield running


@pytest.fixture
def eyes(site: Site) -> Iterator[Eyes]:
    from tests.streams.gateway.site import Eyes

    eyes = Eyes(site)
    yield eyes
    eyes.close()
