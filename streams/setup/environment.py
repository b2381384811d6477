"""The environment that child processes get: whatever was set, without what would lead them astray."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

from streams.setup.places import Places

# these send pip's packages elsewhere, or Python to other modules
_ASTRAY = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV")


def has_home(env: Mapping[str, str]) -> bool:
    """Whether HOME is a folder that can be written to."""
    home = env.get("HOME", "")
    return bool(home) and Path(home).is_dir() and os.access(home, os.W_OK | os.X_OK)


def clean(env: Mapping[str, str], places: Places) -> dict[str, str]:
    """Drop what leads astray, and put caches into our own folder when there is no home for them."""
    kept = {name: value for name, value in env.items() if name not in _ASTRAY}
    if has_home(env):
        return kept
    return {**kept, "HOME": str(places.caches / "home")}


def for_program(env: Mapping[str, str], places: Places) -> dict[str, str]:
    """Environment of Lowpoint itself: this repository's modules, UTF-8 whatever the locale, one BLAS thread (law 4)."""
    own = {"PYTHONPATH": str(places.repository), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    if env.get("LOWPOINT_HOME"):
        own["LOWPOINT_HOME"] = str(places.home)
    return {**env, **own}


def maven_options(env: Mapping[str, str]) -> list[str]:
    """Keep Maven's cache under HOME too: by itself it asks the password file where home is, and may find none there."""
    if env["HOME"] == _home_of_user():
        return []
    return [f"-Dmaven.repo.local={env['HOME']}/.m2/repository"]


def _home_of_user() -> str | None:
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:  # a container may run under a number that has no name
        return None
