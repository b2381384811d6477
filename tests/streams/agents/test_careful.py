"""A batch that fails is taken apart, and what it says besides readings is not lost with them."""

from __future__ import annotations

import numpy as np
from msgspec import structs

from models.forecaster import Model
from streams.agents.careful import pieces, step_carefully
from streams.rules.models import Models
from tests.streams.rules.test_swap import flood, shelf
from tests.streams.towns import Run, town, us


def test_a_change_of_the_model_goes_before_the_readings_of_its_message() -> None:
    run = Run(town(points=1), shelf())
    batch = structs.replace(run.batch(flood(3, 1), np.array([us(60), us(200)], np.int64)), model="half")
    parts = pieces(batch)
    assert ["half", "", "", ""] == [part.model for part in parts]
    assert [0, 1, 1, 1] == [len(part.value) for part in parts]
    assert [[], [us(60)], [], [us(200)]] == [part.ticks_us.tolist() for part in parts]
    whole, apart = Run(run.city, shelf()), Run(run.city, shelf())
    whole.take(batch)
    for part in parts:
        apart.take(part)
    assert whole.outputs == apart.outputs


def test_a_change_of_the_model_that_fails_is_set_aside_by_its_name() -> None:
    class Torn(Models):
        @property
        def default(self) -> Model:
            return shelf().default

        def named(self, name: str) -> None:
            raise OSError("the disk is gone")

    run = Run(town(points=1), Torn()).hear(flood(3, 1), until_s=180)
    swap = structs.replace(run.batch([], np.zeros(0, np.int64)), model="half")
    state, outputs, failed = step_carefully(run.plan, run.state, swap, run.model)
    assert [] == outputs
    assert ["the model half"] == [letter.bytes for letter in failed]
    assert run.state.heard_until_us == state.heard_until_us
