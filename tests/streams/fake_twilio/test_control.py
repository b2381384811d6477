"""What stands behind the fake: its ledger, its counts, its behaviour, and texts from residents."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from twilio.rest import Client

from streams.cli.fake_twilio import fake_twilio as command
from streams.fake_twilio.behaviour import Behaviour, BehaviourError, Ending, Fault, load_behaviour
from streams.fake_twilio.control import Control
from streams.fake_twilio.ledger import read_ledger
from streams.fake_twilio.options import FakeError, FakeOptions
from streams.fake_twilio.process import FakeTwilio
from streams.fake_twilio.server import FakeServer
from streams.messages.segments import segments
from streams.settings import REPOSITORY
from tests.streams.fake_twilio.receiver import Receiver, until

FROM = "+15005550006"
Number = Callable[[], str]


def test_the_ledger_has_every_creation_as_it_was_asked_for(fake: FakeTwilio, client: Client, number: Number) -> None:
    to, since, text = number(), len(fake.ledger()), "水" * 71
    sid = client.messages.create(to=to, from_=FROM, body=text, status_callback="http://127.0.0.1:9/a").sid
    [entry] = fake.ledger(since)
    assert (sid, "message", to, FROM, text) == (entry.sid, entry.kind, entry.to, entry.from_, entry.body)
    assert ("http://127.0.0.1:9/a", segments(text), "201") == (entry.status_callback, entry.segments, entry.answered)
    assert [] == fake.ledger(since + 1)


def test_a_message_made_twice_is_counted_as_doubled(fake: FakeTwilio, client: Client, number: Number) -> None:
    to, before = number(), fake.stats()
    for text in ("a", "a", "b"):
        client.messages.create(to=to, from_=FROM, body=text)
    after = fake.stats()
    assert (before.doubled + 1, before.messages + 3, before.created + 3) == (after.doubled, after.messages, after.created)
    assert before.posts.get("201", 0) + 3 == after.posts["201"]


def test_counts_of_statuses_are_of_what_exists(fake: FakeTwilio, client: Client, number: Number) -> None:
    client.messages.create(to=number(), from_=FROM, body="x")
    stats = fake.control.wait_until_quiet()
    assert stats.created == sum(stats.statuses.values())


def test_no_count_holds_a_number(fake: FakeTwilio, client: Client, number: Number) -> None:
    client.messages.create(to=number(), from_=FROM, body="x", status_callback="http://127.0.0.1:9/a")
    assert "+999" not in str(fake.control.wait_until_quiet())


def test_behaviour_is_set_field_by_field_and_as_a_whole(fake: FakeTwilio) -> None:
    fake.control.set(dropped=Fault(0.5))
    assert (Fault(0.5), True) == ((made := fake.control.set(shuffled=True)).dropped, made.shuffled)
    assert Behaviour() == fake.control.replace(Behaviour()) == fake.control.behaviour()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"droped": 1}, "droped"),
        ({"dropped": {"share": 1.5}}, "share"),
        ({"step_s": [2, 1]}, "shorter time first"),
        ({"course": ["sent", "queued"]}, "in this order"),
        ({"refusals": {"+9990000": 21}}, "no problem 21"),
        ({"endings": {"+9990000": {"code": "x"}}}, "code"),
    ],
)
def test_an_impossible_behaviour_is_refused_without_a_number_in_the_reason(fake: FakeTwilio, fields: dict[str, object], why: str) -> None:
    with pytest.raises(BehaviourError, match=why) as raised:
        fake.control.set(**fields)
    assert "+999" not in str(raised.value)


def test_a_resident_s_text_comes_signed_to_the_webhook(fake: FakeTwilio, client: Client, number: Number, receiver: Receiver) -> None:
    sender, since = number(), len(fake.ledger())
    answer = fake.control.inbound(sender, FROM, "帮助", f"{receiver.url}/twilio/inbound")
    [post] = receiver.posts
    assert (200, "ok", "/twilio/inbound", True) == (answer.status, answer.answer, post.path, post.signed)
    expected = {"From": sender, "To": FROM, "Body": "帮助", "NumMedia": "0", "MessageSid": answer.sid, "SmsStatus": "received"}
    assert expected.items() <= post.told.items()
    assert [] == fake.ledger(since)
    found = client.messages(answer.sid).fetch()
    assert ("inbound", "received") == (found.direction, found.status)
    fake.control.inbound(sender, FROM, "帮助", f"{receiver.url}/twilio/inbound", answer.sid)
    assert [answer.sid] * 2 == [post.told["MessageSid"] for post in receiver.posts]


def test_what_the_webhook_answers_is_told(fake: FakeTwilio, number: Number, receiver: Receiver) -> None:
    receiver.answer = 403
    assert 403 == fake.control.inbound(number(), FROM, "x", receiver.url).status


def test_an_inbound_text_goes_to_this_machine_alone(fake: FakeTwilio, number: Number) -> None:
    with pytest.raises(BehaviourError, match="this machine alone"):
        fake.control.inbound(number(), FROM, "x", "http://flood.example/twilio/inbound")


def test_a_ledger_file_outlives_the_fake_and_is_gone_on_with(tmp_path: Path, fake: FakeTwilio) -> None:
    file, entries = tmp_path / "ledger.ndjson", []
    for place in range(2):
        with FakeTwilio(Behaviour(endings={"+9990000001": Ending()}), ledger=file) as other:
            made = Client(other.account, other.token)
            made.api.base_url = other.url
            made.messages.create(to="+9990000001", from_=FROM, body=str(place))
            entries += other.ledger()
            made.http_client.session.close()
    assert 2 == len({entry.sid for entry in entries})
    assert entries == read_ledger(file)


async def serve_once() -> tuple[str, int]:
    async with FakeServer(FakeOptions()) as fake:
        return fake.url, fake.port


def test_a_fake_can_run_in_the_loop_of_a_test() -> None:
    url, port = asyncio.run(serve_once())
    assert f"http://127.0.0.1:{port}" == url


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--host", "0.0.0.0"], "listens on 127.0.0.1 alone"),
        (["--account", "AC1"], "32 hexadecimal digits"),
        (["--ledger", "/nowhere/at/all"], "the ledger cannot be written"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(arguments: list[str], why: str) -> None:
    done = CliRunner().invoke(command, arguments)
    assert (1, 1) == (done.exit_code, len(done.output.splitlines()))
    assert why in done.output


def test_the_command_says_when_its_port_is_taken(fake: FakeTwilio) -> None:
    done = CliRunner().invoke(command, ["--port", str(fake.port)])
    assert 1 == done.exit_code
    assert "choose another --port" in done.output


def test_the_command_tells_its_port_in_a_file_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    file = tmp_path / "port"
    arguments = [sys.executable, "-m", "streams.cli.fake_twilio", "--port-file", str(file)]
    with subprocess.Popen(arguments, cwd=REPOSITORY, stdout=subprocess.DEVNULL) as process:
        until(file.exists)
        assert Behaviour() == Control("127.0.0.1", int(file.read_text())).behaviour()
        process.terminate()
    assert 0 == process.returncode


@pytest.mark.parametrize("content", ["{", "[]", '{"droped": 1}'])
def test_a_behaviour_file_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "b.json"
    file.write_text(content)
    with pytest.raises(BehaviourError, match=r"b\.json"):
        load_behaviour(file)


def test_a_behaviour_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    file.write_text('{"seed": 3, "too_many": {"share": 0.8, "seconds": 60}, "endings": {"+9990000001": {"code": 30005}}}')
    assert Behaviour(seed=3, too_many=Fault(0.8, seconds=60), endings={"+9990000001": Ending(code=30005)}) == load_behaviour(file)


def test_no_other_host_is_listened_on() -> None:
    with pytest.raises(FakeError, match=r"127\.0\.0\.1 alone"):
        FakeOptions(host="localhost")
