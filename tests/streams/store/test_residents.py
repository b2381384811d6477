"""Residents come in by a file; what tells who they are lies sealed, and an id is one person's for ever."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from streams.city.load import load_city
from streams.demo.city import FOLDER
from streams.demo.residents import make_residents
from streams.people.details import Details, unseal_details
from streams.people.vault import PeopleVault, PeopleVaultError
from streams.store.audit import audit_rows
from streams.store.engine import open_store, reading, writing
from streams.store.people import people_by_zone
from streams.store.people_schema import HOMES, OPT_OUTS, RESIDENTS
from streams.store.residents import ImportedResidents, ResidentsError, import_residents
from streams.store.residents_changes import delete_residents
from streams.store.residents_key import check_people_key
from streams.store.residents_known import find_resident
from streams.store.residents_opt_outs import opt_out
from streams.store.tables import METADATA
from tests.streams.store.town import CITY, LIVE, people, write_csv

VAULT, OTHER = PeopleVault(b"a" * 32), PeopleVault(b"b" * 32)
ALL = "resident_id,phone,language,zone_id,lon,lat,floor,mobility,address,contact"


def stored(engine: Engine) -> list[tuple[str, str, str]]:
    both = select(RESIDENTS.c.resident, HOMES.c.zone, RESIDENTS.c.language).select_from(RESIDENTS.join(HOMES))
    with reading(engine) as connection:
        return sorted(tuple(row) for row in connection.execute(both))


def of_table(engine: Engine, *columns: Any) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        return sorted(tuple(row) for row in connection.execute(select(*columns)))


def bring(engine: Engine, folder: Path, *rows: str, header: str = ALL, vault: PeopleVault | None = VAULT) -> ImportedResidents:
    return import_residents(engine, write_csv(folder / "r.csv", rows, header), CITY, vault)


def id_of(engine: Engine, phone: str) -> str | None:
    found = find_resident(engine, VAULT.lookup(phone))
    return found.resident if found else None


# --- a list


def test_a_resident_is_known_by_the_number_of_the_row_and_not_by_what_the_register_says(engine: Engine, tmp_path: Path) -> None:
    rows = ["410102199001011234,+9990000000001,zh,Z1", "A,bad,zh,Z1", "B,+9990000000002,en,Z2"]
    expected = ImportedResidents(2, {"number_not_made_up_in_a_city_not_live": 1})
    assert expected == bring(engine, tmp_path, *rows)
    assert [("R000001", "Z1", "zh"), ("R000003", "Z2", "en")] == stored(engine)


def test_a_replay_gets_the_same_ids_and_keeps_no_number_address_or_contact(engine: Engine, tmp_path: Path) -> None:
    rows = ["x,+9990000000001,zh,Z1,,,,,Road 1,Li", "y,,zh,Z1,,,,,Road 2,", "z,+9990000000001,zh,Z2", "z,+9990000000001,en,Z2"]
    expected = ImportedResidents(2, {"repeated": 1}, {"no_phone": 1, "second_home": 1})
    assert expected == bring(engine, tmp_path, *rows, vault=None)
    assert [("R000001", "Z1", "zh"), ("R000001", "Z2", "zh"), ("R000002", "Z1", "zh")] == stored(engine)
    assert {(None, None, None)} == set(of_table(engine, RESIDENTS.c.lookup, RESIDENTS.c.phone, RESIDENTS.c.details))
    assert [("R000001", 1), ("R000002", 0)] == of_table(engine, RESIDENTS.c.resident, RESIDENTS.c.reachable)


def test_importing_the_same_file_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    rows = [*people(["Z1", "Z2", "Z1"]), "n,,zh,Z1,,,,,Road 1,"]
    first = bring(engine, tmp_path, *rows)
    before = stored(engine), of_table(engine, *RESIDENTS.c)
    assert first == bring(engine, tmp_path, *rows)
    assert before == (stored(engine), of_table(engine, *RESIDENTS.c))


def test_a_file_is_the_whole_list(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1", "Z2"]))
    bring(engine, tmp_path, people(["Z1", "Z2"])[1])
    assert [("R000002", "Z2", "zh")] == stored(engine)


def test_a_file_with_nobody_in_it_empties_no_store(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1"]))
    assert ImportedResidents(0, {"unknown_zone": 1}) == bring(engine, tmp_path, *people(["Z9"]))
    assert 1 == len(stored(engine))


def test_a_file_that_breaks_off_halfway_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1"]))
    file = write_csv(tmp_path / "s.csv", people(["Z2"] * 6000))
    with file.open("ab") as out:
        out.write("1,+9990000000001,中,Z1\n".encode("gbk"))
    with pytest.raises(ResidentsError, match="not UTF-8 at byte"):
        import_residents(engine, file, CITY, VAULT)
    assert [("R000001", "Z1", "zh")] == stored(engine)


def test_every_refused_row_is_counted_with_its_reason(engine: Engine, tmp_path: Path) -> None:
    rows = [
        "1,+9990000000001,zh,Z9",
        "2,+9990000000002,zh,Z1",
        "3,+9990000000002,zh,Z1",
        "4",
        "5,,zh,Z1",
        "6,+9990000000003,zh,Z1",
        "7,1,zh,Z1",
    ]
    refused = {"no_phone_no_address": 1, "number_not_made_up_in_a_city_not_live": 1, "repeated": 1, "unknown_zone": 2}
    assert ImportedResidents(2, refused) == bring(engine, tmp_path, *rows)


@pytest.mark.parametrize(
    ("phone", "live", "taken"),
    [
        ("+9990000000001", False, True),
        ("+15005550006", False, True),
        ("+999000000000a", False, False),
        ("+999٠٠٠٠٠٠٠", False, False),
        ("+999", False, False),
        ("9990000000001", False, False),
        ("+9990000000001", True, False),
        ("+15005550006", True, False),
        ("+1 (500) 555-0006", True, False),
        ("+1 500 555 0006", False, False),
        ("+8612", True, False),
        ("", True, False),
    ],
)
def test_a_city_not_live_knows_only_numbers_that_reach_nobody_and_a_live_one_refuses_them(
    tmp_path: Path, phone: str, live: bool, taken: bool
) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    done = import_residents(engine, write_csv(tmp_path / "r.csv", [f"1,{phone},zh,Z1"]), LIVE if live else CITY, VAULT)
    assert (int(taken), int(not taken)) == (done.accepted, sum(done.refused.values()))
    engine.dispose()


@pytest.mark.parametrize(
    ("wished", "given"), [("zh", "zh"), ("en", "en"), ("EN", "en"), ("zh-CN", "zh"), ("en_GB", "en"), ("de", "zh"), ("", "zh")]
)
def test_a_language_without_texts_becomes_the_first_of_the_city(engine: Engine, tmp_path: Path, wished: str, given: str) -> None:
    bring(engine, tmp_path, *people(["Z1"], wished))
    assert [("R000001", "Z1", given)] == stored(engine)


def test_columns_come_in_any_order_with_a_byte_order_mark_and_windows_line_ends(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_bytes("\ufeffzone_id,floor,language,phone\r\nZ1,-1,en,+9990000000001\r\n\r\n".encode())
    assert ImportedResidents(1, {}) == import_residents(engine, file, CITY, VAULT)
    assert [("R000001", "Z1", None, None, -1, "")] == of_table(engine, *HOMES.c)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no phone, language, zone_id"),
        (b"phone,zone_id\n", "no language"),
        ("phone,language,zone_id\n+9990000000001,中,Z1\n".encode("gbk"), "not UTF-8 at byte 38"),
        (b"phone,language,zone_id\n+9990000000001,zh," + b"Z" * 200_000 + b"\n", "line 2: not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(tmp_path: Path, content: bytes, why: str) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    file = tmp_path / "r.csv"
    file.write_bytes(content)
    with pytest.raises(ResidentsError, match=why) as raised:
        import_residents(engine, file, CITY, VAULT)
    assert "+999" not in str(raised.value)
    engine.dispose()


# --- a person and their homes


def test_rows_of_one_number_are_one_person_with_several_homes(engine: Engine, tmp_path: Path) -> None:
    rows = ["1,+9990000000001,zh,Z1,,,3,slow,Road 1,Li", "2,+9990000000001,en,Z2,113.5,34.5,-1,walks,Road 2,Li", "3,+9990000000002,en,Z2"]
    assert ImportedResidents(2, {}, {"second_home": 1}) == bring(engine, tmp_path, *rows)
    assert [
        ("R000001", "Z1", None, None, 3, "slow"),
        ("R000001", "Z2", 113.5, 34.5, -1, "walks"),
        ("R000003", "Z2", None, None, None, ""),
    ] == of_table(engine, *HOMES.c)
    assert [("R000001", "zh"), ("R000003", "en")] == of_table(engine, RESIDENTS.c.resident, RESIDENTS.c.language)
    assert {"Z1": 1, "Z2": 2} == people_by_zone(engine, {"Z1", "Z2", "Z9"})
    (sealed,) = (details for resident, details in of_table(engine, RESIDENTS.c.resident, RESIDENTS.c.details) if resident == "R000001")
    assert Details(("Road 1", "Road 2"), ("Li",)) == unseal_details(VAULT, "R000001", sealed)


def test_a_second_home_far_down_the_file_is_still_the_same_persons(engine: Engine, tmp_path: Path) -> None:
    rows = [*people(["Z1"] * 6000), "x,+9990000000001,zh,Z2,,,,,Road 2,", "x,+9990000000001,zh,Z1", "x,+9990000000002,zh,Z1"]
    for _ in range(2):
        expected = ImportedResidents(6000, {"repeated": 2}, {"second_home": 1})
        assert expected == bring(engine, tmp_path, *rows)
        assert [("R000001", "Z1", "zh"), ("R000001", "Z2", "zh"), ("R000002", "Z1", "zh")] == stored(engine)[:3]
    assert 6001 == len(stored(engine))


def test_who_has_no_telephone_is_taken_with_an_address_or_a_contact(engine: Engine, tmp_path: Path) -> None:
    rows = [
        "1,,zh,Z1,,,,,Road 1,",
        "2,,zh,Z1,,,,,,the caretaker",
        "2,,zh,Z2,,,,,,the caretaker",
        ",,zh,Z1,,,,,Road 1,",
        ",,zh,Z1,,,,,Road 1,",
    ]
    assert ImportedResidents(3, {"repeated": 1}, {"no_phone": 3, "second_home": 1}) == bring(engine, tmp_path, *rows)
    assert {(0, None)} == set(of_table(engine, RESIDENTS.c.reachable, RESIDENTS.c.phone))
    before = stored(engine)
    bring(engine, tmp_path, *reversed(rows))
    assert {resident for resident, _, _ in before} == {resident for resident, _, _ in stored(engine)}


@pytest.mark.parametrize(
    ("place", "note"),
    [
        ("113.5,,,", "position_unknown"),
        ("181,0,,", "position_unknown"),
        ("nan,nan,,", "position_unknown"),
        ("inf,0,,", "position_unknown"),
        ("here,0,,", "position_unknown"),
        (",,B1,", "floor_unknown"),
        (",,1.5,", "floor_unknown"),
        (",,9999,", "floor_unknown"),
        (",,１,", "floor_unknown"),
        (",,,flies", "mobility_unknown"),
    ],
)
def test_nobody_is_lost_for_a_bad_position_floor_or_mobility(engine: Engine, tmp_path: Path, place: str, note: str) -> None:
    assert ImportedResidents(1, {}, {note: 1}) == bring(engine, tmp_path, f"1,+9990000000001,zh,Z1,{place}")
    assert [("R000001", "Z1", None, None, None, "")] == of_table(engine, *HOMES.c)


# --- ids


def test_who_was_known_keeps_the_id_whatever_row_they_come_in(engine: Engine, tmp_path: Path) -> None:
    a, b, c = people(["Z1", "Z1", "Z2"])
    bring(engine, tmp_path, a, b)
    bring(engine, tmp_path, c, b.replace("zh", "en"), a.replace("Z1", "Z2"))
    assert [("R000001", "Z2", "zh"), ("R000002", "Z1", "en"), ("R000003", "Z2", "zh")] == stored(engine)


def test_nobody_gets_an_id_that_another_had(engine: Engine, tmp_path: Path) -> None:
    a, b, c = people(["Z1"] * 3)
    bring(engine, tmp_path, a, b)
    bring(engine, tmp_path, a)
    bring(engine, tmp_path, c, a, b)
    ids = [id_of(engine, f"+999000000000{number}") for number in (1, 2, 3)]
    assert "R000001" == ids[0]
    assert {"R000001", "R000002"}.isdisjoint(ids[1:])
    assert 3 == len(set(ids))


def test_who_was_deleted_comes_back_as_somebody_new(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1", "Z1"]))
    delete_residents(engine, None, 1, "test")
    bring(engine, tmp_path, *people(["Z1", "Z1"]))
    assert [("R000003", "Z1", "zh"), ("R000004", "Z1", "zh")] == stored(engine)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists=st.lists(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["Z1", "Z2"])), min_size=1, max_size=8), max_size=5))
def test_over_all_lists_an_id_is_one_persons_and_a_person_who_stays_keeps_it(tmp_path: Path, lists: list[list[tuple[int, str]]]) -> None:
    engine = open_store(f"sqlite:///{tmp_path / f'{time.monotonic_ns()}.db'}")
    owner: dict[str, int] = {}
    before: dict[int, str | None] = {}
    for people_now in lists:
        bring(engine, tmp_path, *(f",+999000000000{person},zh,{zone}" for person, zone in people_now))
        now = {person: id_of(engine, f"+999000000000{person}") for person, _ in people_now}
        assert {(now[person], zone, "zh") for person, zone in people_now} == set(stored(engine))
        for person, resident in now.items():
            assert person == owner.setdefault(str(resident), person)
            assert before.get(person, resident) == resident
        before = now
    engine.dispose()


# --- keys, and what is stored


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(10**9, 10**10 - 1), min_size=1, max_size=20, unique=True))
def test_no_stored_byte_holds_a_number_an_address_or_a_contact(tmp_path: Path, numbers: list[int]) -> None:
    folder = tmp_path / str(time.monotonic_ns())
    engine = open_store(f"sqlite:///{folder / 'store.db'}")
    bring(engine, tmp_path, *(f"register-{n},+999{n},zh,Z1,,,,,Road of {n},friend-{n}" for n in numbers))
    opt_out(engine, VAULT.lookup(f"+999{numbers[0]}"), 1, "text", "test")
    with reading(engine) as connection:
        cells = [str(cell).encode() for table in METADATA.sorted_tables for row in connection.execute(select(table)) for cell in row]
    engine.dispose()
    written = b"".join([*cells, *(file.read_bytes() for file in folder.iterdir())])
    for secret in (b"register-", b"Road of", b"friend-", *(str(n).encode() for n in numbers)):
        assert secret not in written


def test_a_number_opens_for_its_own_resident_only(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1", "Z1"]))
    kept = {resident: bytes(sealed) for resident, sealed in of_table(engine, RESIDENTS.c.resident, RESIDENTS.c.phone)}
    assert "+9990000000002" == VAULT.unseal("R000002", kept["R000002"])
    with pytest.raises(PeopleVaultError):
        VAULT.unseal("R000001", kept["R000002"])


def test_another_key_is_refused_before_anything_changes(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1"]))
    before = of_table(engine, *RESIDENTS.c)
    for vault in (OTHER, None):
        with pytest.raises(PeopleVaultError, match="another key"):
            bring(engine, tmp_path, *people(["Z2", "Z2"]), vault=vault)
    with pytest.raises(PeopleVaultError, match="another key"):
        check_people_key(engine, OTHER)
    check_people_key(engine, VAULT)
    assert before == of_table(engine, *RESIDENTS.c)


def test_another_key_is_refused_too_where_only_those_who_opted_out_are_left(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1"]))
    opt_out(engine, VAULT.lookup("+9990000000001"), 1, "text", "test")
    delete_residents(engine, None, 1, "test")
    with pytest.raises(PeopleVaultError, match="another key"):
        bring(engine, tmp_path, *people(["Z1"]), vault=OTHER)


def test_who_opted_out_stays_so_over_an_import_and_a_deletion(engine: Engine, tmp_path: Path) -> None:
    lookup = VAULT.lookup("+9990000000001")
    bring(engine, tmp_path, *people(["Z1", "Z1"]))
    opt_out(engine, lookup, 5, "text", "test")
    bring(engine, tmp_path, people(["Z1", "Z1"])[1])
    bring(engine, tmp_path, *people(["Z1", "Z1"]))
    delete_residents(engine, None, 6, "test")
    bring(engine, tmp_path, *people(["Z1", "Z1"]))
    assert [(lookup, 5, "text")] == of_table(engine, *OPT_OUTS.c)
    found = find_resident(engine, lookup)
    assert found is not None
    assert found.opted_out


def test_people_of_a_store_from_before_there_were_numbers_are_replaced_and_their_ids_are_not_given_again(
    engine: Engine, tmp_path: Path
) -> None:
    bring(engine, tmp_path, *people(["Z1", "Z1"]), vault=None)
    bring(engine, tmp_path, *people(["Z1", "Z1"]))
    assert [("R000003", "Z1", "zh"), ("R000004", "Z1", "zh")] == stored(engine)


def test_an_import_stands_in_the_audit_with_counts_only(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1", "Z1"]))
    import_residents(engine, write_csv(tmp_path / "r.csv", people(["Z2"])), CITY, VAULT, 1_000_000, "li.wei")
    (row,) = audit_rows(engine)
    assert ("li.wei", "residents_imported", CITY.name) == (row.actor, row.act, row.subject)
    assert {"accepted": 1, "refused": 0, "taken_out": 1} == row.facts


def test_a_reader_sees_the_old_list_until_the_new_one_is_whole(engine: Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, *people(["Z1"]))
    with reading(engine) as reader, writing(engine) as writer:
        writer.execute(insert(RESIDENTS).values(resident="x", language="zh"))
        assert ["R000001"] == list(reader.scalars(select(RESIDENTS.c.resident)))


def test_twenty_thousand_residents_are_in_within_two_seconds(engine: Engine, tmp_path: Path) -> None:
    make_residents(FOLDER, tmp_path / "r.csv", 20_000)
    city = load_city(FOLDER)
    # processor time of this process, for other work on the machine is no fault of the import
    start_s = time.process_time()
    assert ImportedResidents(20_000, {}) == import_residents(engine, tmp_path / "r.csv", city, VAULT)
    assert time.process_time() - start_s < 2.0


def test_a_quotation_mark_that_stands_alone_swallows_nobody(engine: Engine, tmp_path: Path) -> None:
    rows = [f"X{number},+999{number:010d},zh,Z1" for number in range(1, 101)]
    rows[10], rows[60] = f'"{rows[10]}', f'{rows[60]}"'
    with pytest.raises(ResidentsError, match="quotation mark"):
        import_residents(engine, write_csv(tmp_path / "r.csv", rows), CITY, VAULT)


def test_half_a_file_empties_no_city(engine: Engine, tmp_path: Path) -> None:
    rows = [f"X{number},+999{number:010d},zh,Z1" for number in range(1, 101)]
    import_residents(engine, write_csv(tmp_path / "r.csv", rows), CITY, VAULT)
    with pytest.raises(ResidentsError, match="99 residents"):
        import_residents(engine, write_csv(tmp_path / "r.csv", rows[:1]), CITY, VAULT, most_gone=0.1)
    assert {"taken_out": 99} == import_residents(engine, write_csv(tmp_path / "r.csv", rows[:1]), CITY, VAULT).notes
