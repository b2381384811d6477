"""The demo's cameras keep what a real one would: a picture of each change of level, drawn from the true water, under its own digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from streams.camera.picture import decode
from streams.demo.cameras_look import CamerasLook, draw_seen
from streams.demo.scene_place import SIZE
from streams.observation.moments import MINUTE_US
from streams.pictures.shelf import Shelf, is_name
from streams.store.engine import open_store
from streams.store.reports_schema import STATION_PICTURES
from streams.store.station_pictures import newest_pictures
from tests.streams.towns import START_US, town

TRUTH = '{"start":"2026-07-14T08:00:00Z","end":"2026-07-14T09:00:00Z","step_s":600,"low_points":{"P0":{"depth_m":[0,0,0.1,0.3,0.3,0.3]}}}'
READ_M = (0.0, 0.0, 0.1, 0.31, 0.3, 0.29)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def cameras(engine: Engine, tmp_path: Path) -> CamerasLook:
    truth = tmp_path / "truth.json"
    truth.write_text(TRUTH, "utf-8")
    return CamerasLook(town(1), engine, truth, Shelf(tmp_path / "pictures"))


def see(engine: Engine, minute: int, depth_m: float, picture: str = "simulated:0a") -> None:
    """A camera's reading as the projector writes it."""
    row = {"station": "C0", "observed_us": START_US + minute * MINUTE_US, "low_point": "P0", "picture": picture}
    with engine.begin() as connection:
        connection.execute(insert(STATION_PICTURES), {**row, "depth_m": depth_m, "confidence": 0.8, "reading": f"C0/{minute}"})


def names(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(STATION_PICTURES.c.picture).order_by(STATION_PICTURES.c.observed_us)))


def test_a_change_of_level_is_drawn_and_no_reading_beside_it(engine: Engine, cameras: CamerasLook, tmp_path: Path) -> None:
    for number, depth_m in enumerate(READ_M):
        see(engine, number, depth_m)
        cameras.look()
    # the first, and the one at 31 cm, which is a level; water that only stands has twenty minutes between its pictures
    assert [True, False, False, True, False, False] == [is_name(name) for name in names(engine)]
    shelf = Shelf(tmp_path / "pictures")
    for name in filter(is_name, names(engine)):
        raw = shelf.get(name)
        assert raw is not None and SIZE == decode(raw).shape[1::-1]


def test_the_page_shows_the_newest_that_was_drawn(engine: Engine, cameras: CamerasLook) -> None:
    see(engine, 0, 0.4)
    cameras.look()
    see(engine, 1, 0.4)
    (shown,) = newest_pictures(engine, "P0", 0)
    assert (START_US, True) == (shown.observed_us, is_name(shown.picture))


def test_a_picture_that_was_really_taken_is_left_alone(engine: Engine, cameras: CamerasLook) -> None:
    see(engine, 0, 0.4, "https://camera.example/1.jpg")
    cameras.look()
    assert ["https://camera.example/1.jpg"] == names(engine) and 0 == cameras.drawn


def test_what_is_drawn_is_the_same_each_time_and_shows_the_water(tmp_path: Path) -> None:
    dry, again, wet = (draw_seen("C0", depth_m, 5000.0) for depth_m in (0.0, 0.0, 0.8))
    assert dry == again != wet
    below = slice(SIZE[1] // 2, None)
    assert abs(decode(dry)[below].astype(float) - decode(wet)[below]).mean() > 5
