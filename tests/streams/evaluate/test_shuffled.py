"""A forecast lives from the order of the readings: with their times shuffled its skill must go, or it knows what it should not."""

from __future__ import annotations

import json
import random
from pathlib import Path

from streams.evaluate.evaluation import Source, evaluate
from streams.evaluate.offline import chosen_model
from tests.streams.evaluate.made_up import write_storm


def shuffled(source: Source, folder: Path) -> Source:
    """The same readings of each station at each other's times."""
    lines = [json.loads(line) for line in source.inputs[0].read_text("utf-8").splitlines()]
    dice = random.Random(5)
    for station in sorted({line["station"] for line in lines if line["kind"] == "depth"}):
        own = [line for line in lines if line["station"] == station]
        values = [line["value"] for line in own]
        dice.shuffle(values)
        for line, value in zip(own, values, strict=True):
            line["value"] = value
    file = folder / "shuffled.ndjson"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return Source("shuffled", source.city, (file,))


def mae_cm(source: Source) -> float:
    """Of the shipped model at 15 min while wet."""
    found = evaluate([source], lambda _: chosen_model(None))[0]
    value = next(row.mae_cm["model"].value for row in found.depth if row.lead_min == 15)
    assert value is not None
    return value


def test_shuffled_time_destroys_the_skill(tmp_path: Path) -> None:
    source = write_storm(tmp_path, "2026-07-14")
    assert mae_cm(shuffled(source, tmp_path)) > 2.5 * mae_cm(source)
