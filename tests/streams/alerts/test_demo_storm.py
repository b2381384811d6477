"""Every order of the simulated storm as CAP: from the generator of the storm through the live step to the schema."""

from __future__ import annotations

import numpy as np
import pytest

from streams.alerts.alert import Alert
from streams.alerts.cap import from_cap, to_cap
from streams.alerts.check import check
from streams.alerts.drill import status_of
from streams.alerts.thread import threads_of
from streams.bench.cap_schema import schema_faults
from streams.city.load import load_city
from streams.city.model import City, LowPoint, Zone
from streams.city.reach import Reach
from streams.demo.city import FOLDER
from streams.demo.storm import make_storm
from streams.evaluate.offline import run_offline
from streams.replay.recording import read_recording
from streams.rules.outputs import Order
from tests.streams.towns import quick


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(FOLDER)


@pytest.fixture(scope="module")
def orders(city: City, tmp_path_factory: pytest.TempPathFactory) -> list[Order]:
    storm = tmp_path_factory.mktemp("storm")
    make_storm(FOLDER, storm)
    # a model in one line, for a storm of alerts by forecast too
    outputs = run_offline(city, read_recording(city, [storm / "observations.ndjson.gz"]), quick, (Order,))
    return [output for output in outputs if isinstance(output, Order)]


@pytest.fixture(scope="module")
def alerts(city: City, orders: list[Order]) -> list[Alert]:
    reach = Reach(city)
    nearest = {zone.zone_id: point_of(city, reach, zone) for zone in city.zones}
    return list(threads_of(city, orders, lambda order: nearest[order.zones[0]], status_of(city, drill=False)))


def point_of(city: City, reach: Reach, zone: Zone) -> LowPoint:
    """The point whose water reaches the zone first."""
    points = tuple(point for point in city.low_points if point.district_id == zone.district_id)
    return points[int(np.argmin(reach.from_level((zone,), points)[0]))]


def test_the_storm_gives_orders_of_every_kind(orders: list[Order]) -> None:
    assert {"Alert", "Update", "Cancel"} == {order.msg_type for order in orders}
    assert {"measured", "forecast"} <= {order.basis for order in orders}
    assert {"draft", "released"} == {order.state for order in orders}


def test_every_released_order_is_told_once(orders: list[Order], alerts: list[Alert]) -> None:
    released = {order.identifier for order in orders if order.state == "released"}
    assert sorted(released) == sorted(alert.identifier for alert in alerts)
    assert len(alerts) > 100


def test_every_alert_passes_the_schema_and_our_rules(alerts: list[Alert]) -> None:
    faults = {alert.identifier: [*schema_faults(to_cap(alert)), *check(to_cap(alert))] for alert in alerts}
    assert {} == {name: found for name, found in faults.items() if found}
    assert alerts == [from_cap(to_cap(alert)) for alert in alerts]


def test_every_reference_leads_to_what_was_published(alerts: list[Alert]) -> None:
    published = {alert.as_reference for alert in alerts}
    assert all(one in published for alert in alerts for one in alert.references)


def test_a_simulated_storm_is_a_test(alerts: list[Alert]) -> None:
    assert {"Test"} == {alert.status for alert in alerts}
    assert all(check(alert, live=True) for alert in alerts)
