"""One simulated storm, cut short, that the tests of this folder share; the whole storm is simulated once without its readings."""

from pathlib import Path

import pytest

from streams.demo.city import FOLDER
from streams.demo.folder import Folder, read_folder
from streams.demo.storm import Storm, make_storm, simulate

SHORT_S = 2 * 3600


@pytest.fixture(scope="session")
def folder() -> Folder:
    return read_folder(FOLDER)


@pytest.fixture(scope="session")
def storm(folder: Folder) -> Storm:
    return simulate(folder)


@pytest.fixture(scope="session")
def short_storm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("storm")
    make_storm(FOLDER, out, duration_s=SHORT_S)
    return out
