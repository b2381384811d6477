"""What the desk keeps and asks of the store, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Engine

from streams import clock
from streams.rules.outputs import Decided, Order, OutputMessage
from streams.store.acts import AskedAct, Piece, act_so_far, edited, keep_act
from streams.store.people import people_by_zone
from streams.store.projection import save_outputs
from streams.store.queries import open_orders, told_order
from streams.store.wall_clock import clock_off_s
from tests.streams.store.conftest import engine, store_url
from tests.streams.store.town import order, settle

__all__ = ["engine", "store_url"]

ACT = AskedAct("a", "li", "sign", 5, "digest", (Piece("a/1", "D1", ("x",)), Piece("a/2", "D1", ("R", "S")), Piece("a/3", "D2", ("R",))))


def decided(act_id: str, subject: str, district: str = "D1", **changes: Any) -> Decided:
    told: dict[str, Any] = {"officer": "li", "act": "sign", "outcome": "done", "words": "released"}
    return Decided(act_id, district, "2021-07-20T08:31:00Z", subject=subject, **{**told, **changes})


def save(engine: Engine, *outputs: Decided | Order) -> None:
    save_outputs(engine, OutputMessage("D1", 0, [], list(outputs)))


def test_the_first_act_under_an_id_stays(engine: Engine) -> None:
    assert ACT == keep_act(engine, ACT)
    assert ACT == keep_act(engine, structs.replace(ACT, officer="wang", digest="other"))
    assert act_so_far(engine, "b") is None


def test_of_many_that_come_at_once_one_stays(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda n: keep_act(engine, structs.replace(ACT, digest=str(n))), range(8)))
    assert 1 == len({act.digest for act in kept})


def test_outcomes_come_in_the_order_that_was_asked_for_and_the_rest_is_pending(engine: Engine) -> None:
    keep_act(engine, ACT)
    save(engine, decided("a/3", "R", "D2"), decided("a/2", "S"), decided("a/11", "x"), decided("a/1", "y"), decided("A/1", "x"))
    found = act_so_far(engine, "a")
    assert found is not None
    assert ([("S", "D1"), ("R", "D2")], ("x", "R")) == ([(one.subject, one.district) for one in found.outcomes], found.pending)
    save(engine, decided("a/1", "x"), decided("a/2", "R"))
    done = act_so_far(engine, "a")
    assert done is not None
    assert ([("x", "D1"), ("R", "D1"), ("S", "D1"), ("R", "D2")], ()) == (
        [(one.subject, one.district) for one in done.outcomes],
        done.pending,
    )


def test_an_order_counts_as_edited_when_an_edit_took_effect(engine: Engine) -> None:
    save(engine, decided("a/1", "x", act="edit"), decided("a/2", "y", act="edit", outcome="refused"), decided("a/3", "z"))
    assert frozenset({"x"}) == edited(engine, {"x", "y", "z"})
    assert frozenset() == edited(engine, set())


@pytest.mark.parametrize("version", [1, 2])
def test_an_order_is_found_as_last_told(engine: Engine, version: int) -> None:
    first, second = order(1, state="draft"), order(2, "Update", state="draft")
    signed = structs.replace(second, state="released", signed_by=("li",), decided_at="2021-07-20T08:33:00Z", number=1, texts={"en": "T: x"})
    save(engine, first, second, signed)
    found = told_order(engine, (first, second)[version - 1].identifier)
    assert found is not None
    assert [("draft", (), version), ("released", ("li",), version)][version - 1] == (found.state, found.signed_by, found.version)
    if version == 2:
        assert [found] == open_orders(engine)
    assert told_order(engine, "x") is None


def test_people_are_counted_by_zone(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1", "Z2"])
    assert {"Z1": 2} == people_by_zone(engine, {"Z1", "Z9"})
    assert {} == people_by_zone(engine, set())


def test_a_desk_s_clock_is_held_against_the_database_s(engine: Engine) -> None:
    ahead_s = clock_off_s(engine, clock.now_us() + 3_600_000_000)
    assert 0 == ahead_s if engine.dialect.name == "sqlite" else 3590 < ahead_s < 3610
