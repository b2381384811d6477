"""Texts by a plain HTTP gateway: what it is sent, and what its answers mean."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from streams.senders.channel import Posted, barred
from streams.senders.door import LoopbackDoor
from streams.senders.gateway_form import Accepted, GatewayForm
from streams.senders.http_gateway import HttpGateway
from tests.streams.senders.gateway import Gateway
from tests.streams.senders.trial import PHONE, TEXT, done, job, way_to

BODY = {"mobile": "{number}", "content": "{text}", "uid": "{attempt}", "notify": "{callback}", "user": "{account}", "key": "{token}"}


@pytest.fixture(scope="module")
def running() -> Iterator[Gateway]:
    with Gateway() as gateway:
        yield gateway


@pytest.fixture
def gateway(running: Gateway) -> Gateway:
    running.posts.clear()
    running.headers.clear()
    running.status, running.answer, running.answer_headers = 200, {"code": 0, "data": {"msgid": "m1"}}, {}
    return running


def post(gateway: Gateway, changes: dict[str, Any] | None = None, form: dict[str, Any] | None = None, public_url: str = "") -> Posted:
    fields = {"body": BODY, "id": "data.msgid", "errors": {"104": "21211", "108": "429"}, **(form or {})}
    channel = HttpGateway("gw", GatewayForm("https://sms.example/send", **fields), "s" * 16, way_to(gateway.url, public_url=public_url), 10)
    return done(channel, channel.post(job(**(changes or {}))))


def test_a_text_is_posted_as_the_form_says(gateway: Gateway) -> None:
    answer = post(gateway, form={"headers": {"X-Key": "{token}"}}, public_url="https://flood.example/")
    assert Posted("accepted", provider_id="m1") == answer
    notify = f"https://flood.example/gateway/gw/{'s' * 16}"
    expected = {"mobile": PHONE, "content": TEXT, "uid": "A" * 22, "notify": notify, "user": "a", "key": "t"}
    assert [{"path": "/", **expected}] == gateway.posts
    assert "t" == gateway.headers[0]["X-Key"]
    assert "application/json" == gateway.headers[0]["Content-Type"]


def test_a_form_can_be_posted_too_and_the_country_taken_off(gateway: Gateway) -> None:
    post(gateway, form={"encoding": "form", "national": "999"})
    assert (PHONE.removeprefix("+999"), TEXT) == (gateway.posts[0]["mobile"], gateway.posts[0]["content"])
    post(gateway, form={"national": "86"})
    assert PHONE == gateway.posts[1]["mobile"]


def test_a_text_that_looks_like_a_template_stays_as_it_is(gateway: Gateway) -> None:
    post(gateway, {"text": "{number} {token}"})
    assert "{number} {token}" == gateway.posts[0]["content"]


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (200, {"code": 0}, Posted("accepted")),
        (200, {"code": "0", "data": {"msgid": 17}}, Posted("accepted", provider_id="17")),
        (200, {"code": 104}, Posted("refused", code="21211")),
        (200, {"code": 108}, Posted("refused", code="429")),
        (200, {"code": 999}, Posted("refused", code="999")),
        (200, {"code": f"{PHONE} is no number"}, Posted("refused", code="+############# is no number")),
        (200, "<html>", Posted("unknown", code="answer_unreadable")),
        (200, "", Posted("unknown", code="answer_unreadable")),
        (400, {"code": 104}, Posted("refused", code="21211")),
        (404, "<html>", Posted("away", code="http_404")),
        (429, {"code": 0}, Posted("refused", code="429")),
        (500, {"code": 0}, Posted("unknown", code="500")),
        (503, "", Posted("unknown", code="503")),
    ],
)
def test_what_its_answer_means(gateway: Gateway, status: int, answer: Any, expected: Posted) -> None:
    gateway.status, gateway.answer = status, answer
    assert expected == post(gateway)
    assert 1 == len(gateway.posts)


@pytest.mark.parametrize("answer", [[], {}, {"data": {}}, "[1]", "null", '"0"'])
def test_an_answer_that_says_nothing_of_it_may_have_been_taken(gateway: Gateway, answer: Any) -> None:
    gateway.answer = answer
    assert "unknown" == post(gateway).ended


def test_a_gateway_that_is_told_to_slow_down_says_for_how_long(gateway: Gateway) -> None:
    gateway.status, gateway.answer_headers = 429, {"Retry-After": "7"}
    assert Posted("refused", code="429", retry_after_s=7.0) == post(gateway)


def test_a_redirect_is_not_followed(gateway: Gateway) -> None:
    gateway.status, gateway.answer, gateway.answer_headers = 307, "", {"Location": "/elsewhere"}
    assert Posted("away", code="http_307") == post(gateway)
    assert 1 == len(gateway.posts)


def test_what_says_yes_can_be_named(gateway: Gateway) -> None:
    gateway.answer = {"ok": True}
    assert Posted("accepted") == post(gateway, form={"accepted": Accepted("ok", "True")})


def test_a_dropped_answer_is_unknown_and_posted_once(gateway: Gateway) -> None:
    gateway.answer = None
    assert Posted("unknown", code="ServerDisconnectedError") == post(gateway)
    assert 1 == len(gateway.posts)


def test_where_nobody_listens_it_is_away(gateway: Gateway) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        channel = HttpGateway("gw", GatewayForm("x", BODY), "s", way_to(f"http://127.0.0.1:{taken.getsockname()[1]}"), 10)
        assert Posted("away", code="away") == done(channel, channel.post(job()))


def test_what_the_door_refuses_is_not_posted(gateway: Gateway) -> None:
    assert barred("number_not_made_up") == post(gateway, {"to": "+15005550"})
    assert [] == gateway.posts


def test_it_cannot_be_asked(gateway: Gateway) -> None:
    way_out = way_to(gateway.url)
    assert isinstance(way_out.door, LoopbackDoor)
    channel = HttpGateway("gw", GatewayForm("x", BODY), "s", way_out, 10)
    assert (None, None) == (done(channel, channel.look_up(job(), 0)), done(channel, channel.fetch("m1")))
