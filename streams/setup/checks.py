"""`./lowpoint test`: the linter, the type checker and the tests, all three whatever the first ones say."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from streams import clock
from streams.setup.places import Places
from streams.setup.told import tell


def run_checks(arguments: Sequence[str], places: Places, env: Mapping[str, str]) -> int:
    """Run all three from the repository's root; the exit code is the first that is not 0 (pytest has one for "no tests collected")."""
    caches = {"RUFF_CACHE_DIR": str(places.caches / "ruff"), "MYPY_CACHE_DIR": str(places.caches / "mypy")}
    pytest = ["pytest", "-o", f"cache_dir={places.caches / 'pytest'}", *arguments]
    codes = [_check(module, places, {**env, **caches}) for module in (["ruff", "check", "."], ["mypy"], pytest)]
    return next((code for code in codes if code), 0)


def _check(module: Sequence[str], places: Places, env: Mapping[str, str]) -> int:
    begun_s = clock.monotonic_s()
    done = subprocess.run([str(places.python), "-m", *module], stdin=subprocess.DEVNULL, cwd=places.repository, env=env, check=False)
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode  # ended by a signal: as a shell tells it
    tell(f"lowpoint: {module[0]} {'passed' if code == 0 else f'failed with code {code}'}, {clock.monotonic_s() - begun_s:.1f} s")
    return code
