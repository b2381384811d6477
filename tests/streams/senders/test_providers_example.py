"""The providers file that people copy: it can be read, its gateway is filled as its comments say, and every key is explained."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from streams.delivery.faults import TABLE, fault_of
from streams.delivery.lattice import Said
from streams.senders.door import Credentials
from streams.senders.gateway_form import Accepted, GatewayForm, Receipt, at
from streams.senders.providers import HttpTexts, Providers, TwilioCalls, TwilioTexts, read_providers

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "config" / "providers.example.toml"


@pytest.fixture
def providers(tmp_path: Path) -> Providers:
    return read_providers(Path(shutil.copy(EXAMPLE, tmp_path / "providers.toml")))


@pytest.fixture
def gateway(providers: Providers) -> HttpTexts:
    return next(one for one in providers.texts if isinstance(one, HttpTexts))


def test_it_has_two_providers_of_texts_and_one_of_calls(providers: Providers) -> None:
    assert [("twilio", TwilioTexts), ("gateway", HttpTexts)] == [(one.name, type(one)) for one in providers.texts]
    assert ["calls"] == [one.name for one in providers.calls]


def test_credentials_and_secret_are_found_beside_it(providers: Providers, gateway: HttpTexts) -> None:
    for name in ("twilio.txt", "gateway.txt"):
        (providers.folder / name).write_text("an account\na token\n", "utf-8")
    (providers.folder / "gateway_secret.txt").write_text("0123456789abcdef\n", "utf-8")
    assert {Credentials("an account", "a token")} == {providers.credentials(one) for one in providers.every}
    assert "0123456789abcdef" == providers.secret(gateway)


def test_its_gateway_is_filled_as_mainland_providers_want_it(gateway: HttpTexts) -> None:
    values = {"number": "990001", "text": "【演示市】{number}", "attempt": "a1", "callback": "https://x/", "account": "lp", "token": "t"}
    filled = {
        "account": "lp",
        "password": "t",
        "mobile": "990001",
        "content": "【演示市】{number}",
        "extend": "a1",
        "notify_url": "https://x/",
    }
    assert filled == gateway.form.filled(values)
    answer = {"code": "0", "data": {"msgid": "77"}}
    assert ("0", "77") == (at(answer, gateway.form.accepted.path), at(answer, gateway.form.id))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "DELIVRD"}, Said("delivered")),
        ({"status": "ACCEPTD"}, Said("sent")),
        ({"status": "UNDELIV"}, Said("failed", "30003")),
        ({"status": "UNDELIV", "err": "MK:0001"}, Said("failed", "30005")),
        ({}, None),
    ],
)
def test_its_receipts_are_understood(gateway: HttpTexts, fields: dict[str, str], said: Said | None) -> None:
    assert said == gateway.form.said(fields)


def test_every_error_of_its_gateway_is_like_one_that_we_know(gateway: HttpTexts) -> None:
    assert set() == set(gateway.form.errors.values()) - set(TABLE)
    assert "never" == fault_of("a code that it leaves out").cure


def test_every_key_of_a_providers_file_is_explained() -> None:
    page = (ROOT / "docs" / "sending.md").read_text("utf-8")
    section = re.search(r"^## The providers file$(.*?)^## ", page, re.S | re.M)
    assert section is not None
    told = set(re.findall(r"`(\w+)", section[1]))
    structs = (TwilioTexts, TwilioCalls, HttpTexts, GatewayForm, Accepted, Receipt)
    assert set() == {field for struct in structs for field in struct.__struct_encode_fields__} - told
