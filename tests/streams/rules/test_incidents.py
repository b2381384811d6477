"""Law 5: one incident, one thread; and who may release (law 8, as far as policy goes)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from models.forecaster import forecast
from streams.city import defaults
from streams.city.model import Zone
from tests.streams.towns import Run, depths, rain, square, town

FLOOD = [0.0, 0.2, 0.3, 0.45, 0.7, 0.7, *[0.02] * 40]


def flood(**changes: object) -> Run:
    return Run(town(**changes)).hear([*rain(0, 4), *depths("S0", FLOOD, start_s=1)], until_s=2700)  # type: ignore[arg-type]


def test_one_flood_is_one_thread_from_alert_to_cancel() -> None:
    orders = flood().orders
    assert {orders[0].incident} == {order.incident for order in orders}
    assert list(range(1, len(orders) + 1)) == [order.version for order in orders]
    assert ["Alert", *["Update"] * (len(orders) - 2), "Cancel"] == [order.msg_type for order in orders]
    assert [[], *[[order.identifier] for order in orders[:-1]]] == [order.references for order in orders]


def test_identifiers_are_made_of_issuer_local_time_incident_and_version() -> None:
    first = flood().orders[0]
    # 08:01:01 UTC is 16:01:01 in Shanghai
    assert f"town_20260714160101_{first.incident}_1" == first.identifier


def test_only_raises_and_the_end_are_texted() -> None:
    texted = [(order.msg_type, order.level) for order in flood().orders if order.texts]
    assert [("Update", 3), ("Update", 4), ("Cancel", 4)] == texted


def test_an_end_without_texts_is_not_texted() -> None:
    run = Run(town()).hear([*rain(0, 2), *depths("S0", [0.0, 0.2, *[0.0] * 30], start_s=1)], until_s=2000)
    assert [("Alert", False), ("Cancel", False)] == [(o.msg_type, bool(o.texts)) for o in run.orders]


def test_orders_stay_drafts_where_the_policy_asks_for_officers() -> None:
    assert {"draft"} == {order.state for order in flood(approval=dict(defaults.APPROVAL)).orders}


def test_an_unconfirmed_level_asks_for_its_own_signature_and_is_released_when_confirmed() -> None:
    approval = {**dict.fromkeys(defaults.APPROVAL, "automatic"), "unconfirmed": "one"}
    run = Run(town(approval=approval)).hear(depths("S0", [0.0, 0.5, 0.5, 0.5]), until_s=200)
    assert ["draft"] == [order.state for order in run.orders]
    run.hear([*rain(240, 1), *depths("S0", [0.5], start_s=241)], until_s=260)
    assert ["draft", "released"] == [order.state for order in run.orders]
    assert [3, 3] == [order.level for order in run.orders]


def test_a_parked_car_texts_nobody_by_forecast_either() -> None:
    approval = {**dict.fromkeys(defaults.APPROVAL, "automatic"), "unconfirmed": "one"}
    run = Run(town(approval=approval), forecast).hear(depths("S0", [0.0, 0.0, *[0.52] * 15, *[0.0] * 20]), until_s=2200)
    assert {"draft"} == {order.state for order in run.orders}
    assert 4 not in {warning.level for warning in run.warnings}


def test_a_zone_far_from_every_point_has_no_order() -> None:
    run = flood(zones=(Zone("far", "D1", square(113.65, 34.75)),))
    assert [] == run.orders


def test_a_zone_within_150_m_of_the_point_answers_to_it() -> None:
    near, beyond = 113.6 + 190 / 91_500, 113.6 + 210 / 91_500  # their edges lie 141 m and 161 m away
    run = flood(zones=(Zone("near", "D1", square(near, 34.7)), Zone("beyond", "D1", square(beyond, 34.7))))
    assert {("near",)} == {tuple(order.zones) for order in run.orders}


def test_an_order_that_runs_out_while_the_danger_stands_is_issued_again() -> None:
    rising = [0.0, *[0.5 + 0.001 * (n % 7) for n in range(380)]]
    run = Run(town()).hear([*rain(0, 380), *depths("S0", rising, start_s=1)], until_s=22_800)
    assert ["Alert", "Update"] == [order.msg_type for order in run.orders]
    assert run.orders[1].issued_at < run.orders[0].expires


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.0, 0.05, 0.2, 0.3, 0.5, 0.8]), min_size=1, max_size=60))
def test_threads_never_tangle(values: list[float]) -> None:
    run = Run(town()).hear(
        [*rain(0, 60), *depths("S0", values, start_s=1), *depths("S0", [0.0] * 30, start_s=1 + 60 * len(values))], until_s=6000
    )
    open_: dict[str, int] = {}
    ended: set[str] = set()
    for order in run.orders:
        assert order.incident not in ended
        assert open_.get(order.zones[0], 0) + 1 == order.version
        assert ("Alert" if order.version == 1 else order.msg_type) == order.msg_type
        open_[order.zones[0]] = order.version
        if order.msg_type == "Cancel":
            ended.add(order.incident)
            open_.pop(order.zones[0])
