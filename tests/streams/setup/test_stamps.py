"""A step is done once, done again when what it was made from changes, and done anew when it was interrupted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from streams.setup import packages, stamp
from streams.setup.failure import SetupFailed
from streams.setup.machine import Machine
from streams.setup.packages import make_packages, packages_ready
from streams.setup.places import Places


class FakeRuns:
    """Stands for pip and venv: keeps what was run, makes a venv's files, fails when told to."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.fail_on = ""

    def __call__(self, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        verb = command[2]
        self.commands.append(verb)
        if verb == "venv":
            venv = Path(command[3])
            (venv / "bin").mkdir(parents=True)
            (venv / "lib" / f"python3.{sys.version_info.minor}" / "site-packages").mkdir(parents=True)
            (venv / "bin" / "python").symlink_to(sys.executable)
        if verb == self.fail_on:
            raise SetupFailed("as told")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> FakeRuns:
    fake = FakeRuns()
    monkeypatch.setattr(packages, "run_leashed", fake)
    return fake


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "requirements.lock").write_text("a==1\n")
    return Places(tmp_path, tmp_path / ".lowpoint")


MACHINE = Machine({"PATH": "/nowhere"}, root=False)


def test_packages_are_installed_once(places: Places, runs: FakeRuns) -> None:
    assert not packages_ready(places)
    make_packages(places, MACHINE)
    make_packages(places, MACHINE)
    assert packages_ready(places)
    assert ["venv", "pip", "compileall"] == runs.commands


def test_another_lock_brings_the_environment_up_to_date_in_place(places: Places, runs: FakeRuns) -> None:
    make_packages(places, MACHINE)
    places.lock_file.write_text("a==2\n")
    assert not packages_ready(places)
    make_packages(places, MACHINE)
    assert ["venv", "pip", "compileall", "pip", "compileall"] == runs.commands


@pytest.mark.parametrize("step", ["venv", "pip"])
def test_an_interrupted_environment_is_made_anew(places: Places, runs: FakeRuns, step: str) -> None:
    runs.fail_on = step
    with pytest.raises(SetupFailed):
        make_packages(places, MACHINE)
    assert not packages_ready(places)
    runs.fail_on, runs.commands = "", []
    (places.venv / "left over").write_text("half")
    make_packages(places, MACHINE)
    assert ["venv", "pip", "compileall"] == runs.commands
    assert not (places.venv / "left over").exists()


def test_an_interrupted_update_is_made_anew(places: Places, runs: FakeRuns) -> None:
    make_packages(places, MACHINE)
    places.lock_file.write_text("a==2\n")
    runs.fail_on = "pip"
    with pytest.raises(SetupFailed):
        make_packages(places, MACHINE)
    runs.fail_on, runs.commands = "", []
    make_packages(places, MACHINE)
    assert ["venv", "pip", "compileall"] == runs.commands


def test_an_environment_whose_python_is_gone_is_made_anew(places: Places, runs: FakeRuns) -> None:
    make_packages(places, MACHINE)
    places.python.unlink()
    places.python.symlink_to("/usr/bin/python3.2")
    assert not packages_ready(places)
    make_packages(places, MACHINE)
    assert packages_ready(places)


def test_a_file_that_does_not_compile_is_no_failure(places: Places, runs: FakeRuns) -> None:
    runs.fail_on = "compileall"
    make_packages(places, MACHINE)
    assert packages_ready(places)


def test_a_missing_venv_module_says_what_to_install(places: Places, runs: FakeRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetupFailed, match="apt-get install python3-venv") as failed:
        make_packages(places, MACHINE)
    assert 2 == failed.value.code
    assert [] == runs.commands


def test_a_stamp_is_written_whole_and_read_back(tmp_path: Path) -> None:
    assert stamp.read(tmp_path / "none") == ""
    stamp.write(tmp_path / "new" / "one", "text")
    assert "text" == stamp.read(tmp_path / "new" / "one")
    assert [tmp_path / "new" / "one"] == list((tmp_path / "new").iterdir())


def test_starters_take_turns(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from streams.setup.turn import one_at_a_time\n"
        "with one_at_a_time(Path(sys.argv[1]) / 'lock'):\n"
        "    inside = Path(sys.argv[1]) / 'inside'; inside.mkdir(); inside.rmdir(); sys.stdout.write('done')"
    )
    starters = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(6)]
    assert [b"done"] * 6 == [starter.communicate()[0] for starter in starters]
