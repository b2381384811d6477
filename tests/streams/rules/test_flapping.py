"""Water that flaps by a centimetre about a level for an hour: one message and one all-clear at most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.forecaster import Model, forecast
from streams.city import defaults
from streams.city.model import Public
from tests.streams.towns import Run, calm, depths, rain, town


def flapping(level_m: float, offsets: list[float], model: Model, every_s: float = 20.0) -> Run:
    values = [0.0, *[level_m + offset for offset in offsets], *[0.0] * 120]
    city = town(public=Public(cap_issuer="town", text_from_level=1))
    return Run(city, model).hear([*rain(0, 2), *depths("S0", values, start_s=1, every_s=every_s)], until_s=every_s * len(values) + 60)


@pytest.mark.parametrize("model", [calm, forecast], ids=["measured alone", "forecasts too"])
@pytest.mark.parametrize("rung", defaults.LEVELS)
def test_an_hour_of_flapping_is_one_message_and_one_all_clear(rung: defaults.Level, model: Model) -> None:
    offsets = np.where(np.arange(180) % 2, 0.005, -0.005).tolist()
    run = flapping(rung.depth_m, offsets, model)
    assert ["Alert", "Cancel"] == [order.msg_type for order in run.orders if order.msg_type != "Update"]
    # what stands a hair below a level is told as the level below first: one text for it, one for the level, one all-clear
    texted = [(order.msg_type, order.level) for order in run.orders if order.texts]
    at_level = [kind for kind, level in texted if level == rung.level]
    assert 1 == len([kind for kind in at_level if kind != "Cancel"]) and 1 == len([kind for kind, _ in texted if kind == "Cancel"])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([-0.005, -0.004, 0.0, 0.005]), min_size=180, max_size=180))
def test_however_it_flaps_no_level_is_texted_twice(offsets: list[float]) -> None:
    run = flapping(0.27, offsets, calm)
    texted = [(order.level, order.msg_type == "Cancel") for order in run.orders if order.texts]
    assert len(set(texted)) == len(texted)
