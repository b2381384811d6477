"""What stands beside a storm: pages that know the run's Kafka, and a sender that has no way out (law 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams.broker.names import TopicNames
from streams.city.load import load_city
from streams.demo import beside, provider
from streams.demo.beside import provider_material, services
from streams.demo.city import FOLDER
from streams.replay.workers import WorkersError
from streams.settings import Settings

Told = dict[str, list[str]]


class Child:
    """A process that never was; `code` is what it ended with."""

    def __init__(self, code: int | None):
        self.code = code

    def poll(self) -> int | None:
        return self.code


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What each process would have been told; each writes its port at once, unless it is told of none."""
    found: Told = {}

    @contextmanager
    def running(arguments: Sequence[str], folder: Path, name: str, environment: Mapping[str, str]) -> Iterator[Child]:
        found[name] = list(arguments)
        (folder / f"{name}.log").write_text("what it said")
        if "--port-file" in arguments and "fails" not in environment.get("LOWPOINT_HOME", ""):
            Path(arguments[arguments.index("--port-file") + 1]).write_text("8123\n")
            yield Child(None)
        else:
            yield Child(1)

    monkeypatch.setattr(beside, "running", running)
    monkeypatch.setattr(provider, "running", running)
    return found


def stage(folder: Path) -> Any:
    city = load_city(FOLDER)
    return SimpleNamespace(city=city, store="sqlite:///s", folder=folder, bootstrap="b:9092", names=TopicNames("replay-1"))


def after(arguments: list[str], option: str) -> str:
    return arguments[arguments.index(option) + 1]


def test_the_pages_write_decisions_into_the_log_that_this_run_reads(told: Told, tmp_path: Path) -> None:
    with services(stage(tmp_path), Settings(), 0, tmp_path / "key", None) as page:
        assert "http://127.0.0.1:8123/" == page
    assert ("b:9092", "replay-1", str(tmp_path / "key")) == tuple(after(told["web"], name) for name in ("--broker", "--prefix", "--key"))
    assert ("b:9092", "replay-1") == tuple(after(told["project"], name) for name in ("--broker", "--prefix"))


def test_the_sender_is_the_dry_run_or_a_stand_in_on_this_machine(told: Told, tmp_path: Path) -> None:
    with services(stage(tmp_path), Settings(), 0, tmp_path / "key", None):
        assert ["send", "--store", "sqlite:///s"] == told["send"]
    with provider_material("fake") as made, services(stage(tmp_path), Settings(), 0, tmp_path / "key", made):
        assert after(told["send"], "--loopback").startswith("http://127.0.0.1:")
        assert str(made.providers if made else "") == after(told["send"], "--providers")


def test_pages_that_do_not_come_up_are_told_with_what_they_said(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWPOINT_HOME", "fails")
    with (
        pytest.raises(WorkersError, match="the page did not come up:\nwhat it said"),
        services(stage(tmp_path), Settings(), 0, tmp_path / "key", None),
    ):
        pass
