"""The registry: whole models under the names of their contents, whoever adds what at the same time and whatever breaks off."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.forecaster import forecast
from models.learn.package import PackageError
from streams.cli.main import main
from streams.registry import registry as module
from streams.registry.registry import Registry, add_model, list_models
from tests.streams.registry.made_up import BREAKS, damaged, write_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    write_model(tmp_path / "trained")
    return tmp_path / "trained"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "registry"


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def files_of(name: str) -> list[str]:
    return [name, f"{name}/model.json", f"{name}/model.npz"]


def test_what_is_added_is_found_by_its_name(model: Path, shelf: Path) -> None:
    name = add_model(model, shelf).name
    found = Registry(shelf, forecast).named(name)
    assert found is not None and name == found.name
    assert files_of(name) == everything_in(shelf)
    assert (shelf / name).stat().st_mode & 0o055 == 0o055, "other users' workers read it too"


def test_the_default_is_found_by_its_name_without_any_folder() -> None:
    assert Registry(None, forecast).named(forecast.name) is forecast
    assert Registry(None, forecast).named("learned-0123456789") is None


def test_added_twice_it_is_there_once_and_untouched(model: Path, shelf: Path) -> None:
    first = add_model(model, shelf)
    before = (shelf / first.name / "model.npz").stat()
    assert first == add_model(model, shelf)
    after = (shelf / first.name / "model.npz").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert files_of(first.name) == everything_in(shelf)


def test_two_who_add_the_same_at_the_same_time_both_succeed(model: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meet = threading.Barrier(2)
    put = module._put_in_place

    def together(half: Path, place: Path) -> None:
        meet.wait(10)
        put(half, place)

    monkeypatch.setattr(module, "_put_in_place", together)
    done: list[str] = []
    threads = [threading.Thread(target=lambda: done.append(add_model(model, shelf).name)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert 2 == len(done) and done[0] == done[1]
    assert files_of(done[0]) == everything_in(shelf)


def test_an_add_that_breaks_off_leaves_nothing(model: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = module._copy

    def full(source: Path, target: Path) -> None:
        if source.suffix == ".npz":
            raise OSError(28, "No space left on device")
        copy(source, target)

    monkeypatch.setattr(module, "_copy", full)
    result = CliRunner().invoke(main, ["model", "add", str(model), "--registry", str(shelf)])
    assert 1 == result.exit_code and "No space left" in result.output
    assert [] == everything_in(shelf)


def test_while_it_is_copied_nobody_sees_it(model: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    put = module._put_in_place

    def look(half: Path, place: Path) -> None:
        seen.append([entry.name for entry in list_models(shelf)])
        put(half, place)

    monkeypatch.setattr(module, "_put_in_place", look)
    name = add_model(model, shelf).name
    assert [[], [name]] == [*seen, [entry.name for entry in list_models(shelf)]]


@pytest.mark.parametrize("broken", BREAKS)
def test_what_is_no_model_is_not_added(broken: Callable[[Path], None], model: Path, shelf: Path) -> None:
    broken(model)
    result = CliRunner().invoke(main, ["model", "add", str(model), "--registry", str(shelf)])
    assert (2, 1) == (result.exit_code, result.output.count("\n"))
    assert not shelf.exists()


@pytest.mark.parametrize("name", ["../../outside", "learned-0000000000", "", "learned"])
def test_a_card_with_a_name_that_is_not_its_content_is_not_added(name: str, model: Path, shelf: Path) -> None:
    card = json.loads((model / "model.json").read_text())
    (model / "model.json").write_text(json.dumps({**card, "name": name}))
    with pytest.raises(PackageError, match="not that of its content"):
        add_model(model, shelf)


@pytest.mark.parametrize("name", ["../trained", "", ".", "..", "/etc", "learned-0\n", "nobody"])
def test_a_name_out_of_the_log_leads_nowhere_else(name: str, model: Path, shelf: Path) -> None:
    add_model(model, shelf)
    assert Registry(shelf, forecast).named(name) is None


def test_a_folder_under_another_name_is_not_that_model(model: Path, shelf: Path) -> None:
    name = add_model(model, shelf).name
    (shelf / name).rename(shelf / "learned-ffffffffff")
    assert Registry(shelf, forecast).named("learned-ffffffffff") is None


def test_a_damaged_one_is_not_used_is_told_in_the_list_and_is_mended_by_adding_it_again(model: Path, shelf: Path) -> None:
    name = add_model(model, shelf).name
    damaged(shelf / name)
    assert Registry(shelf, forecast).named(name) is None
    listed = CliRunner().invoke(main, ["model", "list", "--registry", str(shelf)])
    assert 0 == listed.exit_code and f"{name}  cannot be used: " in listed.output
    add_model(model, shelf)
    assert files_of(name) == everything_in(shelf)
    assert Registry(shelf, forecast).named(name) is not None


def test_what_comes_into_the_registry_later_is_found(model: Path, shelf: Path, tmp_path: Path) -> None:
    workers = Registry(shelf, forecast)
    name = write_model(tmp_path / "other", 2.0).name
    assert workers.named(name) is None
    add_model(tmp_path / "other", shelf)
    assert workers.named(name) is not None


def test_the_list_says_what_each_was_taught_and_how_it_did(model: Path, shelf: Path) -> None:
    assert "" == CliRunner().invoke(main, ["model", "list", "--registry", str(shelf)]).output
    name = add_model(model, shelf).name
    lines = CliRunner().invoke(main, ["model", "list", "--registry", str(shelf)]).output.splitlines()
    assert name == lines[0]
    assert "  street: 8 floods in 3 storms (archive); 15 min 2.50 cm, 30 min 3.00 cm" in lines
