"""The audit is written with the deed it tells, by one at a time, and shows what was done to it behind our back (law 8)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from streams.audit.chain import Broken, Fault, check
from streams.audit.lines import line_of
from streams.audit.row import NO_ROWS, AuditError, AuditRow, Deed, Head
from streams.cli.audit import audit as command
from streams.store.audit import append, audit_head, audit_rows
from streams.store.audit_schema import AUDIT, REFUSAL
from streams.store.engine import open_store, reading, writing
from streams.store.people_schema import RESIDENTS
from tests.streams.audit.deeds import AT, chain, deeds, forged, head_of


def tell(engine: Engine, *told: Deed) -> Head:
    with writing(engine) as connection:
        return append(connection, told)


def behind_our_back(engine: Engine, *statements: str) -> None:
    """As somebody who owns the database would do it: without the triggers."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        else:
            for trigger in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_rows_are_the_chain_of_the_deeds_however_they_came(engine: Engine) -> None:
    assert NO_ROWS == audit_head(engine)
    head = [tell(engine, *deeds(5)[:2]), tell(engine), tell(engine, *deeds(5)[2:])][-1]
    rows = list(audit_rows(engine))
    assert chain(deeds(5)) == rows
    assert head == head_of(rows) == audit_head(engine) == check(rows)


def test_what_is_read_back_is_what_was_told(engine: Engine) -> None:
    deed = Deed(AT, "李伟", "rejected", 'order "1"', {"why": "a\0b\n积水 😀", "n": 0.1, "deep": {"b": [None, True]}}, "k")
    tell(engine, deed)
    [row] = audit_rows(engine)
    assert deed == Deed(row.at, row.actor, row.act, row.subject, row.facts, row.key)


def test_a_deed_that_comes_again_under_its_key_is_told_once(engine: Engine) -> None:
    first, other, keyless = Deed(AT, "a", "signed", "s", {}, "k1"), Deed(AT, "a", "signed", "s", {}, "k2"), Deed(AT, "a", "looked", "s")
    tell(engine, first, first, keyless)
    head = tell(engine, other, msgspec.structs.replace(first, actor="b"), keyless)
    rows = list(audit_rows(engine))
    assert [("a", "k1"), ("a", None), ("a", "k2"), ("a", None)] == [(row.actor, row.key) for row in rows]
    assert head == tell(engine, first, other) == check(rows)


def test_a_deed_that_fails_leaves_no_row_and_a_row_that_fails_no_deed(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as connection:
        append(connection, deeds(1))
        raise RuntimeError
    assert [] == list(audit_rows(engine))
    with pytest.raises(AuditError), writing(engine) as connection:
        connection.execute(insert(RESIDENTS).values(resident="R1", language="zh"))
        append(connection, [Deed("no time", "a", "b", "c")])
    with reading(engine) as connection:
        assert [] == connection.execute(select(RESIDENTS)).all()


def test_many_writers_at_once_make_one_whole_chain(store_url: str) -> None:
    together = threading.Barrier(6)

    def write(writer: int) -> None:
        engine = open_store(store_url)
        together.wait(10)
        for number in range(10):
            shared, own = Deed(AT, "rule", "released", "order", {}, f"shared-{number}"), Deed(AT, f"w{writer}", "signed", f"order-{number}")
            tell(engine, shared, own)
        engine.dispose()

    with ThreadPoolExecutor(6) as pool:
        for job in [pool.submit(write, writer) for writer in range(6)]:
            job.result()
    engine = open_store(store_url)
    rows = list(audit_rows(engine))
    assert 70 == len(rows)
    assert head_of(rows) == check(rows)
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'x' WHERE number = 2",
        "UPDATE audit SET actor = actor",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit",
    ],
)
def test_the_database_refuses_to_change_rows(engine: Engine, statement: str) -> None:
    tell(engine, *deeds(3))
    with pytest.raises(IntegrityError, match=REFUSAL), writing(engine) as connection:
        connection.execute(text(statement))
    assert chain(deeds(3)) == list(audit_rows(engine))


