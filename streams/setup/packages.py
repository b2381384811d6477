"""The virtual environment, with exactly the packages of the lock file."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from streams.setup import stamp
from streams.setup.child import run_leashed
from streams.setup.failure import SetupFailed
from streams.setup.machine import Machine, this_python
from streams.setup.places import Places
from streams.setup.told import step


def packages_ready(places: Places) -> bool:
    """Whether the environment is complete, for this lock file, and its Python still there."""
    return stamp.read(_stamp(places)) == _wanted(places)


def make_packages(places: Places, machine: Machine) -> None:
    """Make the environment; one whose making was interrupted has no stamp and is made anew."""
    if packages_ready(places):
        return
    whole = _same_python(places)
    _stamp(places).unlink(missing_ok=True)
    if not whole:
        _make_empty(places, machine)
    with step("installing Python packages"):
        # the lock names every package: nothing is left to resolve
        options = ["-q", "--no-input", "--no-compile", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        run_leashed([str(places.python), "-m", "pip", "install", *options, "-r", str(places.lock_file)], machine.env, places.log)
        _compile(places, machine)
    stamp.write(_stamp(places), _wanted(places))


def _make_empty(places: Places, machine: Machine) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupFailed("Python has no venv module here; install it, as root: apt-get install python3-venv", 2)
    with step("making a virtual environment"):
        shutil.rmtree(places.venv, ignore_errors=True)
        run_leashed([this_python(), "-m", "venv", str(places.venv)], machine.env, places.log)


def _compile(places: Places, machine: Machine) -> None:
    """Compile on all processors, which pip does on one; warnings about packages' code come here, and not in somebody's test."""
    library = next((places.venv / "lib").glob("python3.*"))
    command = [str(places.python), "-m", "compileall", "-q", "-j", "0", "-x", "/tests?/", str(library / "site-packages")]
    with contextlib.suppress(SetupFailed):  # one file of a package that is not Python of this version does no harm
        run_leashed(command, machine.env, places.log)


def _same_python(places: Places) -> bool:
    """Whether there is a complete environment, if for another lock file: that one is brought up to date in place."""
    return stamp.read(_stamp(places)).splitlines()[1:] == [_python_of(places)]


def _stamp(places: Places) -> Path:
    return places.venv / "lowpoint.stamp"


def _wanted(places: Places) -> str:
    return f"{stamp.digest(places.lock_file)}\n{_python_of(places)}\n"


def _python_of(places: Places) -> str:
    """Name the Python behind the environment, "none" if an upgrade of the system took it away.

    Not the Python that runs us: two that take turns would each make the environment anew.
    """
    path = Path(os.path.realpath(places.python))
    if not path.is_file():
        return "none"
    ours = path == Path(os.path.realpath(this_python()))
    library = places.venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return "none" if ours and not library.is_dir() else str(path)
