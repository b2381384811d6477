"""A mark is another one after every commit, and the same one while nothing is written."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, insert

from streams.store.duty_schema import DUTY_LOG
from streams.store.engine import reading, writing
from streams.store.mark import ChangeMark

ROW = {"at_us": 1, "officer": "li", "kind": "note", "text": "x", "refers": ""}


def rests(mark: ChangeMark, engine: Engine | None = None) -> bool:
    """Whether it stays the same, a read in between or not; PostgreSQL may be tidying up once, but not each time."""
    return any(_same(mark, engine) for _ in range(50))


def _same(mark: ChangeMark, engine: Engine | None) -> bool:
    before = mark.read()
    if engine is not None:
        with reading(engine) as connection:
            connection.execute(DUTY_LOG.select()).all()
    return before == mark.read()


def test_a_mark_changes_with_every_commit_and_with_nothing_else(engine: Engine) -> None:
    mark = ChangeMark(engine)
    seen = [mark.read()]
    assert rests(mark)
    for _ in range(5):
        with writing(engine) as connection:
            connection.execute(insert(DUTY_LOG).values(**ROW))
        seen.append(mark.read())
        assert rests(mark, engine)
    assert 6 == len(set(seen))
    mark.close()


def test_what_another_process_would_commit_changes_it_too(engine: Engine) -> None:
    other = create_engine(engine.url)
    mark = ChangeMark(engine)
    before = mark.read()
    with other.connect() as connection:
        connection.execute(insert(DUTY_LOG).values(**ROW))
        connection.commit()
    assert before != mark.read()
    mark.close()
    other.dispose()


def test_after_its_connection_was_let_go_a_mark_is_another_one(engine: Engine) -> None:
    mark = ChangeMark(engine)
    before = mark.read()
    mark.close()
    if engine.dialect.name == "sqlite":
        assert before != mark.read()
    mark.close()
