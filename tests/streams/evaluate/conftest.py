from __future__ import annotations

from pathlib import Path

import pytest

from streams.evaluate.evaluation import Evaluation, Source, evaluate
from streams.evaluate.storms import Fan
from tests.streams.evaluate.made_up import write_storm
from tests.streams.towns import calm


@pytest.fixture(scope="session")
def storms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two storms, as an import writes it."""
    folder = tmp_path_factory.mktemp("storms")
    write_storm(folder, "2026-07-14")
    write_storm(folder, "2026-07-20", scale=0.6)
    return folder


@pytest.fixture(scope="session")
def source(storms: Path) -> Source:
    return Source("2026-07-14", storms / "2026-07-14" / "city", (storms / "2026-07-14" / "observations.ndjson",))


@pytest.fixture(scope="session")
def judged_calm(source: Source) -> tuple[Evaluation, list[Fan]]:
    """A model that expects nothing, through the live step."""
    return evaluate([source], lambda _: calm)
