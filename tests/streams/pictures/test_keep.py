"""A picture's file stands before its row does, and again is once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from streams.pictures.keep import keep_picture
from streams.pictures.shelf import Shelf, ShelfFull
from streams.store.engine import reading, writing
from streams.store.reports_schema import PICTURES
from tests.streams.pictures.made import name_of, taken


def rows(engine: Engine) -> list[dict[str, object]]:
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(select(PICTURES))]


def test_the_row_names_the_file_and_nothing_is_public_by_itself(engine: Engine, shelf: Shelf) -> None:
    with writing(engine) as connection:
        name = keep_picture(connection, shelf, taken(b"whole"), "report", 17)
    (row,) = rows(engine)
    assert (name, 0, 17, 5) == (row["picture"], row["public"], row["made_us"], row["bytes"])
    assert (name_of(b"whole"), b"whole") == (name, shelf.get(name))
    assert 1 == len(list(shelf.folder.rglob("*.jpg")))


def test_again_is_once_and_the_first_stands(engine: Engine, shelf: Shelf) -> None:
    for made_us in (17, 18):
        with writing(engine) as connection:
            keep_picture(connection, shelf, taken(b"whole"), "report", made_us)
    assert [17] == [row["made_us"] for row in rows(engine)]


def test_without_room_there_is_no_row(engine: Engine, tmp_path: Path) -> None:
    full = Shelf(tmp_path / "full", free_bytes=2**62)
    with pytest.raises(ShelfFull), writing(engine) as connection:
        keep_picture(connection, full, taken(b"whole"), "report", 17)
    assert [] == rows(engine)
