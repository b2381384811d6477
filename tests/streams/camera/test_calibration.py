"""Calibration files: what is written is read again, and whatever is wrong is told in words."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.camera.calibration import (
    Calibration,
    CalibrationError,
    LearnedModel,
    LevelLine,
    Point,
    Reference,
    Thresholds,
    check,
    load_calibration,
    load_reference,
    to_toml,
)
from tests.streams.camera.conftest import Site

POINTS = tuple(Point((100.0 + n, 400.0 - 90 * n + 4 * n * n), 0.1 + 0.4 * n) for n in range(4))
PLAIN = Calibration("LP01-camera", 768, 432, POINTS)


def changed(**fields: object) -> Calibration:
    return msgspec.structs.replace(PLAIN, **fields)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_a_calibration_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, station: str) -> None:
    whole = changed(
        station=station,
        gauge_width_px=14.5,
        levels=(LevelLine((10.0, 400.5), (700.0, 410.0)),),
        water_area=((0.0, 431.0), (700.0, 431.0), (300.0, 300.0)),
        reference=Reference("dry.png", "0" * 64),
        learned=LearnedModel("water.onnx", 64, 64, logits=True),
        thresholds=Thresholds(0.7),
    )
    file = tmp_path_factory.getbasetemp() / "camera.toml"
    file.write_text(to_toml(whole), "utf-8")
    assert whole == load_calibration(file)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("station = ", "TOML"),
        ("\x00", "TOML"),
        ("[" * 5000, "TOML"),
        ("", "station"),
        ('station = "a"\nwidth_px = "wide"\nheight_px = 432\npoints = []', "width_px"),
        ('station = "a"\nwidth_px = 768\nheight_px = 432\npoints = []', "at least 3"),
        ('station = "a"\nwidth_px = 768\nheight_px = 432\npoints = []\nunheard_of = 1', "unheard_of"),
        ('station = "a"\nwidth_px = 1000000\nheight_px = 432\npoints = []', "width_px"),
        ('station = ""\nwidth_px = 768\nheight_px = 432\npoints = []', "station"),
        ('station = "a"\nwidth_px = 768\nheight_px = 432\n[[points]]\npixel = [nan, 3]\nheight_m = 1', "outside the picture"),
        ('station = "a"\nwidth_px = 768\nheight_px = 432\n[[points]]\npixel = [9, 3]\nheight_m = inf', "height_m"),
        ('station = "a"\nwidth_px = 768\nheight_px = 432\n[[points]]\npixel = [9]\nheight_m = 1', "pixel"),
    ],
)
def test_a_broken_file_says_where_it_is_broken(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "camera.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(CalibrationError, match=word) as told:
        load_calibration(file)
    assert str(file) in str(told.value)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(raw)
    with pytest.raises(CalibrationError):
        load_calibration(file)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"points": (*POINTS[:3], Point((103.0, 166.0), 1.6))}, "cm off"),
        ({"points": (*POINTS, Point((800.0, 20.0), 1.7))}, "outside the picture"),
        ({"water_area": ((1.0, 2.0), (3.0, 4.0))}, "corners"),
        ({"gauge_width_px": 1.0}, "gauge_width_px"),
        ({"levels": (LevelLine((10.0, 4.0), (12.0, 4.0)),)}, "10 pixels apart"),
        ({"thresholds": Thresholds(least_confidence=0.0)}, "least_confidence"),
        ({"height_px": 3}, "height_px"),
    ],
)
def test_what_cannot_be_used_is_told(fields: dict[str, object], word: str) -> None:
    with pytest.raises(CalibrationError, match=word):
        check(changed(**fields))


def test_a_user_is_told_what_would_make_it_better() -> None:
    told = " ".join(str(one) for one in check(changed(points=POINTS[:3])))
    for word in ("fourth", "level line", "mm of the gauge"):
        assert word in told


def test_another_dry_picture_than_the_one_calibrated_on_is_refused(site: Site, tmp_path: Path) -> None:
    calibration = load_calibration(site.write(tmp_path))
    assert (load_reference(calibration, tmp_path) == site.dry).all()
    dry = tmp_path / "camera.dry.png"
    dry.write_bytes(dry.read_bytes() + b"\0")
    with pytest.raises(CalibrationError, match="SHA-256"):
        load_reference(calibration, tmp_path)
    dry.write_bytes(b"GIF89a")
    with pytest.raises(CalibrationError, match="neither JPEG"):
        load_reference(calibration, tmp_path)


@pytest.mark.parametrize("name", ["../dry.png", "/etc/passwd", "", ".."])
def test_a_calibration_reaches_no_file_but_those_beside_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(CalibrationError, match="plain name"):
        load_reference(changed(reference=Reference(name, "0" * 64)), tmp_path)
