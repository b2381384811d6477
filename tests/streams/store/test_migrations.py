"""A store that an older Lowpoint made opens as one of today, with what was in it."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from streams.store.engine import StoreError, open_store, reading, writing
from streams.store.migrations import upgrade
from streams.store.migrations.first import FIRST
from streams.store.outbox_schema import DISPATCHES, OUTBOX
from streams.store.people_schema import HOMES, RESIDENT_NUMBERS, RESIDENTS
from streams.store.tables import METADATA

ORDER = {"incident": "i", "version": 1, "msg_type": "Alert", "zone": "Z1", "level": 3, "state": "released", "issued_us": 1}
ROW = {"incident": "i", "version": 1, "channel": "sms", "language": "zh", "priority": 3, "reason": "x", "changed_us": 5, "owner": "o"}


def old_store(url: str) -> None:
    """What an older Lowpoint left behind."""
    engine = create_engine(url)
    FIRST.create_all(engine)
    with engine.begin() as connection:
        put(connection, "residents", resident="R000007", zone="Z1", language="zh")
        put(connection, "residents", resident="R000008", zone="Z2", language="en")
        put(connection, "orders", identifier="a", basis="measured", references=b"", texts=b"", expires_us=77, **ORDER)
        for identifier in ("a", "b"):  # of b, no order is there
            put(connection, "dispatches", identifier=identifier, rows=2, **ORDER)
        put(connection, "dispatch_texts", identifier="a", language="zh", text="t", segments=1)
        put(connection, "outbox", identifier="a", resident="R000007", state="sent", **ROW)
        put(connection, "outbox", identifier="a", resident="R000009", state="withdrawn", **ROW)
        put(connection, "outbox", identifier="a", resident="R000008", state="pending", **ROW)
        put(connection, "audit", number=1, at="t", actor="a", act="b", subject="c", detail="{}", previous="0", hash="1")
    engine.dispose()


def put(connection: Connection, table: str, **values: Any) -> None:
    connection.execute(insert(FIRST.tables[table]).values(**values))


def differences(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def rows(engine: Engine, *columns: Any) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0]))]


def versions(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(text("SELECT version_num FROM alembic_version")))


def open_in_a_process(url: str, together: Any) -> None:
    together.wait(30)
    open_store(url).dispose()


def test_an_old_store_gets_the_tables_of_today(store_url: str) -> None:
    old_store(store_url)
    engine = open_store(store_url)
    assert [] == differences(engine)
    assert {*METADATA.tables, "alembic_version"} == set(inspect(engine).get_table_names())
    assert [upgrade.HEAD] == versions(engine)
    engine.dispose()


def test_a_new_store_has_them_too_and_needs_no_step(engine: Engine) -> None:
    assert [] == differences(engine)
    assert [upgrade.HEAD] == versions(engine)


def test_the_last_step_is_the_version_of_today() -> None:
    assert upgrade.HEAD == ScriptDirectory.from_config(upgrade.alembic_config()).get_current_head()


def test_the_people_and_the_texts_of_an_old_store_are_kept(store_url: str) -> None:
    old_store(store_url)
    engine = open_store(store_url)
    assert [("R000007", "zh", 1, None, None, None), ("R000008", "en", 1, None, None, None)] == rows(engine, *RESIDENTS.c)
    assert [("R000007", "Z1", None, None, None, ""), ("R000008", "Z2", None, None, None, "")] == rows(engine, *HOMES.c)
    assert [("a", "Test", 77), ("b", "Test", 0)] == rows(engine, DISPATCHES.c.identifier, DISPATCHES.c.status, DISPATCHES.c.expires_us)
    kept = [(1, "R000007", "sent", 0, 0), (2, "R000009", "suppressed", 0, 0), (3, "R000008", "pending", 0, 0)]
    assert kept == rows(engine, OUTBOX.c.id, OUTBOX.c.resident, OUTBOX.c.state, OUTBOX.c.rank, OUTBOX.c.attempts)
    engine.dispose()


def test_no_id_of_an_old_store_is_given_again_not_even_one_that_only_the_outbox_knows(store_url: str) -> None:
    old_store(store_url)
    engine = open_store(store_url)
    assert [(1, 10)] == rows(engine, *RESIDENT_NUMBERS.c)
    engine.dispose()


def test_what_guarded_an_old_store_guards_it_still(store_url: str) -> None:
    old_store(store_url)
    engine = open_store(store_url)
    for forbidden in ("UPDATE outbox SET state = 'withdrawn'", "UPDATE outbox SET identifier = 'none'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError), writing(engine) as connection:
            connection.execute(text(forbidden))
    with writing(engine) as connection:  # and the row numbers go on
        row = {"identifier": "b", "resident": "R000007", "state": "unknown", **ROW, "version": 2}
        assert (4,) == connection.execute(insert(OUTBOX).values(**row)).inserted_primary_key
    engine.dispose()


def test_a_store_older_still_that_lacks_tables_gets_them(store_url: str) -> None:
    engine = create_engine(store_url)
    FIRST.tables["residents"].create(engine)
    engine.dispose()
    opened = open_store(store_url)
    assert [] == differences(opened)
    opened.dispose()


def test_a_database_with_tables_of_others_gets_ours_beside_them(store_url: str) -> None:
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE of_others (number INTEGER)"))
    engine.dispose()
    opened = open_store(store_url)
    assert {*METADATA.tables, "alembic_version", "of_others"} == set(inspect(opened).get_table_names())
    opened.dispose()


def test_processes_that_open_an_old_store_at_once_all_succeed(store_url: str) -> None:
    old_store(store_url)
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(3)
    processes = [spawn.Process(target=open_in_a_process, args=(store_url, together)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [0, 0, 0] == [process.exitcode for process in processes]
    engine = open_store(store_url)
    assert [] == differences(engine)
    assert 3 == len(rows(engine, OUTBOX.c.id))
    engine.dispose()


def test_a_step_that_fails_leaves_the_old_store_as_it_was(store_url: str) -> None:
    old_store(store_url)
    engine = create_engine(store_url)
    with engine.begin() as connection:  # in the way of the last thing that is made
        connection.execute(text("CREATE TABLE senders (number INTEGER)"))
    before = set(inspect(engine).get_table_names())
    with pytest.raises(DBAPIError):
        open_store(store_url)
    assert before == set(inspect(engine).get_table_names())
    with engine.begin() as connection:
        assert ["sent", "withdrawn", "pending"] == list(connection.scalars(text("SELECT state FROM outbox ORDER BY id")))
    engine.dispose()


def test_a_store_of_a_newer_lowpoint_is_refused_and_left_alone(store_url: str) -> None:
    engine = open_store(store_url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"9999.*a newer one made it"):
        open_store(store_url)
    assert ["9999"] == versions(engine)
    engine.dispose()
