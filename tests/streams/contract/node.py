"""Where the packages for Node.js are; whatever needs them skips where they could not be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.settings import REPOSITORY, Settings
from streams.setup.node import Bundle, node_modules, node_program, node_ready
from streams.setup.places import Places


def node_packages() -> tuple[Path, Path]:
    """Paths of Node.js and of the folder `node_modules`."""
    places = Places(REPOSITORY, Settings().home)
    if not node_ready(places, Bundle.CHECKS):
        pytest.skip("the packages for Node.js are not installed: run ./lowpoint test where npm reaches its registry")
    return node_program(places), node_modules(places, Bundle.CHECKS)
