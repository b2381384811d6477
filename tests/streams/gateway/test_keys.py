from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from streams.gateway.keys import KeysError, load_keys
from tests.streams.gateway.site import ROOT

ONE, TWO = sha256(b"one").hexdigest(), sha256(b"two").hexdigest()


def written(folder: Path, text: str) -> Path:
    file = folder / "keys.toml"
    file.write_text(text, "utf-8")
    return file


def test_an_owner_is_known_by_any_of_its_keys_and_nobody_by_another(tmp_path: Path) -> None:
    keys = load_keys(written(tmp_path, f'"A b" = ["{ONE}", "{TWO.upper()}"]\n'))
    assert ["A b", "A b", None, None, None] == [keys.owner_of(key) for key in ("one", "two", "three", "", ONE)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = 1", "64 hex"),
        ("a = 'secret'", "64 hex"),
        ("a = []", "64 hex"),
        (f"'' = '{ONE}'", "without a name"),
        (f"a = '{ONE}'\nb = '{ONE}'", "stands twice"),
        ("a", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(KeysError, match=says):
        load_keys(written(tmp_path, text))


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="cannot be read"):
        load_keys(tmp_path / "none.toml")


def test_the_shipped_example_can_be_read() -> None:
    assert "drainage" == load_keys(ROOT / "config" / "gateway" / "keys.example.toml").owner_of("example")
