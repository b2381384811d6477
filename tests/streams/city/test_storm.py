"""storm.toml: read as written, absent without complaint, and refused with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.city.model import CityError
from streams.city.storm import load_storm

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"
GOOD = {"source": '"a document"', "a1": "2000.0", "c": "0.8", "b_min": "10", "n": "0.7"}


def write(folder: Path, **changed: str | None) -> Path:
    keys = {**GOOD, **changed}
    (folder / "storm.toml").write_text("".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None), "utf-8")
    return folder


def test_a_city_without_the_file_has_no_formula(tmp_path: Path) -> None:
    assert load_storm(tmp_path) is None


def test_five_keys_are_enough(tmp_path: Path) -> None:
    found = load_storm(write(tmp_path))
    assert found is not None
    assert ("a document", 2000.0, 0.8, 10.0, 0.7) == (found.source, found.a1, found.c, found.b_min, found.n)
    assert (0.375, (1.0, 100.0), (5.0, 180.0)) == (found.peak_ratio, found.years, found.minutes)


def test_the_demo_city_says_that_its_formula_is_made_up_and_has_about_100_mm_in_its_100_year_hour() -> None:
    found = load_storm(DEMO)
    assert found is not None
    assert "made up" in found.source and "not a published formula" in found.source
    assert 100 == pytest.approx(found.amount_mm(100, 60), abs=2)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"source": None}, "source"),
        ({"source": '" "'}, "which document"),
        ({"a1": None}, "a1"),
        ({"a1": '"2000"'}, "a1"),
        ({"a1": "9.4"}, "mm/min times 166.7"),
        ({"c": "0"}, "lg P"),
        ({"b_min": "-3"}, "minutes"),
        ({"n": "1.4"}, "longer storm"),
        ({"peak_ratio": "40"}, "0 to 1"),
        ({"years": "[100, 2]"}, "shortest and longest return period"),
        ({"minutes": "[5]"}, "minutes"),
        ({"years": "[0.2, 100]", "c": "2"}, "begin later"),
        ({"n": "nan"}, "longer storm"),
        ({"n": ""}, "not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path, changed: dict[str, str | None], words: str) -> None:
    with pytest.raises(CityError, match=words) as error:
        load_storm(write(tmp_path, **changed))
    assert "storm.toml" in str(error.value)