def test_the_database_refuses_to_replace_rows(engine: Engine) -> None:
    told = [msgspec.structs.replace(deed, key=deed.subject) for deed in deeds(3)]
    tell(engine, *told)
    into = "INTO audit (number, at, actor, act, subject, detail, key, previous, hash) VALUES"
    by_number, by_key = "(2, '', '', '', '', '', 'new', '', '')", "(4, '', '', '', '', '', 'order-2', '', '')"
    replacing = {
        "sqlite": [f"INSERT OR REPLACE {into} {by_number}", f"INSERT OR REPLACE {into} {by_key}"],
        "postgresql": [f"INSERT {into} {by_number} ON CONFLICT (number) DO UPDATE SET actor = 'x'", "TRUNCATE audit"],
    }
    for statement in replacing[engine.dialect.name]:
        with pytest.raises(IntegrityError, match=REFUSAL), writing(engine) as connection:
            connection.execute(text(statement))
    assert chain(told) == list(audit_rows(engine))


def test_a_store_that_is_opened_again_still_refuses(store_url: str) -> None:
    for _ in range(2):
        engine = open_store(store_url)
        tell(engine, *deeds(1))
        with pytest.raises(IntegrityError, match=REFUSAL), writing(engine) as connection:
            connection.execute(text("DELETE FROM audit"))
        engine.dispose()


@pytest.mark.parametrize(
    ("statement", "number", "fault"),
    [
        ("UPDATE audit SET actor = 'x' WHERE number = 3", 3, Fault.CHANGED),
        ("UPDATE audit SET detail = detail || ' ' WHERE number = 3", 3, Fault.CHANGED),
        ("UPDATE audit SET key = 'k' WHERE number = 5", 5, Fault.CHANGED),
        ("DELETE FROM audit WHERE number = 2", 2, Fault.MISSING),
        ("UPDATE audit SET number = 20 WHERE number = 2", 2, Fault.MISSING),
        ("DELETE FROM audit WHERE number > 3", 4, Fault.CUT),
        ("DELETE FROM audit", 1, Fault.CUT),
    ],
)
def test_what_is_done_behind_our_back_is_found(engine: Engine, statement: str, number: int, fault: Fault) -> None:
    head = tell(engine, *deeds(5))
    behind_our_back(engine, statement)
    found = check(audit_rows(engine), head)
    assert isinstance(found, Broken)
    assert (number, fault) == (found.number, found.fault)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    column=st.sampled_from(["at", "actor", "act", "subject", "detail", "previous", "hash"]),
    row=st.integers(1, 4),
    place=st.integers(0, 999),
    by=st.integers(1, 255),
)
def test_any_byte_that_is_changed_in_an_sqlite_file_is_found(tmp_path: Path, column: str, row: int, place: int, by: int) -> None:
    file = tmp_path / "one.db"
    engine = open_store(f"sqlite:///{file}")
    if audit_head(engine) == NO_ROWS:
        tell(engine, *deeds(4))
        behind_our_back(engine)
    with writing(engine) as connection:
        before = connection.exec_driver_sql(f"SELECT CAST({column} AS BLOB) FROM audit WHERE number = {row}").scalar_one()
        place %= len(before)
        after = before[:place] + bytes([before[place] ^ by]) + before[place + 1 :]
        set_to = f"UPDATE audit SET {column} = CAST(? AS TEXT) WHERE number = {row}"
        connection.exec_driver_sql(set_to, (after,))
    found = check(audit_rows(engine))
    with writing(engine) as connection:
        connection.exec_driver_sql(set_to, (before,))
    assert isinstance(found, Broken)
    assert (row, Fault.CHANGED) == (found.number, found.fault)
    assert head_of(chain(deeds(4))) == check(audit_rows(engine))
    engine.dispose()


def test_a_chain_that_was_computed_anew_is_found_by_its_head_alone(engine: Engine) -> None:
    head = tell(engine, *deeds(3))
    behind_our_back(engine, "DELETE FROM audit")
    tell(engine, *(msgspec.structs.replace(deed, actor="x") for deed in deeds(3)))
    assert isinstance(check(audit_rows(engine)), Head)
    found = check(audit_rows(engine), head)
    assert isinstance(found, Broken)
    assert Fault.FORGED == found.fault


