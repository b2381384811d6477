"""A plate is printed with a code that a camera reads, and it leads to the form with its low point."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
import segno
from click.testing import CliRunner

from streams.city.load import load_city
from streams.city.model import City, CityError
from streams.cli.main import main
from streams.reports import plates as module
from streams.reports.codes import plate_of, shown
from streams.reports.plates import plates
from tests.streams.reports.office import TOWN

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
URL = "https://flood.example.org"


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(DEMO)


def scanned(address: str) -> str:
    """What a camera reads of an address as it is drawn."""
    buffer = io.BytesIO()
    segno.make_qr(address, error="q").save(buffer, kind="png", scale=6, border=4)
    picture = cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return cv2.QRCodeDetector().detectAndDecode(picture)[0]


def test_a_page_to_print_has_every_low_point_in_both_languages(city: City, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["plates", "--city", str(DEMO), "--url", f"{URL}/", "--out", str(tmp_path / "out")])
    assert 0 == done.exit_code, done.output
    page = (tmp_path / "out" / "plates.html").read_text("utf-8")
    for point in city.low_points:
        assert all(words in page for words in (point.name, point.name_en, shown(plate_of(point.low_point_id))))
    assert page.count("<svg") == len(city.low_points) == page.count("Water on the road here?") == page.count("此处路面积水？")
    assert len(city.low_points) == len(list((tmp_path / "out").glob("*.svg")))
    assert "<script" not in page and "http:" not in page.replace("http://www.w3.org", "")


def test_a_camera_reads_the_address_of_each_plate(city: City) -> None:
    made = plates(city, URL)
    assert [f"{URL}/p/{plate_of(point.low_point_id)}" for point in city.low_points] == [plate.address for plate in made]
    assert [plate.address for plate in made[:5]] == [scanned(plate.address) for plate in made[:5]]


def test_two_low_points_with_the_same_code_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "plates_of", lambda names: {plate_of("P2"): "P2"})
    with pytest.raises(CityError, match="P0, P1 have the same code"):
        plates(TOWN, URL)


def test_a_low_point_without_a_name_has_its_id(city: City) -> None:
    bare = msgspec.structs.replace(TOWN, low_points=(msgspec.structs.replace(TOWN.low_points[0], name="", name_en=""),))
    assert [("P0",)] == [plate.names for plate in plates(bare, URL)]


@pytest.mark.parametrize("url", ["flood.example.org", "ftp://x", "https://", "https://u@x", "https://x/?a"])
def test_an_address_that_is_none_is_told(url: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["plates", "--city", str(DEMO), "--url", url, "--out", str(tmp_path)])
    assert 2 == done.exit_code and "https://HOST" in done.output
