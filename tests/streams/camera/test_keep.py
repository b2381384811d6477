"""Kept pictures: of each change of level, without metadata, named by their hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from streams.camera.keep import Changes, Shelf, encode
from streams.camera.picture import Reading, decode

MINUTE_US = 60_000_000
LEVELS_M = (0.15, 0.27, 0.4, 0.6)


def kept(depths_m: list[float], every_min: int = 10) -> list[int]:
    changes = Changes(LEVELS_M, every_min * MINUTE_US)
    return [number for number, depth_m in enumerate(depths_m) if changes.to_keep(Reading(depth_m, 0.9), number * MINUTE_US)]


def test_the_first_and_each_change_of_level_is_kept() -> None:
    assert [0, 2, 3, 5] == kept([0.0, 0.0, 0.16, 0.61, 0.62, 0.2])


def test_ripples_about_a_level_keep_no_picture_each() -> None:
    assert [0, 1] == kept([0.14, 0.16, 0.14, 0.16, 0.13, 0.15])


def test_while_water_stands_one_is_kept_now_and_then_and_none_while_it_is_dry() -> None:
    assert [0, 10, 20] == kept([0.3] * 25)
    assert [0] == kept([0.0] * 25)


def test_a_kept_picture_carries_no_metadata_and_lies_under_its_hash(tmp_path: Path) -> None:
    source = tmp_path / "in.jpg"
    exif = Image.Exif()
    exif[0x010E], exif[0x9286] = "SECRET-PLACE", "SECRET-COMMENT"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (900, 1600, 3), np.uint8)).save(source, exif=exif, comment=b"SECRET-NOTE")
    assert b"SECRET" in source.read_bytes()
    name = Shelf(tmp_path / "kept").keep(encode(decode(source.read_bytes())))
    raw = (tmp_path / "kept" / f"{name}.jpg").read_bytes()
    assert name == hashlib.sha256(raw).hexdigest()
    assert b"SECRET" not in raw
    assert [f"{name}.jpg"] == [file.name for file in (tmp_path / "kept").iterdir()]
    with Image.open(tmp_path / "kept" / f"{name}.jpg") as opened:
        assert not opened.getexif()
        assert "comment" not in opened.info
        assert max(opened.size) <= 1280
    markers = [raw[at + 1] for at in range(len(raw) - 1) if raw[at] == 0xFF and 0xE1 <= raw[at + 1] <= 0xEF and at < 600]
    assert [] == markers


def test_the_same_picture_is_kept_once(tmp_path: Path) -> None:
    picture = np.full((72, 96, 3), 7, np.uint8)
    shelf = Shelf(tmp_path)
    assert shelf.keep(encode(picture)) == shelf.keep(encode(picture))
    assert 1 == len(list(tmp_path.iterdir()))


def test_a_picture_stays_what_it_shows() -> None:
    picture = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, (72, 96, 3), np.uint8).astype(np.uint8), (0, 0), 5)
    assert np.abs(decode(encode(np.asarray(picture))).astype(int) - picture).mean() < 4
