"""A replay by a model that was named: on the real broker, in the workers."""

from __future__ import annotations

from pathlib import Path

from streams.bench.equal import differing_files
from tests.streams.registry.made_up import write_model
from tests.streams.replay.conftest import Replay
from tests.streams.replay.test_replay import Base, lines


def test_forecasts_carry_the_name_of_the_model_that_was_named(base: Base, again: Replay, tmp_path: Path) -> None:
    card = write_model(tmp_path / "model", 3.0)
    out, _ = again(model=tmp_path / "model", workers=2)
    assert {card.name} == {line["model"] for line in lines(out, "forecasts")}
    assert card.name not in {line["model"] for line in lines(base[0], "forecasts")}
    assert "forecasts.ndjson" in differing_files(base[0], out)
