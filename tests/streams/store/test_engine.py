"""The store opens anywhere, for several at once."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, inspect, make_url, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from streams import clock
from streams.store.engine import PATIENCE, StoreError, open_store, reading, writing
from streams.store.outbox_schema import DISPATCH_TEXTS
from streams.store.people_schema import OPT_OUTS
from streams.store.tables import METADATA

TABLES = {*METADATA.tables, "alembic_version"}


def test_opening_creates_every_table_and_opening_again_keeps_what_is_there(store_url: str) -> None:
    for expected in ([], [("L1", 1, "text")]):
        engine = open_store(store_url)
        assert TABLES == set(inspect(engine).get_table_names())
        with writing(engine) as connection:
            assert expected == [tuple(row) for row in connection.execute(select(OPT_OUTS))]
            if not expected:
                connection.execute(insert(OPT_OUTS).values(lookup="L1", since_us=1, how="text"))
        engine.dispose()


def test_several_that_open_a_new_store_at_once_all_succeed(store_url: str) -> None:
    together = threading.Barrier(8)

    def start() -> Engine:
        together.wait(10)
        return open_store(store_url)

    with ThreadPoolExecutor(8) as pool:
        engines = [job.result() for job in [pool.submit(start) for _ in range(8)]]
    for engine in engines:
        assert TABLES == set(inspect(engine).get_table_names())
        engine.dispose()


def test_several_writers_at_once_wait_for_each_other(store_url: str) -> None:
    def write(writer: int) -> None:
        engine = open_store(store_url)
        for number in range(30):
            with writing(engine) as connection:
                assert number == len(connection.execute(select(OPT_OUTS).where(OPT_OUTS.c.how == f"W{writer}")).all())
                connection.execute(insert(OPT_OUTS).values(lookup=f"L{writer}-{number}", since_us=1, how=f"W{writer}"))
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(write, writer) for writer in range(4)]:
            job.result()
    engine = open_store(store_url)
    with reading(engine) as connection:
        assert 120 == len(connection.execute(select(OPT_OUTS)).all())
    engine.dispose()


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    with writing(engine) as writer:
        writer.execute(insert(OPT_OUTS).values(lookup="L1", since_us=1, how="text"))
        with reading(engine) as reader:
            assert [] == reader.execute(select(OPT_OUTS)).all()


def test_a_transaction_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="halfway"), writing(engine) as connection:
        connection.execute(insert(OPT_OUTS).values(lookup="L1", since_us=1, how="text"))
        raise RuntimeError("halfway")
    with reading(engine) as connection:
        assert [] == connection.execute(select(OPT_OUTS)).all()


def test_references_hold_and_an_error_does_not_tell_what_was_written(engine: Engine) -> None:
    row = {"identifier": "nothing", "language": "en", "text": "secret", "segments": 1}
    with pytest.raises(IntegrityError) as raised, writing(engine) as connection:
        connection.execute(insert(DISPATCH_TEXTS).values(**row))
    assert "secret" not in str(raised.value)


def test_opening_a_store_of_today_asks_one_small_question_and_waits_for_no_writer(store_url: str) -> None:
    first = open_store(store_url)
    asked: list[str] = []

    def hear(*call: Any) -> None:
        asked.append(call[2])

    with writing(first) as writer:
        writer.execute(insert(OPT_OUTS).values(lookup="L1", since_us=1, how="text"))
        event.listen(Engine, "before_cursor_execute", hear)
        try:
            open_store(store_url).dispose()
        finally:
            event.remove(Engine, "before_cursor_execute", hear)
    assert ["alembic_version"] == [statement.split()[-1] for statement in asked if "alembic" in statement]
    assert [] == [statement for statement in asked if "CREATE" in statement or "IMMEDIATE" in statement]
    first.dispose()


def test_sqlite_writers_take_the_lock_at_once_and_readers_do_not(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'new' / 'folder' / 'store.db'}")
    begun: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: begun.append(call[2]))
    with writing(engine) as connection:
        assert ("wal", 30_000, 1) == tuple(
            connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "busy_timeout", "foreign_keys")
        )
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))
    assert ["BEGIN IMMEDIATE", "BEGIN"] == [statement for statement in begun if statement.startswith("BEGIN")]
    engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://user:pass@host/db", "sqlite://", "sqlite:///:memory:", "what+ever://x"])
def test_an_address_that_cannot_be_used_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(StoreError, match="sqlite:///FILE") as raised:
        open_store(url)
    assert "pass" not in str(raised.value)


def test_a_database_that_is_reached_and_says_nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a network that was cut: whoever waits for it for hours does not come back when it does."""
    monkeypatch.setitem(PATIENCE, "connect_timeout", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun_s = clock.monotonic_s()
        with pytest.raises(OperationalError):
            open_store(f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        assert clock.monotonic_s() - begun_s < 20


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_connection_whose_network_was_cut_is_given_up_soon_but_for_what_the_address_says(store_url: str) -> None:
    own = make_url(store_url).update_query_dict({"tcp_user_timeout": "7000"}).render_as_string(hide_password=False)
    for url, expected in ((store_url, "20000"), (own, "7000")):
        engine = open_store(url)
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            told = driver.info.get_parameters()
        engine.dispose()
        assert (expected, "5") == (told["tcp_user_timeout"], told["keepalives_idle"])
