"""No home, no locale, no terminal is no obstacle; nothing that was set leads astray."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from streams.setup.environment import clean, for_program, maven_options
from streams.setup.machine import PLAIN_PATH, Machine, this_python
from streams.setup.needs import Needs, needs_of
from streams.setup.places import Places

PLACES = Places(Path("/repo"), Path("/repo/.lowpoint"))


@pytest.mark.parametrize("home", [None, "", "/no/such/folder", "/proc/version"])
def test_without_a_home_caches_go_into_our_folder(home: str | None) -> None:
    env = clean({} if home is None else {"HOME": home}, PLACES)
    assert "/repo/.lowpoint/cache/home" == env["HOME"]
    assert ["-Dmaven.repo.local=/repo/.lowpoint/cache/home/.m2/repository"] == maven_options(env)


def test_a_home_of_ones_own_is_kept_for_caches(tmp_path: Path) -> None:
    assert {"HOME": str(tmp_path)} == clean({"HOME": str(tmp_path)}, PLACES)
    assert [f"-Dmaven.repo.local={tmp_path}/.m2/repository"] == maven_options({"HOME": str(tmp_path)})


def test_maven_is_left_alone_in_the_usual_home() -> None:
    assert [] == maven_options({"HOME": pwd.getpwuid(os.geteuid()).pw_dir})


def test_what_leads_pip_and_python_astray_is_dropped() -> None:
    env = clean({"PIP_USER": "1", "PYTHONHOME": "/x", "PYTHONPATH": "/y", "PIP_CERT": "/certificate", "HOME": "/"}, PLACES)
    assert {"PIP_CERT": "/certificate"} == {name: value for name, value in env.items() if name != "HOME"}


def test_the_program_gets_utf_8_one_blas_thread_and_our_modules() -> None:
    env = for_program({"HOME": "/h", "LOWPOINT_HOME": ".lowpoint"}, PLACES)
    assert {
        "HOME": "/h",
        "LOWPOINT_HOME": "/repo/.lowpoint",
        "PYTHONPATH": "/repo",
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    } == env


def test_an_empty_environment_has_a_path() -> None:
    assert PLAIN_PATH == Machine.here({}).env["PATH"]


def test_a_python_that_does_not_know_its_path_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "")
    assert "python" in Path(this_python()).name


def test_another_folder_can_be_named() -> None:
    assert Path("/elsewhere") == Places.of(Path("/repo"), {"LOWPOINT_HOME": "/elsewhere"}).home
    assert Path("/repo/.lowpoint") == Places.of(Path("/repo"), {}).home


NOTHING = Needs(kafka=False, scripts=False, extras=False)


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("", NOTHING),
        ("--help", NOTHING),
        ("replay --help", NOTHING),
        ("replay --city c", Needs(kafka=True, scripts=False, extras=False)),
        ("replay --city c --broker b:9092", NOTHING),
        ("replay --broker=b:9092", NOTHING),
        ("train --city c", NOTHING),
        ("check-config replay", NOTHING),
        ("web --city c --store s", Needs(kafka=False, scripts=True, extras=False)),
        ("web --city c --store s --broker b:9092", Needs(kafka=False, scripts=True, extras=False)),
        ("desk --city c --store s", NOTHING),
        ("demo", Needs(kafka=True, scripts=True, extras=False)),
        ("drill --broker b:9092", Needs(kafka=False, scripts=True, extras=False)),
        ("setup", Needs(kafka=True, scripts=True, extras=False)),
        ("test -k broker", Needs(kafka=True, scripts=True, extras=True)),
    ],
)
def test_a_command_gets_what_it_needs_and_no_more(line: str, needs: Needs) -> None:
    assert needs == needs_of(line.split(), {})


def test_a_broker_of_the_settings_counts_but_not_for_set_up_and_tests() -> None:
    env = {"LOWPOINT_BROKER": "b:9092"}
    assert [False, True, True] == [needs_of([command], env).kafka for command in ("replay", "setup", "test")]
