"""An order of the stream is what `GET /api/orders` tells of it, to the letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import Engine

from streams.console.live.entities import Maker
from streams.console.live.look import BesideLook, OrdersLook, WaterLook
from streams.console.live.says import Says

if TYPE_CHECKING:
    from tests.streams.desk.town import Site


@pytest.fixture
def flooded(engine: Engine) -> Iterator[Site]:
    from tests.streams.desk.town import Site, signed_town

    site = Site(engine, signed_town())
    site.flood(0.7, 0.45)
    yield site
    site.desk.close()


def told(site: Site) -> dict[str, dict[str, Any]]:
    says = Says(WaterLook(site.city)(site.engine), OrdersLook(site.city)(site.engine), BesideLook()(site.engine))
    state = Maker(site.city).state(says, site.desk.fresh(), site.now_us)
    return {kind: {name: msgspec.json.decode(entity) for name, entity in entities.items()} for kind, entities in state.items()}


def test_open_orders_are_those_of_the_desk_through_signature_and_end(flooded: Site) -> None:
    officers = [flooded.person(name) for name in ("li", "wang")]
    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: officers[0].sign(*sorted(told(flooded)["order"])),
        lambda: officers[1].sign(*sorted(told(flooded)["order"])),
    ]
    counts = []
    for step in steps:
        step()
        listed = officers[0].get("/api/orders").json()["orders"]
        assert {order["identifier"]: order for order in listed} == told(flooded)["order"]
        counts.append([len(order["signed_by"]) for order in listed])
    assert [[0, 0], [1, 1], [2, 1]] == counts, counts


def test_zones_are_those_of_the_desk(flooded: Site) -> None:
    from streams.observation.moments import MINUTE_US

    flooded.log.hear([], until_s=240)
    flooded.now_us += MINUTE_US
    districts = flooded.person("li").get("/api/districts").json()["districts"]
    expected = {zone["zone_id"]: {**zone, "district": one["district"]} for one in districts for zone in one["zones"]}
    assert expected == told(flooded)["zone"]
    assert 2 == len(expected)
