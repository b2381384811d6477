"""Which model forecasts: the one that was named, else the one that is shipped; one that cannot be used is refused at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.forecaster import forecast
from models.learn.package import PackageError
from streams.cli.main import main
from streams.registry import choose
from streams.registry.choose import model_of
from tests.streams.registry.made_up import BREAKS, write_model
from tests.streams.replay.storm import write_city


def test_the_model_that_is_named_is_used(tmp_path: Path) -> None:
    assert write_model(tmp_path / "a").name == model_of(tmp_path / "a").name


def test_without_a_name_the_shipped_one_is_used_and_without_that_the_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "shipped"
    monkeypatch.setattr(choose, "SHIPPED", shipped)
    monkeypatch.setattr("models.learn.package.SHIPPED", shipped)
    assert model_of(None) is forecast
    assert write_model(shipped).name == model_of(None).name


def test_a_shipped_model_that_is_damaged_is_told_and_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "shipped"
    write_model(shipped)
    (shipped / "model.npz").write_bytes(b"")
    monkeypatch.setattr(choose, "SHIPPED", shipped)
    monkeypatch.setattr("models.learn.package.SHIPPED", shipped)
    with pytest.raises(PackageError):
        model_of(None)


@pytest.mark.parametrize("broken", BREAKS)
def test_a_folder_without_a_usable_model_is_refused(broken: Callable[[Path], None], tmp_path: Path) -> None:
    write_model(tmp_path / "a")
    write_model(tmp_path / "b")
    broken(tmp_path / "a")
    assert model_of(tmp_path / "b")
    with pytest.raises(PackageError, match=str(tmp_path / "a")):
        model_of(tmp_path / "a")


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*_: object, **__: object) -> None:
        raise AssertionError("a broker was started")

    monkeypatch.setattr("streams.replay.run.LocalBroker", start)


def replay_arguments(tmp_path: Path) -> list[str]:
    city = write_city(tmp_path / "city")
    (tmp_path / "storm.ndjson").write_text("")
    return ["replay", "--city", str(city), "--input", str(tmp_path / "storm.ndjson"), "--out", str(tmp_path / "out")]


@pytest.mark.usefixtures("no_broker")
@pytest.mark.parametrize("by_environment", [False, True])
@pytest.mark.parametrize("broken", BREAKS)
def test_a_replay_says_in_one_line_that_its_model_is_broken_before_a_broker_starts(
    broken: Callable[[Path], None], by_environment: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(tmp_path / "a")
    broken(tmp_path / "a")
    arguments = replay_arguments(tmp_path)
    if by_environment:
        monkeypatch.setenv("LOWPOINT_MODEL", str(tmp_path / "a"))
    else:
        arguments += ["--model", str(tmp_path / "a")]
    result = CliRunner().invoke(main, arguments)
    assert 2 == result.exit_code
    assert result.output.startswith("Error: ")
    assert 1 == result.output.count("\n")
    assert not (tmp_path / "out").exists()


def test_a_worker_says_in_one_line_that_its_model_is_broken(tmp_path: Path) -> None:
    write_model(tmp_path / "a")
    (tmp_path / "a" / "model.npz").unlink()
    city = write_city(tmp_path / "city")
    arguments = ["worker", "--city", str(city), "--broker", "127.0.0.1:1", "--store", "sqlite://", "--model", str(tmp_path / "a")]
    result = CliRunner().invoke(main, arguments)
    assert (2, 1) == (result.exit_code, result.output.count("\n"))
    assert "model.npz" in result.output
