"""The providers file: what it says, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.senders.door import Credentials
from streams.senders.providers import HttpTexts, Providers, ProvidersError, TwilioCalls, TwilioTexts, read_providers

TWILIO = '[[provider]]\nkind = "twilio"\nname = "main"\ncredentials_file = "main.key"\nfrom = "+15005550006"\n'
CALLS = '[[provider]]\nkind = "twilio-voice"\nname = "calls"\ncredentials_file = "main.key"\nfrom = "+15005550006"\nafter_s = 60\n'
HTTP = """[[provider]]
kind = "http"
name = "second"
credentials_file = "second.key"
secret_file = "second.secret"
segments_per_s = 50
[provider.form]
url = "https://sms.example/send"
body = { mobile = "{number}", content = "{text}", uid = "{attempt}" }
national = "86"
id = "data.msgid"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "providers.toml"
    file.write_text(text, encoding="utf-8")
    (folder / "main.key").write_text("AC1\ntoken\n")
    (folder / "second.key").write_text(" user \n pass \n")
    (folder / "second.secret").write_text("0123456789abcdef\n")
    return file


def read(folder: Path, text: str) -> Providers:
    return read_providers(write(folder, text))


def test_texts_and_calls_are_told_apart_and_keep_their_order(tmp_path: Path) -> None:
    found = read(tmp_path, HTTP + CALLS + TWILIO)
    assert [("second", HttpTexts), ("main", TwilioTexts)] == [(one.name, type(one)) for one in found.texts]
    assert [("calls", TwilioCalls, 60.0)] == [(one.name, type(one), one.after_s) for one in found.calls]
    assert ("+15005550006", 10.0) == (found.texts[1].number, found.texts[1].segments_per_s)  # type: ignore[union-attr]


def test_credentials_and_secrets_are_read_beside_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, TWILIO + HTTP)
    assert [Credentials("AC1", "token"), Credentials("user", "pass")] == [found.credentials(one) for one in found.every]
    assert isinstance(found.every[1], HttpTexts)
    assert "0123456789abcdef" == found.secret(found.every[1])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "missing required field `provider`"),
        ("provider = []", "length >= 1"),
        ("[[provider", "not TOML"),
        (TWILIO + 'tokn = "x"\n', "unknown field `tokn`"),
        (TWILIO.replace("twilio", "pigeon"), "Invalid value 'pigeon'"),
        (TWILIO.replace('"main"', '"Main Line"'), "regex"),
        (TWILIO.replace('from = "+15005550006"', ""), "either from, a number, or messaging_service"),
        (TWILIO + 'messaging_service = "MG1"\n', "either from, a number, or messaging_service"),
        (TWILIO + TWILIO, "two providers have one name"),
        (TWILIO + "segments_per_s = 0\n", "segments_per_s"),
        (TWILIO + "at_once = 0\n", "at_once"),
        (HTTP.replace('national = "86"', 'national = "+86"'), "national"),
        (HTTP.replace("[provider.form]", "[provider.forms]"), "forms"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_is_wrong(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ProvidersError) as raised:
        read(tmp_path, text)
    assert why in str(raised.value)
    assert "+1500" not in str(raised.value)


def test_a_file_that_is_not_there_or_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProvidersError, match="cannot be read"):
        read_providers(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"\xe9")
    with pytest.raises(ProvidersError, match="UTF-8"):
        read_providers(tmp_path / "latin.toml")


@pytest.mark.parametrize("content", [None, "", "AC1", "AC1\n\n", "AC1\ntoken\nmore\n", b"\xe9\n\xe9"])
def test_credentials_that_are_none_are_refused_and_not_shown(tmp_path: Path, content: str | bytes | None) -> None:
    found = read(tmp_path, TWILIO)
    (tmp_path / "main.key").unlink()
    if content is not None:
        (tmp_path / "main.key").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ProvidersError, match=r"provider main: main\.key") as raised:
        found.credentials(found.every[0])
    assert "AC1" not in str(raised.value)


@pytest.mark.parametrize(
    "secret", [None, "", "short", "0123456789abcde", "0123456789/../abcdef", "0123456789 abcdef", "０１２３４５６７８９０１２３４５"]
)
def test_a_secret_that_could_be_guessed_or_is_no_part_of_an_address_is_refused(tmp_path: Path, secret: str | None) -> None:
    found = read(tmp_path, HTTP)
    (tmp_path / "second.secret").unlink()
    if secret is not None:
        (tmp_path / "second.secret").write_text(secret, encoding="utf-8")
    assert isinstance(found.every[0], HttpTexts)
    with pytest.raises(ProvidersError, match=r"provider second: second\.secret") as raised:
        found.secret(found.every[0])
    assert not secret or secret not in str(raised.value)
