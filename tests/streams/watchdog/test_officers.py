"""Who is on duty: no number that may not be reached, none left out unnoticed, and none ever written out."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from streams.city.model import City, Public
from streams.watchdog.officers import DutyError, read_officers
from tests.streams.towns import town

CITY = town()
LIVE = replace(CITY, public=Public(live=True))


def written(folder: Path, text: str) -> Path:
    file = folder / "duty.txt"
    file.write_text(text, "utf-8")
    return file


def test_one_a_line_with_a_language_where_it_is_not_the_citys_first(tmp_path: Path) -> None:
    text = "\ufeff# on duty this week\n+99912345678\n\n+99912345679 en  # from the district\r\n"
    first, second = read_officers(written(tmp_path, text), CITY)
    assert (("+99912345678", "zh"), ("+99912345679", "en")) == ((first.phone, first.language), (second.phone, second.language))
    assert "999" not in repr(first)


@pytest.mark.parametrize(
    ("text", "city", "words"),
    [
        ("", CITY, "names nobody"),
        ("# +99912345678\n", CITY, "names nobody"),
        ("+99912345678\n+99912345678 en\n", CITY, "stands twice"),
        ("+99912345678\n99912345679\n", CITY, "line 2: number_not_made_up"),
        ("+999 123 456\n", CITY, "line 1"),
        ("+99912345678 fr\n", CITY, "one of en, zh"),
        ("+99912345678 en zh\n", CITY, "one of en, zh"),
        ("+99912345678\n", LIVE, "line 1: number_made_up_in_a_live_city"),
        ("+0000\n", LIVE, "line 1: number_not_valid"),
    ],
)
def test_a_line_that_is_refused_is_named_without_its_number(tmp_path: Path, text: str, city: City, words: str) -> None:
    with pytest.raises(DutyError) as refused:
        read_officers(written(tmp_path, text), city)
    assert words in str(refused.value)
    assert "123" not in str(refused.value)
