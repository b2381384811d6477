"""One small storm, replayed once plainly; other tests compare with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.replay.run import ReplayOptions, Watch, replay
from streams.settings import Settings
from tests.streams.replay.storm import write_city, write_observations, write_residents

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker

Replay = Callable[..., tuple[Path, Mapping[str, Any]]]


@pytest.fixture(scope="session")
def storm(tmp_path_factory: pytest.TempPathFactory, broker: LocalBroker) -> ReplayOptions:
    """Options of the small storm, on the tests' broker."""
    folder = tmp_path_factory.mktemp("storm")
    return ReplayOptions(
        city=write_city(folder / "city"),
        inputs=(write_observations(folder / "observations.ndjson"),),
        out=folder / "base",
        residents=write_residents(folder / "residents.csv"),
        broker=broker.bootstrap,
        timeout_s=300,
    )


@pytest.fixture(scope="session")
def base(storm: ReplayOptions) -> tuple[Path, Mapping[str, Any]]:
    """The plain replay: one worker, as fast as can be."""
    return storm.out, replay(storm, Settings())


@pytest.fixture
def again(storm: ReplayOptions, tmp_path: Path) -> Replay:
    """Replay the small storm in another way."""

    def run(watch: Watch | None = None, **changes: object) -> tuple[Path, Mapping[str, Any]]:
        options = replace(storm, **{"out": tmp_path / "out", **changes})  # type: ignore[arg-type]
        return options.out, replay(options, Settings(), watch)

    return run
