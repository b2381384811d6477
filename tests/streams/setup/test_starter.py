"""The starter itself, as a user runs it; what it sets up is there already, so that this is quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from streams.settings import Settings
from streams.setup.packages import packages_ready
from streams.setup.places import Places

REPOSITORY = Path(__file__).resolve().parents[3]
STARTER = REPOSITORY / "lowpoint"


@pytest.fixture
def env() -> dict[str, str]:
    """Nothing but the folder that is set up already."""
    home = Settings().home
    if not packages_ready(Places(REPOSITORY, home)):
        pytest.fail(f"{home} was not set up by the starter: run ./lowpoint setup")
    return {"LOWPOINT_HOME": str(home), "PATH": "/usr/bin:/bin"}


def start(starter: Path, *arguments: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(starter), *arguments], env=env, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_answers_from_any_folder_through_a_link_without_a_home(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise SystemExit('a module of the user came before ours')")
    (tmp_path / "link").symlink_to(STARTER)
    done = start(tmp_path / "link", "replay", "--help", env=env, cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert "Usage: lowpoint replay" in done.stdout


def test_closed_standard_streams_do_no_harm(env: dict[str, str], tmp_path: Path) -> None:
    command = f'exec "{sys.executable}" "{STARTER}" replay --help <&- >&- 2>&-'
    assert 0 == subprocess.run(["/bin/sh", "-c", command], env=env, cwd=tmp_path, check=False).returncode


def test_the_exit_code_of_the_command_comes_back(env: dict[str, str], tmp_path: Path) -> None:
    assert 2 == start(STARTER, "no-such-command", env=env, cwd=tmp_path).returncode


@pytest.mark.parametrize("command", ["setup", "test"])
def test_commands_of_the_starter_have_help(env: dict[str, str], tmp_path: Path, command: str) -> None:
    done = start(STARTER, command, "--help", env=env, cwd=tmp_path)
    assert 0 == done.returncode
    assert f"Usage: ./lowpoint {command}" in done.stderr


def test_a_folder_that_cannot_be_written_to_is_told_in_one_line(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = start(STARTER, "--help", env=env | {"LOWPOINT_HOME": str(tmp_path / "file" / "home")}, cwd=tmp_path)
    assert 1 == done.returncode
    assert done.stderr.startswith("lowpoint: cannot write to ")
    assert 1 == len(done.stderr.splitlines())


def test_the_set_up_imports_nothing_but_the_standard_library() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); import streams.setup.main\n"
        "sys.stdout.write(' '.join({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert {"streams", "__main__"} == set(done.stdout.split()) - set(sys.stdlib_module_names)
