"""`lowpoint receipts` behind a real port, and `lowpoint replies` over what came: no number in any line of a log."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from streams import clock
from streams.cli.receipts import receipts as receipts_command
from streams.cli.replies import replies as replies_command
from streams.demo.city import FOLDER
from streams.people.vault import open_people_vault, write_people_key
from streams.store.claims import claim
from streams.store.engine import open_store
from streams.store.outbox import write_order
from streams.store.replies import TextIn, take_in
from streams.store.residents import import_residents
from tests.streams.receipts.site import PUBLIC, SECRET, TOKEN, signed, text
from tests.streams.store.town import CITY, VAULT, order, people, write_csv

ROOT = Path(__file__).resolve().parents[3]
SMS = {"MessageSid": "SM9", "To": "+9990000000001", "From": "+15005550006"}
PROVIDERS = """
[[provider]]
kind = "twilio"
name = "texts"
credentials_file = "twilio"
from = "+15005550006"

[[provider]]
kind = "http"
name = "gate"
credentials_file = "twilio"
secret_file = "secret"
[provider.form]
url = "https://sms.example/send"
body = { to = "{number}" }
receipt = { id = "msgid" }
"""


@dataclass
class Place:
    """Files and a store that the command is told of, with one text on its way."""

    folder: Path
    attempt: str = ""
    options: list[str] = field(default_factory=list)

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder / 'store.db'}"

    @property
    def key(self) -> Path:
        return self.folder / "key"

    def run(self, *args: str) -> Result:
        return CliRunner().invoke(replies_command, ["--store", self.store, *args])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    (tmp_path / "providers.toml").write_text(PROVIDERS, "utf-8")
    (tmp_path / "twilio").write_text(f"AC1\n{TOKEN}\n", "utf-8")
    (tmp_path / "secret").write_text(SECRET, "utf-8")
    write_people_key(made.key)
    engine = open_store(made.store)
    made.attempt = _texted(engine, made)
    engine.dispose()
    made.options = ["--city", str(FOLDER), "--store", made.store, "--providers", str(tmp_path / "providers.toml"), "--key", str(made.key)]
    made.options += ["--public-url", PUBLIC, "--port", "0"]
    return made


def _texted(engine: Engine, place: Place) -> str:
    file = write_csv(place.folder / "r.csv", people(["Z1"], "en"))
    import_residents(engine, file, CITY, open_people_vault(place.key))
    write_order(engine, order())
    return claim(engine, "sms", "o", "texts", clock.now_us(), 1, expires=False).jobs[0].attempt


@pytest.fixture
def served(place: Place) -> Iterator[str]:
    """The address of a process of its own, which ends in good order and whose log tells no number."""
    port_file = place.folder / "port"
    command = [sys.executable, "-c", "from streams.cli.receipts import receipts; receipts()"]
    process = subprocess.Popen(
        [*command, *place.options, "--port-file", str(port_file), "--log-level", "DEBUG"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        deadline_s = clock.monotonic_s() + 30
        while not port_file.exists():
            assert process.poll() is None and clock.monotonic_s() < deadline_s
            clock.sleep_s(0.02)
        yield f"http://127.0.0.1:{int(port_file.read_text('ascii'))}"
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    log = errors.decode()
    assert 0 == process.returncode, log
    for secret in ("Traceback", "+999", "9990000000001", place.attempt, SECRET, TOKEN, "get out"):
        assert secret not in log, log


def test_what_is_said_over_a_real_port_is_in_the_store_when_it_is_answered(place: Place, served: str) -> None:
    with httpx.Client() as http:
        requests = [
            signed(f"/twilio/status/{place.attempt}", SMS | {"MessageStatus": "delivered"}, host=served),
            signed(f"/twilio/status/{place.attempt}", SMS | {"MessageStatus": "sent"}, host=served),
            signed(f"/twilio/status/{place.attempt}", SMS | {"MessageStatus": "sent"}, host=served, token="guessed"),
            httpx.Request("POST", f"{served}/gateway/gate/{SECRET[:-1]}", content="msgid=SM9&status=DELIVRD"),
            httpx.Request("GET", f"{served}/health"),
        ]
        answers = [http.send(request) for request in requests]
        rescue = text("I can't get out\x1b[2J\nof the cellar", "+9990000000001", "SM1")
        rescue.url = httpx.URL(f"{served}/twilio/inbound")
        answered = http.send(rescue)
    assert [204, 204, 403, 403, 200] == [answer.status_code for answer in answers]
    assert (200, True) == (answered.status_code, "has reached the flood command" in answered.text)

    listed = place.run("--key", str(place.key))
    assert 0 == listed.exit_code, listed.output
    for words in ("rescue", "Z1", "+9990000000001", "SM1", "I can't get out [2J of the cellar", "1 wait"):
        assert words in listed.output
    assert "\x1b" not in listed.output
    assert "+08:00  rescue" in place.run("--key", str(place.key), "--city", str(FOLDER)).output

    closed = place.run("--handled", "SM1", "--by", "li")
    assert (0, "SM1 is closed\n") == (closed.exit_code, closed.output)
    assert "0 wait" in place.run("--key", str(place.key)).output
    assert "[li " in place.run("--key", str(place.key), "--all").output
    assert "was handled by li" in place.run("--handled", "SM1", "--by", "wang").output


def test_a_list_under_another_key_tells_that(place: Place) -> None:
    engine = open_store(place.store)
    take_in(engine, VAULT, [TextIn("SM1", "rescue", "+9990000000001", "stuck")], 1)
    engine.dispose()
    listed = place.run("--key", str(place.key))
    assert (0, True) == (listed.exit_code, "sealed with another key" in listed.output)


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--handled", "SM1"], 2, "--by NAME"),
        (["--by", "li"], 2, "--handled ID"),
        (["--handled", "SM1", "--by", "li"], 1, "there is no reply 'SM1'"),
    ],
)
def test_what_is_wrong_about_closing_is_said(place: Place, args: list[str], code: int, words: str) -> None:
    result = place.run(*args)
    assert (code, True) == (result.exit_code, words in result.output), result.output


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--public-url", "http://receipts.example", "is not encrypted"),
        ("--providers", "missing.toml", "cannot be read"),
        ("--key", "missing", "the key cannot be read"),
        ("--store", "mysql://x/y", "mysql"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(place: Place, option: str, value: str, words: str) -> None:
    options = list(place.options)
    options[options.index(option) + 1] = value
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        result = CliRunner().invoke(receipts_command, options)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert (1, True) == (result.exit_code, words in result.output), result.output
