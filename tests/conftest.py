"""What many tests share: a real broker, started once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # tests of pure rules need not load Kafka
    from streams.broker.local import LocalBroker


def pytest_configure(config: pytest.Config) -> None:
    # kafka-python reads its message schemas by a call that was deprecated in Python 3.11 and came back in 3.13
    config.addinivalue_line("filterwarnings", "ignore:(read_text|open_text) is deprecated:DeprecationWarning")


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    from streams.settings import Settings

    jars = Settings().jars
    if not any(jars.glob("kafka_*.jar")):
        pytest.fail(f"no Kafka in {jars}: run ./lowpoint setup")
    return jars


@pytest.fixture(scope="session")
def broker(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """One broker for all tests: give your topics names of their own."""
    from streams.broker.local import LocalBroker
    from streams.settings import Settings

    with LocalBroker(kafka_jars, tmp_path_factory.mktemp("kafka"), java=Settings().java) as running:
        yield running
