"""What the fake answers is what Twilio's own description of its API says."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from twilio.rest import Client

from streams.fake_twilio.process import FakeTwilio
from streams.settings import REPOSITORY

DESCRIPTION = REPOSITORY.parent / "shared" / "twilio" / "twilio_api_v2010.json"
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
FROM = "+15005550006"
SERVICE = "MG" + "0" * 32
Number = Callable[[], str]

CHECKER = FormatChecker(formats=())
CHECKER.checks("date-time-rfc-2822", raises=ValueError)(lambda value: not isinstance(value, str) or bool(parsedate_to_datetime(value)))


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    if not DESCRIPTION.is_file():
        pytest.skip("Twilio's description is not beside this checkout, in shared/twilio")
    loaded: dict[str, Any] = json.loads(DESCRIPTION.read_bytes())
    return loaded


def plain(part: Any, description: dict[str, Any]) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema has it: references filled in, what may be null said by its type."""
    if isinstance(part, list):
        return [plain(each, description) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return plain(description["components"]["schemas"][part["$ref"].rpartition("/")[2]], description)
    made = {name: plain(value, description) for name, value in part.items() if name not in ("nullable", "examples", "x-twilio")}
    if part.get("nullable"):
        made["type"] = [part["type"], "null"]
    return made


def schema_of(description: dict[str, Any], path: str, method: str, status: str) -> Any:
    answer = description["paths"][ACCOUNT + path][method]["responses"][status]
    return plain(answer["content"]["application/json"]["schema"], description)


def check(schema: Any, answer: Any) -> None:
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=CHECKER).validate(answer)
    assert schema["properties"].keys() == answer.keys()


def ask(fake: FakeTwilio, client: Client, method: str, path: str, status: int, **fields: str) -> Any:
    answer = client.request(method, fake.url + ACCOUNT.format(AccountSid=fake.account) + path, data=fields)
    assert status == answer.status_code
    return json.loads(answer.text)


@pytest.mark.parametrize("sender", [{"From": FROM}, {"MessagingServiceSid": SERVICE}])
@pytest.mark.parametrize("fails", [True, False])
def test_messages(
    fake: FakeTwilio, client: Client, number: Number, description: dict[str, Any], sender: dict[str, str], fails: bool
) -> None:
    to = number()
    fake.control.set(endings={to: {"code": 30008}} if fails else {})
    made = ask(fake, client, "POST", "/Messages.json", 201, To=to, Body="水", **sender)
    check(schema_of(description, "/Messages.json", "post", "201"), made)
    fake.control.wait_until_quiet()
    check(schema_of(description, "/Messages/{Sid}.json", "get", "200"), ask(fake, client, "GET", f"/Messages/{made['sid']}.json", 200))


def test_a_message_taken_back(fake: FakeTwilio, client: Client, number: Number, description: dict[str, Any]) -> None:
    fake.control.set(step_s=(0.2, 0.2))
    made = ask(fake, client, "POST", "/Messages.json", 201, To=number(), Body="x", From=FROM)
    taken = ask(fake, client, "POST", f"/Messages/{made['sid']}.json", 200, Status="canceled")
    check(schema_of(description, "/Messages/{Sid}.json", "post", "200"), taken)


def test_lists_of_messages(fake: FakeTwilio, client: Client, number: Number, description: dict[str, Any]) -> None:
    to = number()
    for _ in range(3):
        ask(fake, client, "POST", "/Messages.json", 201, To=to, Body="x", From=FROM)
    schema = schema_of(description, "/Messages.json", "get", "200")
    listed = ask(fake, client, "GET", f"/Messages.json?To=%2B{to[1:]}&DateSent%3E=2021-07-20&PageSize=1&Page=1", 200)
    check(schema, listed)
    for message in listed["messages"]:
        check(schema["properties"]["messages"]["items"], message)
    assert (1, 1, 1, 1) == (len(listed["messages"]), listed["page"], listed["start"], listed["end"])
    check(schema, ask(fake, client, "GET", "/Messages.json?To=%2B9998", 200))


@pytest.mark.parametrize("ending", ["", "busy"])
def test_calls(fake: FakeTwilio, client: Client, number: Number, description: dict[str, Any], ending: str) -> None:
    to = number()
    fake.control.set(call_endings={to: ending} if ending else {})
    made = ask(fake, client, "POST", "/Calls.json", 201, To=to, From=FROM, Twiml="<Response/>")
    check(schema_of(description, "/Calls.json", "post", "201"), made)
    fake.control.wait_until_quiet()
    check(schema_of(description, "/Calls/{Sid}.json", "get", "200"), ask(fake, client, "GET", f"/Calls/{made['sid']}.json", 200))
    check(schema_of(description, "/Calls.json", "get", "200"), ask(fake, client, "GET", f"/Calls.json?To=%2B{to[1:]}", 200))


def test_errors_have_twilios_four_fields(fake: FakeTwilio, client: Client) -> None:
    answer = ask(fake, client, "POST", "/Messages.json", 400, From=FROM, Body="x")
    assert {
        "code": 21604,
        "message": "A 'To' phone number is required.",
        "more_info": "https://www.twilio.com/docs/errors/21604",
        "status": 400,
    } == answer
