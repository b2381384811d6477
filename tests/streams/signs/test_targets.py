"""The file of signs says what is wrong with it, and what is secret is never written out."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.signs.targets import TargetsError, read_targets

SECRET = "0123456789abcdef0123456789abcdef"


def written(folder: Path, text: str, secret: str = SECRET) -> Path:
    (folder / "p0.secret").write_text(secret + "\n", "ascii")
    file = folder / "signs.toml"
    file.write_text(text, "utf-8")
    return file


def sign(low_point: str = "P0", url: str = "https://sign.example/p0?token=hush", secret_file: str = "p0.secret") -> str:
    return f'[[sign]]\nlow_point = "{low_point}"\nurl = "{url}"\nsecret_file = "{secret_file}"\n'


def test_a_point_may_have_several_signs_and_nothing_secret_is_shown(tmp_path: Path) -> None:
    first, second = read_targets(written(tmp_path, sign() + sign(url="http://10.0.0.7:8080/")), ["P0"])
    assert ("P0", "https://sign.example/p0?token=hush", SECRET.encode()) == (first.low_point, first.url, first.secret)
    assert "http://10.0.0.7:8080/" == second.url
    assert "hush" not in repr(first)
    assert SECRET not in repr(first)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "one [[sign]] for each"),
        ("sign = 3", "one [[sign]] for each"),
        (sign() + "[other]\n", "nothing else"),
        ("[[sign", "not TOML"),
        (sign("P9"), "no low point 'P9'"),
        (sign(url="ftp://sign.example/"), "http://"),
        (sign(url="file:///etc/passwd"), "http://"),
        (sign(url="https://"), "http://"),
        (sign(url="sign.example/p0"), "http://"),
        (sign(url="https://[::1/"), "http://"),
        (sign(url="http://sign.example:99999/"), "http://"),
        (sign(secret_file="none.secret"), "cannot be read"),
        (sign() + 'colour = "red"\n', "colour"),
        ('[[sign]]\nlow_point = "P0"\n', "url"),
        (sign() + sign(), "stands twice"),
    ],
)
def test_what_is_wrong_is_said_without_the_address(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(TargetsError) as refused:
        read_targets(written(tmp_path, text), ["P0"])
    assert words in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_secret_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TargetsError, match="under 16 bytes"):
        read_targets(written(tmp_path, sign(), secret="short"), ["P0"])
