"""Prism sees what is wrong on either side, and nothing where nothing is; and it speaks to nobody but us."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from streams.settings import REPOSITORY
from tests.streams.contract.node import node_packages
from tests.streams.contract.prism import WITNESS, Prism, Violation

SPEC = REPOSITORY.parent / "shared" / "twilio" / "twilio_api_v2010.json"
ACCOUNT = "AC" + "0" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
POST = f"POST {PATH}"
VALID = {
    "sid": "SM" + "0" * 32,
    "account_sid": ACCOUNT,
    "status": "queued",
    "direction": "outbound-api",
    "to": "+9990000000001",
    "from": "+9990000000000",
    "body": "水位上涨’",
    "num_segments": "1",
    "num_media": "0",
    "error_code": None,
    "date_created": "Thu, 24 Aug 2023 05:01:45 +0000",
    "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{'0' * 32}.json",
}
MESSAGE = {"To": "+9990000000001", "From": "+9990000000000", "Body": "水位上涨’"}

pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="needs Twilio's own description, in ../shared/twilio")


class Provider(ThreadingHTTPServer):
    """Gives one answer to every request, or hangs up, and keeps what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 201
        self.answer: Mapping[str, object] | None = VALID
        self.bodies: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.server.answer is None:
            self.close_connection = True
            return
        body = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Provider]:
    with Provider() as provider:
        thread = Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Prism, Provider]]:
    """One Prism for all: it takes two seconds to read the description."""
    with serving() as provider, Prism(SPEC, provider.url) as prism:
        yield prism, provider


class Told:
    """What Prism tells from the beginning of a test on."""

    def __init__(self, prism: Prism, provider: Provider):
        self._prism = prism
        self._begins_at = len(prism.violations), len(prism.warnings), len(provider.bodies)
        self._provider = provider

    @property
    def violations(self) -> list[Violation]:
        return self._prism.violations[self._begins_at[0] :]

    @property
    def warnings(self) -> list[Violation]:
        return self._prism.warnings[self._begins_at[1] :]

    @property
    def reached(self) -> int:
        return len(self._provider.bodies) - self._begins_at[2]

    def post(self, form: Mapping[str, str], path: str = PATH, auth: tuple[str, str] | None = (ACCOUNT, "token")) -> httpx.Response:
        return httpx.post(self._prism.url + path, data=form, auth=auth, trust_env=False, timeout=30)


@pytest.fixture
def provider(both: tuple[Prism, Provider]) -> Provider:
    provider = both[1]
    provider.status, provider.answer = 201, VALID
    return provider


@pytest.fixture
def told(both: tuple[Prism, Provider], provider: Provider) -> Told:
    return Told(both[0], provider)


def test_a_valid_request_and_its_answer_pass_unchanged(told: Told, provider: Provider) -> None:
    answer = told.post(MESSAGE)
    assert (201, VALID) == (answer.status_code, answer.json())
    assert str(httpx.QueryParams(MESSAGE)) == str(httpx.QueryParams(provider.bodies[-1]))
    assert ([], [], 1) == (told.violations, told.warnings, told.reached)


def test_a_request_without_a_number_is_seen_and_does_not_reach_the_server(told: Told) -> None:
    assert 422 == told.post({"Body": "水"}).status_code
    assert [Violation(POST, 422, "request.body", "Request body must have required property 'To'")] == told.violations
    assert 0 == told.reached


def test_a_wrong_parameter_is_seen(told: Told) -> None:
    told.post({**MESSAGE, "MessagingServiceSid": "MG1"})
    assert {"request.body.MessagingServiceSid"} == {violation.where for violation in told.violations}


def test_a_request_without_a_login_is_seen(told: Told) -> None:
    assert 401 == told.post(MESSAGE, auth=None).status_code
    assert [Violation(POST, 401, "request", "Invalid security scheme used")] == told.violations


def test_a_path_that_is_not_described_is_seen(told: Told) -> None:
    assert 404 == told.post(MESSAGE, "/2010-04-01/Texts.json").status_code
    assert ["Route not resolved, no path matched"] == [violation.message for violation in told.violations]


def test_a_wrong_answer_is_seen_and_does_not_reach_the_client(told: Told, provider: Provider) -> None:
    provider.answer = {**VALID, "status": "flying"}
    assert 500 == told.post(MESSAGE).status_code
    assert [("response.body.status", 500)] == [(violation.where, violation.status) for violation in told.violations]


def test_an_answer_of_another_status_than_described_is_seen(told: Told, provider: Provider) -> None:
    provider.status = 200
    assert 500 == told.post(MESSAGE).status_code
    assert ["response"] == [violation.where for violation in told.violations]


def test_an_error_of_the_server_passes_with_a_warning(told: Told, provider: Provider) -> None:
    provider.status, provider.answer = 429, {"code": 20429, "status": 429}
    answer = told.post(MESSAGE)
    assert (429, 20429) == (answer.status_code, answer.json()["code"])
    assert ([], ["response"]) == (told.violations, [warning.where for warning in told.warnings])


def test_a_server_that_hangs_up_is_no_violation(told: Told, provider: Provider) -> None:
    provider.answer = None
    assert 500 == told.post(MESSAGE).status_code
    assert ([], []) == (told.violations, told.warnings)


def test_the_description_names_the_real_server_and_prism_speaks_to_ours_alone(both: tuple[Prism, Provider], told: Told) -> None:
    prism, _ = both
    assert [{"url": "https://api.twilio.com"}] == json.loads(SPEC.read_text("utf-8"))["servers"]
    told.post(MESSAGE)
    told.post(MESSAGE, f"{PATH}?__server=https%3A%2F%2Fapi.twilio.com")  # how Prism is asked for a server of the description
    assert (2, []) == (told.reached, prism.refused)


SPEAK = ("fetch('http://twilio.invalid')", "fetch('https://twilio.invalid')", "require('net').connect(80, 'twilio.invalid')")


@pytest.mark.parametrize("speak", SPEAK)
def test_whatever_speaks_to_another_machine_is_kept_from_it(tmp_path: Path, speak: str) -> None:
    node, _ = node_packages()
    env = {"LOWPOINT_WITNESS": str(tmp_path / "witness")}
    done = subprocess.run([node, "--require", WITNESS, "--eval", speak], env=env, capture_output=True, text=True, check=False)
    assert "no connection to twilio.invalid" in done.stderr
    assert {"refused": "twilio.invalid"} == json.loads((tmp_path / "witness").read_text())


def test_a_server_elsewhere_is_not_accepted() -> None:
    with pytest.raises(ValueError, match="is not on this machine"):
        Prism(SPEC, "https://api.twilio.com")


def test_a_description_that_cannot_be_read_fails_with_what_prism_says(tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text('{"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {}}')
    with pytest.raises(RuntimeError, match="No operations found"), Prism(tmp_path / "spec.json", "http://127.0.0.1:1"):
        pass


def test_nothing_of_it_is_left_and_what_it_saw_stays() -> None:
    with serving() as provider, Prism(SPEC, provider.url) as prism:
        httpx.post(prism.url + PATH, data={"Body": "水"}, auth=(ACCOUNT, "token"), trust_env=False)
        group = prism.pid
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
    assert ([(POST, 422)], 1) == (prism.answered, len(prism.violations))
