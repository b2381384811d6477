"""Roads and water are drawn where they are, and never at the cost of the page."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from streams.city.layers import Layers
from streams.city.model import City
from streams.web.drawing import draw
from streams.web.frame import Frame
from streams.web.ground import MOST_BYTES, ground

EMPTY = b'{"type":"FeatureCollection","features":[]}'


def roads(count: int, kind: str = "street", wiggles: int = 200) -> bytes:
    """Roads that no simplifying makes small."""
    features: list[dict[str, Any]] = []
    for number in range(count):
        line = [[113.6 + 0.0005 * at, 34.7 + 0.001 * number + 0.004 * (at % 2)] for at in range(wiggles)]
        features.append({"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": {"class": kind}})
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def frame() -> Frame:
    return Frame([(113.6, 34.7), (113.7, 34.8)])


def test_the_demo_city_has_its_river_and_its_roads(city: City) -> None:
    found = draw(city).layers
    assert {"water", "rivers", "roads"} == found.keys()
    assert sum(map(len, found.values())) <= MOST_BYTES
    assert all(re.fullmatch(r"(M-?\d+ -?\d+l[-\d ]+z?)+", path) for path in found.values())


def test_a_city_without_layers_has_none(city: City) -> None:
    assert {} == draw(replace(city, folder="")).layers


@pytest.mark.parametrize(("count", "kind"), [(1, "street"), (60, "street"), (60, "main")])
def test_what_is_too_much_is_left_out(count: int, kind: str) -> None:
    found = ground(Layers(roads(count, kind), EMPTY, EMPTY), frame())
    assert sum(map(len, found.values())) <= MOST_BYTES


def test_what_lies_outside_of_the_map_is_cut() -> None:
    line = [[100.0, 34.75], [130.0, 34.75]]
    far = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": {"class": "main"}}
    found = ground(Layers(msgspec.json.encode({"type": "FeatureCollection", "features": [far]}), EMPTY, EMPTY), frame())
    x, _, across, _ = map(int, re.findall(r"-?\d+", found["roads"]))
    assert (0, 1440) == (x, x + across)