def test_many_rows_are_read_without_missing_one(engine: Engine) -> None:
    head = tell(engine, *(Deed(AT, "rule", "texted", f"order-{number}", {"recipients": number}, f"k{number}") for number in range(12_000)))
    assert head == check(audit_rows(engine))
    assert head == tell(engine, *(Deed(AT, "rule", "texted", "again", {}, f"k{number}") for number in range(12_000)))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_the_commands_tell_of_a_whole_audit(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    head = tell(engine, *deeds(4))
    engine.dispose()
    file, kept = tmp_path / "audit.ndjson", tmp_path / "heads"
    assert f"{head}\n" == run("head", "--store", store_url).stdout == run("export", file, "--store", store_url).stdout
    assert b"".join(map(line_of, chain(deeds(4)))) == file.read_bytes()
    kept.write_text(f"{head_of(chain(deeds(2)))}\n\n{head}\n", "utf-8")
    for way in (("--store", store_url), ("--file", file)):
        for with_head in ((), ("--head", head), ("--head", kept)):
            done = run("verify", *way, *with_head)
            assert (0, f"whole: 4 rows, head {head}\n") == (done.exit_code, done.stdout)
            assert ("cut off" in done.stderr) == (not with_head)


def test_the_commands_name_the_first_broken_row(store_url: str, tmp_path: Path) -> None:
    engine = open_store(store_url)
    head = tell(engine, *deeds(9))
    behind_our_back(engine, "DELETE FROM audit WHERE number > 7")
    engine.dispose()
    file = tmp_path / "audit.ndjson"
    run("export", file, "--store", store_url)
    for way in (("--store", store_url), ("--file", file)):
        assert 0 == run("verify", *way).exit_code
        done = run("verify", *way, "--head", head)
        assert (1, "") == (done.exit_code, done.stdout)
        assert "row 8 and all after it were cut off: the audit ends with row 7, but a head of row 9 was exported" in done.stderr
    file.write_bytes(file.read_bytes().replace(b"order-4", b"order-5"))
    done = run("verify", "--file", file)
    assert (1, True) == (done.exit_code, "row 4 was changed" in done.stderr)


def test_what_cannot_be_looked_at_is_no_finding(tmp_path: Path) -> None:
    missing, there, garbage = tmp_path / "missing", tmp_path / "there", tmp_path / "garbage"
    there.write_bytes(b"")
    garbage.write_bytes(b"no database " * 1000)
    for arguments in (
        ("verify",),
        ("verify", "--store", f"sqlite:///{missing}", "--file", there),
        ("verify", "--store", f"sqlite:///{missing}"),
        ("verify", "--store", "nonsense"),
        ("verify", "--store", f"sqlite:///{garbage}"),
        ("verify", "--store", "postgresql+psycopg://lowpoint@/nothing?host=/nowhere"),
        ("verify", "--file", missing),
        ("verify", "--file", there, "--head", "12 abc"),
        ("verify", "--file", there, "--head", missing),
        ("verify", "--file", there, "--head", there),
        ("head", "--store", f"sqlite:///{missing}"),
        ("export", tmp_path / "out", "--store", f"sqlite:///{missing}"),
    ):
        done = run(*arguments)
        assert (2, "") == (done.exit_code, done.stdout), arguments
        assert done.exception is None or isinstance(done.exception, SystemExit)
    assert {"there", "garbage"} == {path.name for path in tmp_path.iterdir()}


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'store.db'}").dispose()
    done = run("export", tmp_path / "no" / "folder", "--store", f"sqlite:///{tmp_path / 'store.db'}")
    assert 1 == done.exit_code
    assert "No such file" in done.stderr


def test_the_table_has_what_a_row_has() -> None:
    assert list(AuditRow.__struct_fields__) == [column.name for column in AUDIT.columns]
    assert forged(chain(deeds(1))[0]) == chain(deeds(1))[0]
