"""Who was not reached is on the list for those who knock on doors, the most endangered first; and what is read of people is audited."""

from __future__ import annotations

import csv
import random
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from streams.delivery.lattice import AttemptState
from streams.people.details import Details
from streams.people.vault import PeopleVault, PeopleVaultError
from streams.store.audit import audit_rows
from streams.store.engine import writing
from streams.store.escalate import call_vulnerable
from streams.store.not_reached import READ, NotReached, count_not_reached, not_reached
from streams.store.not_reached_file import COLUMNS, floor_words, plain, write_not_reached
from streams.store.outbox import write_order
from streams.store.people_schema import OPT_OUTS, RESIDENTS
from tests.streams.store.posts import at, begin, say, settle_doors
from tests.streams.store.town import VAULT, order, settle


def ids(found: list[NotReached]) -> list[str]:
    return [one.resident for one in found]


STATES: list[tuple[AttemptState, str, str]] = [
    ("accepted", "", "the provider has it, there is no receipt"),
    ("sent", "", "sent, there is no receipt"),
    ("unknown", "timeout", "nobody can tell yet whether it went out"),
    ("failed", "30005", "failed: the number is nobody's"),
    ("refused", "30003", "waits to be sent: the telephone is off or out of reach"),
]


def test_whoever_has_no_receipt_is_named_with_the_reason(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 6)
    write_order(engine, order())
    jobs = begin(engine)
    for resident, (state, code, _) in zip(sorted(jobs), STATES, strict=False):
        say(engine, jobs[resident], state, code)
    say(engine, jobs["R000006"], "delivered")
    found = not_reached(engine)
    assert [f"R00000{number}" for number in range(1, 6)] == ids(found)
    assert [why for _, _, why in STATES] == [one.why for one in found]
    assert {("Z1", order().identifier, 3)} == {(one.zone, one.identifier, one.level) for one in found}


def test_who_cannot_or_will_not_be_texted_is_named(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, [",zh,Z1,,,a,", "+9990000000002,zh,Z1,,,b,"])
    with writing(engine) as connection:
        connection.execute(OPT_OUTS.insert().values(lookup=VAULT.lookup("+9990000000002"), since_us=1, how="text"))
    write_order(engine, order())
    assert [("R000001", "failed: has no telephone"), ("R000002", "not sent: has asked for no more texts")] == [
        (one.resident, one.why) for one in not_reached(engine)
    ]


def test_who_took_a_call_is_reached(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, [f"+999000000000{n},zh,Z1,-1,,a," for n in range(3)])
    write_order(engine, order(level=4))
    for job in begin(engine).values():
        say(engine, job, "sent")
    call_vulnerable(engine, at(100), 60)
    calls = begin(engine, 100, kind="voice")
    say(engine, calls["R000001"], "delivered")
    say(engine, calls["R000002"], "failed", "30005")
    assert [
        ("R000002", "sent, there is no receipt; call: failed: the number is nobody's"),
        ("R000003", "sent, there is no receipt; call: is being sent"),
    ] == [(one.resident, one.why) for one in not_reached(engine)]


def test_the_most_endangered_come_first(engine: Engine, tmp_path: Path) -> None:
    kinds = [(zone, floor, mobility) for zone in ("Z2", "Z1") for floor in ("-1", "0", "3") for mobility in ("needs_help", "slow", "walks")]
    numbered = list(enumerate(kinds))
    random.Random(1).shuffle(numbered)
    settle_doors(engine, tmp_path, [f"+99900000000{n:02d},zh,{zone},{floor},{mobility},a," for n, (zone, floor, mobility) in numbered])
    write_order(engine, order(level=3))
    write_order(engine, order(incident="b", zones=["Z2"], level=4))
    assert [(zone, int(floor), mobility) for zone, floor, mobility in kinds] == [
        (one.zone, one.floor, one.mobility) for one in not_reached(engine)
    ]
    assert {"Z1"} == {one.zone for one in not_reached(engine, zone="Z1")}


