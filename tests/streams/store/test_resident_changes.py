"""Residents are changed, opt out and are deleted; the audit tells it and never a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from streams.people.resident import Home, Resident
from streams.people.vault import PeopleVault
from streams.store.audit import audit_rows
from streams.store.engine import reading, writing
from streams.store.people_schema import HOMES, REPLIES, RESIDENTS
from streams.store.residents import ResidentsError, import_residents
from streams.store.residents_changes import Change, change_resident, delete_residents
from streams.store.residents_known import Counted, count_residents, find_resident
from streams.store.residents_opt_outs import opt_in, opt_out, opted_out
from tests.streams.store.town import CITY, write_csv

VAULT = PeopleVault(b"a" * 32)
HEADER = "phone,language,zone_id,lon,lat,floor,mobility,address"
ROWS = ["+9990000000001,zh,Z1,113.5,34.5,3,walks,", "+9990000000002,en,Z1,,,,,", "+9990000000002,en,Z2,,,,,", ",zh,Z1,,,,,Road 1"]
NOW_US = 1_000_000


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Engine:
    """R000001 in Z1; R000002 in Z1 and Z2; R000004, who has no telephone, in Z1."""
    import_residents(engine, write_csv(tmp_path / "r.csv", ROWS, HEADER), CITY, VAULT)
    return engine


def found(engine: Engine, phone: str = "+9990000000001") -> Resident | None:
    return find_resident(engine, VAULT.lookup(phone))


def change(engine: Engine, resident: str, **changes: Any) -> Resident:
    return change_resident(engine, resident, Change(**changes), CITY, NOW_US, "li.wei")


def told(engine: Engine) -> list[tuple[str, str, str, dict[str, Any]]]:
    rows = list(audit_rows(engine))
    assert not any("+999" in str(row) or VAULT.lookup("+9990000000001") in str(row) for row in rows)
    return [(row.actor, row.act, row.subject, row.facts) for row in rows]


def test_a_resident_is_found_by_the_number(town: Engine) -> None:
    assert Resident("R000001", "zh", True, False, (Home("Z1", 113.5, 34.5, 3, "walks"),)) == found(town)
    assert Resident("R000002", "en", True, False, (Home("Z1"), Home("Z2"))) == found(town, "+9990000000002")
    assert found(town, "+9990000000003") is None


def test_a_change_is_stored_and_told(town: Engine) -> None:
    after = change(town, "R000001", language="en-GB", floor=-1, mobility="slow")
    assert Resident("R000001", "en", True, False, (Home("Z1", 113.5, 34.5, -1, "slow"),)) == after == found(town)
    assert [("li.wei", "resident_changed", "R000001", {"changed": ["floor", "language", "mobility"]})] == told(town)


def test_who_moves_leaves_the_position_and_the_floor_behind(town: Engine) -> None:
    assert (Home("Z2", None, None, None, "walks"),) == change(town, "R000001", zone="Z2").homes
    assert (Home("Z1", None, None, 5, "walks"),) == change(town, "R000001", zone="Z1", floor=5).homes


def test_a_home_that_stays_where_it_is_keeps_its_position(town: Engine) -> None:
    assert (Home("Z1", 113.5, 34.5, 4, "walks"),) == change(town, "R000001", zone="Z1", floor=4).homes


def test_of_somebody_with_two_homes_the_one_that_is_named_changes(town: Engine) -> None:
    assert (Home("Z1"), Home("Z2", floor=-1)) == change(town, "R000002", home="Z2", floor=-1).homes
    assert "zh" == change(town, "R000002", language="zh").language


@pytest.mark.parametrize(
    ("resident", "changes", "why"),
    [
        ("R000009", {"floor": 1}, "no resident 'R000009'"),
        ("R000001", {"zone": "Z9"}, "no zone 'Z9'"),
        ("R000001", {"floor": 9999}, "no house has a floor 9999"),
        ("R000001", {"mobility": "flies"}, "walks, slow, needs_help"),
        ("R000001", {}, "nothing to change"),
        ("R000001", {"home": "Z1"}, "nothing to change"),
        ("R000001", {"home": "Z2", "floor": 1}, "no home in Z2"),
        ("R000002", {"floor": 1}, "homes in Z1, Z2: name the zone"),
        ("R000002", {"home": "Z1", "zone": "Z2"}, "has a home in Z2 already"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_leaves_no_trace(town: Engine, resident: str, changes: dict[str, Any], why: str) -> None:
    before = found(town), found(town, "+9990000000002")
    with pytest.raises(ResidentsError, match=why):
        change(town, resident, **changes)
    assert before == (found(town), found(town, "+9990000000002"))
    assert [] == told(town)


def test_who_opts_out_and_in_again_is_told_once_each_time(town: Engine) -> None:
    lookup = VAULT.lookup("+9990000000001")
    assert [True, False] == [opt_out(town, lookup, NOW_US, "text", "webhook") for _ in range(2)]
    assert (1, True) == (opted_out(town), bool((it := found(town)) and it.opted_out))
    assert [True, False] == [opt_in(town, lookup, NOW_US, "officer", "li.wei") for _ in range(2)]
    assert (0, False) == (opted_out(town), bool((it := found(town)) and it.opted_out))
    expected = [("webhook", "opted_out", "R000001", {"how": "text"}), ("li.wei", "opted_in", "R000001", {"how": "officer"})]
    assert expected == told(town)


def test_a_number_that_is_nobodys_can_opt_out_too(town: Engine) -> None:
    assert opt_out(town, VAULT.lookup("+9990000000009"), NOW_US, "text", "webhook")
    assert [("webhook", "opted_out", "nobody in the list", {"how": "text"})] == told(town)
    assert (1, Counted(3, 1, 0, 4)) == (opted_out(town), count_residents(town))


def test_what_is_deleted_leaves_nothing_sealed_behind(town: Engine) -> None:
    reply(town, "a", "R000001")
    reply(town, "b", "R000002")
    assert 1 == delete_residents(town, {"R000001", "R000009"}, NOW_US, "li.wei")
    assert found(town) is None
    assert {"R000002", "R000004"} == {*column(town, RESIDENTS.c.resident)} == {*column(town, HOMES.c.resident)}
    assert [None, b"sealed"] == column(town, REPLIES.c.words, REPLIES.c.reply)
    assert [("li.wei", "resident_deleted", "R000001", {})] == told(town)


def test_after_the_event_all_are_deleted_with_the_words_of_all_replies(town: Engine) -> None:
    reply(town, "a", "R000001")
    reply(town, "b", "")
    opt_out(town, VAULT.lookup("+9990000000001"), NOW_US, "text", "webhook")
    assert 3 == delete_residents(town, None, NOW_US, "li.wei")
    assert Counted(0, 0, 0, 0) == count_residents(town)
    assert [None, None] == column(town, REPLIES.c.words, REPLIES.c.reply)
    assert 1 == opted_out(town)
    assert ("li.wei", "residents_deleted", "all", {"residents": 3}) == told(town)[-1]


def reply(engine: Engine, name: str, resident: str) -> None:
    with writing(engine) as connection:
        connection.execute(insert(REPLIES).values(reply=name, resident=resident, kind="other", received_us=1, words=b"sealed"))


def column(engine: Engine, wanted: Any, by: Any = None) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.scalars(select(wanted).order_by(wanted if by is None else by)))
