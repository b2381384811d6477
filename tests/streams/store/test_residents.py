"""Residents come in by a file, without what the texts do not need."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from streams.city.load import load_city
from streams.cli.residents import residents as command
from streams.demo.city import FOLDER
from streams.demo.residents import make_residents
from streams.store.engine import open_store, reading
from streams.store.residents import ImportedResidents, ResidentsError, import_residents
from streams.store.schema import RESIDENTS
from tests.streams.store.town import CITY, LIVE, people, write_csv


def stored(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as connection:
        return sorted((row.resident, row.zone, row.language) for row in connection.execute(select(RESIDENTS)))


def test_a_resident_is_known_by_the_number_of_the_row_and_not_by_what_the_register_says(engine: Engine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", ["410102199001011234,+9990000000001,zh,Z1", "A,bad,zh,Z1", "B,+9990000000002,en,Z2"])
    assert ImportedResidents(2, {"number_not_made_up_in_a_city_not_live": 1}) == import_residents(engine, file, CITY)
    assert [("R000001", "Z1", "zh"), ("R000003", "Z2", "en")] == stored(engine)


def test_importing_the_same_file_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", people(["Z1", "Z2", "Z1"]))
    first = import_residents(engine, file, CITY)
    before = stored(engine)
    assert (first, before) == (import_residents(engine, file, CITY), stored(engine))


def test_a_file_is_the_whole_list(engine: Engine, tmp_path: Path) -> None:
    import_residents(engine, write_csv(tmp_path / "r.csv", people(["Z1", "Z2"])), CITY)
    import_residents(engine, write_csv(tmp_path / "r.csv", people(["Z2"])), CITY)
    assert [("R000001", "Z2", "zh")] == stored(engine)


def test_a_file_with_nobody_in_it_empties_no_store(engine: Engine, tmp_path: Path) -> None:
    import_residents(engine, write_csv(tmp_path / "r.csv", people(["Z1"])), CITY)
    assert ImportedResidents(0, {"unknown_zone": 1}) == import_residents(engine, write_csv(tmp_path / "s.csv", people(["Z9"])), CITY)
    assert 1 == len(stored(engine))


def test_every_refused_row_is_counted_with_its_reason(engine: Engine, tmp_path: Path) -> None:
    rows = ["1,+9990000000001,zh,Z9", "2,+9990000000002,zh,Z1", "3,+9990000000002,zh,Z1", "4", "5,,zh,Z1", "6,+9990000000003,zh,Z1"]
    expected = ImportedResidents(2, {"number_not_made_up_in_a_city_not_live": 1, "repeated": 1, "unknown_zone": 2})
    assert expected == import_residents(engine, write_csv(tmp_path / "r.csv", rows), CITY)


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
        ("+8612", True, False),
        ("", True, False),
    ],
)
def test_a_city_not_live_knows_only_numbers_that_reach_nobody_and_a_live_one_refuses_them(
    tmp_path: Path, phone: str, live: bool, taken: bool
) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    done = import_residents(engine, write_csv(tmp_path / "r.csv", [f"1,{phone},zh,Z1"]), LIVE if live else CITY)
    assert (int(taken), int(not taken)) == (done.accepted, sum(done.refused.values()))
    engine.dispose()


@pytest.mark.parametrize(
    ("wished", "given"), [("zh", "zh"), ("en", "en"), ("EN", "en"), ("zh-CN", "zh"), ("en_GB", "en"), ("de", "zh"), ("", "zh")]
)
def test_a_language_without_texts_becomes_the_first_of_the_city(engine: Engine, tmp_path: Path, wished: str, given: str) -> None:
    import_residents(engine, write_csv(tmp_path / "r.csv", people(["Z1"], wished)), CITY)
    assert [("R000001", "Z1", given)] == stored(engine)


def test_columns_come_in_any_order_with_a_byte_order_mark_and_windows_line_ends(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_bytes("\ufeffzone_id,floor,language,phone\r\nZ1,-1,en,+9990000000001\r\n\r\n".encode())
    assert ImportedResidents(1, {}) == import_residents(engine, file, CITY)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no phone, language, zone_id"),
        (b"phone,zone_id\n", "no language"),
        ("phone,language,zone_id\n+9990000000001,中,Z1\n".encode("gbk"), "not UTF-8 at byte 38"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(tmp_path: Path, content: bytes, why: str) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    file = tmp_path / "r.csv"
    file.write_bytes(content)
    with pytest.raises(ResidentsError, match=why) as raised:
        import_residents(engine, file, CITY)
    assert "+999" not in str(raised.value)
    engine.dispose()


def test_twenty_thousand_residents_are_in_within_two_seconds(engine: Engine, tmp_path: Path) -> None:
    make_residents(FOLDER, tmp_path / "r.csv", 20_000)
    city = load_city(FOLDER)
    # processor time of this process, for other work on the machine is no fault of the import
    start_s = time.process_time()
    assert ImportedResidents(20_000, {}) == import_residents(engine, tmp_path / "r.csv", city)
    assert time.process_time() - start_s < 2.0


def test_the_command_tells_how_many_and_why_not(tmp_path: Path) -> None:
    make_residents(FOLDER, tmp_path / "r.csv", 20)
    with (tmp_path / "r.csv").open("a", encoding="utf-8") as file:
        file.write("R000021,+99900000x,zh,Z01\n")
    arguments = ["import", str(tmp_path / "r.csv"), "--city", str(FOLDER), "--store", f"sqlite:///{tmp_path / 'store.db'}"]
    done = CliRunner().invoke(command, arguments)
    assert (0, "20 residents") == (done.exit_code, done.stdout.splitlines()[-1])
    assert done.stderr.startswith("refused 1: ")
    assert "99900000x" not in done.output


@pytest.mark.parametrize("store", ["nonsense", "sqlite://"])
def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path, store: str) -> None:
    file = write_csv(tmp_path / "r.csv", people(["Z1"]))
    done = CliRunner().invoke(command, ["import", str(file), "--city", str(FOLDER), "--store", store])
    assert (1, 1) == (done.exit_code, len(done.output.splitlines()))