def test_what_is_over_or_was_never_out_asks_for_no_knocking(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z2"])
    write_order(engine, order(1, state="draft"))
    assert [] == not_reached(engine)
    write_order(engine, order(1))
    assert ["R000001"] == ids(not_reached(engine))
    say(engine, begin(engine)["R000001"], "sent")
    write_order(engine, order(2, "Cancel", state="draft"))
    assert ["R000001"] == ids(not_reached(engine))
    write_order(engine, order(3, "Cancel"))
    assert [] == not_reached(engine)


def test_a_raise_counts_anew(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"])
    write_order(engine, order(1))
    say(engine, begin(engine)["R000001"], "delivered")
    assert [] == not_reached(engine)
    write_order(engine, order(2, "Update", level=4))
    assert [("R000001", 4)] == [(one.resident, one.level) for one in not_reached(engine)]


def test_an_update_with_nothing_new_to_say_forgets_nobody(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1", "Z1"])
    write_order(engine, order(1, level=4))
    jobs = begin(engine)
    say(engine, jobs["R000001"], "delivered")
    say(engine, jobs["R000002"], "failed", "30005")
    write_order(engine, order(2, "Update", level=3, texts={}))
    assert [("R000002", 3, "failed")] == [(one.resident, one.level, one.state) for one in not_reached(engine)]


def test_who_was_to_be_told_by_another_zone_is_reached_by_it_or_named_at_both_doors(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, [f"+999000000000{n},zh,{zone},,,{zone}-{n}," for n in range(2) for zone in ("Z1", "Z2")])
    write_order(engine, order(1, level=4))
    write_order(engine, order(1, incident="b", zones=["Z2"]))
    say(engine, (jobs := begin(engine))["R000001"], "delivered")
    say(engine, jobs["R000003"], "sent")
    found = not_reached(engine, VAULT, by="li", now_us=at(0))
    assert [("R000003", "Z1", "sent"), ("R000003", "Z2", "suppressed")] == [(one.resident, one.zone, one.state) for one in found]
    assert {("Z1-1", "Z2-1")} == {one.details.addresses for one in found}


@pytest.mark.parametrize("seed", range(8))
def test_counts_are_those_of_the_list_whatever_became_of_the_texts(engine: Engine, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    homes = [(n, zone) for n in range(12) for zone in chance.sample(["Z1", "Z2"], chance.randint(1, 2))]
    rows = [f"+99900000000{n:02d},zh,{zone},{chance.choice(['', '-1'])},{chance.choice(['', 'slow'])},a," for n, zone in homes]
    settle_doors(engine, tmp_path, rows)
    write_order(engine, order(level=4))
    write_order(engine, order(incident="b", zones=["Z2"], level=chance.choice([3, 4])))
    for job in begin(engine).values():
        say(engine, job, *chance.choice([("delivered", ""), ("sent", ""), ("failed", "30005")]))  # type: ignore[arg-type]
    call_vulnerable(engine, at(100), 60)
    for job in begin(engine, 100, kind="voice").values():
        say(engine, job, *chance.choice([("delivered", ""), ("failed", "30005")]))  # type: ignore[arg-type]
    write_order(engine, order(2, "Update", level=4 if seed % 2 else 3, texts=chance.choice([{}, {"zh": "【T】水", "en": "T: Water"}])))
    found = [one.zone for one in not_reached(engine)]
    assert {zone: found.count(zone) for zone in sorted(set(found))} == count_not_reached(engine)


def test_of_those_who_are_not_listed_nothing_is_opened(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, [f"+999000000000{n},zh,Z1,{n},,{n} Low Road," for n in range(3)])
    write_order(engine, order())
    assert ["R000001", "R000002"] == ids(not_reached(engine, VAULT, by="li", now_us=at(0), most=2))
    assert [{"people": 2}] == [row.facts for row in audit_rows(engine) if row.act == READ]


def test_a_vault_opens_doors_and_without_one_nothing_personal_is_read(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, ["+9990000000001,zh,Z1,-1,slow,1 Low Road,Aunt Li", ",en,Z1,,,2 Low Road,"])
    write_order(engine, order())
    first, second = not_reached(engine, VAULT, by="li", now_us=at(0))
    assert (Details(("1 Low Road",), ("Aunt Li",)), "+9990000000001", False) == (first.details, first.phone, first.unreadable)
    assert (Details(("2 Low Road",)), "") == (second.details, second.phone)
    assert {(Details(), "")} == {(one.details, one.phone) for one in not_reached(engine)}
    assert not any(secret in repr([first, second]) for secret in ("Road", "Li", "+999"))


def test_reading_it_out_is_told_in_the_audit_and_never_of_whom(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, ["+9990000000001,zh,Z1,-1,slow,1 Low Road,Aunt Li", "+9990000000002,zh,Z2,,,2 Low Road,"])
    write_order(engine, order())
    not_reached(engine)
    not_reached(engine, VAULT, by="li", now_us=at(0))
    not_reached(engine, VAULT, by="wang", now_us=at(0), zone="Z2")
    told = [row for row in audit_rows(engine) if row.act == READ]
    assert [("li", "all zones", {"people": 1}), ("wang", "Z2", {"people": 0})] == [(row.actor, row.subject, row.facts) for row in told]
    with pytest.raises(ValueError, match="audit"):
        not_reached(engine, VAULT)


def test_another_key_opens_nothing_and_one_row_that_was_tampered_with_keeps_nobody_back(engine: Engine, tmp_path: Path) -> None:
    settle_doors(engine, tmp_path, [f"+999000000000{n},zh,Z1,{n},,{n} Low Road," for n in range(2)])
    write_order(engine, order())
    with pytest.raises(PeopleVaultError, match="another key"):
        not_reached(engine, PeopleVault.for_once(), by="li", now_us=at(0))
    with writing(engine) as connection:
        connection.execute(update(RESIDENTS).where(RESIDENTS.c.resident == "R000002").values(details=b"nonsense" * 9))
    first, second = not_reached(engine, VAULT, by="li", now_us=at(0))
    assert (("0 Low Road",), False, True) == (first.details.addresses, first.unreadable, second.unreadable)


def test_who_has_left_the_list_since_is_still_named(engine: Engine, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z2", "Z1"])
    write_order(engine, order())
    settle(engine, tmp_path, ["Z2"])
    assert [("R000002", None, "")] == [(one.resident, one.floor, one.phone) for one in not_reached(engine, VAULT, by="li", now_us=at(0))]


# the file


def one(**changes: object) -> NotReached:
    fields: dict[str, object] = {"resident": "R1", "zone": "Z1", "identifier": "o", "level": 4, "floor": -1, "mobility": "slow"}
    return NotReached(**{**fields, "state": "sent", "reason": "", **changes})  # type: ignore[arg-type]


def test_the_file_is_the_owner_s_alone_and_its_columns_are_named(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    details = Details(("低路 1, 2 号", "High Road"), ("Aunt Li",))
    assert 2 == write_not_reached(file, lambda: [one(details=details, phone="+9990000000001"), one(floor=None, unreadable=True)])
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    header, first, second = csv.reader(file.read_text("utf-8-sig").splitlines())
    assert list(COLUMNS) == header
    why = "sent, there is no receipt"
    assert ["Z1", "低路 1, 2 号; High Road", "basement 1", "slow", "Aunt Li", "'+9990000000001", "4", "sent", why, "R1"] == first
    assert ["(cannot be opened with this key)", ""] == second[1:3]


def test_a_file_that_is_there_stays_and_nothing_is_read(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("kept")
    with pytest.raises(FileExistsError):
        write_not_reached(file, lambda: pytest.fail("read"))
    assert "kept" == file.read_text()


def test_what_fails_leaves_no_file(tmp_path: Path) -> None:
    def fails() -> list[NotReached]:
        raise PeopleVaultError("another key")

    with pytest.raises(PeopleVaultError):
        write_not_reached(tmp_path / "list.csv", fails)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert f"'{cell}" == plain(cell)


@given(st.text(max_size=8))
def test_a_cell_is_itself_or_quoted_and_never_begins_a_formula(text: str) -> None:
    assert plain(text) in (text, f"'{text}")
    assert not plain(text).strip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(("floor", "words"), [(-2, "basement 2"), (0, "ground"), (12, "12"), (None, "")])
def test_floors_are_told_as_people_say_them(floor: int | None, words: str) -> None:
    assert words == floor_words(floor)
