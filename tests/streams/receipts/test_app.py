"""Statuses, receipts and texts of residents end in the store; nothing else does, and no number in a log."""

from __future__ import annotations

import logging
import random
from itertools import permutations
from sqlite3 import OperationalError as Gone
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from streams.city.model import City, Public, Sender
from streams.delivery.lattice import Said
from streams.receipts.answers import NO_ANSWER
from streams.receipts.signature import HEADER
from streams.store.attempts import Word, hear
from streams.store.engine import reading
from streams.store.people_schema import OPT_OUTS
from streams.store.replies import replies, unsealed
from tests.streams.receipts.conftest import MakeSite
from tests.streams.receipts.site import OTHER_TOKEN, SECRET, Site, Told, signed, text
from tests.streams.store.town import CITY, VAULT, settle

SMS = {"MessageSid": "SM1", "SmsSid": "SM1", "To": "+9990000000001", "From": "+15005550006", "AccountSid": "AC1"}
CALL = {"CallSid": "CA1", "To": "+9990000000001", "From": "+15005550006", "Direction": "outbound-api"}


def texts(*statuses: str, code: str = "") -> list[dict[str, str]]:
    """The callbacks of a text; the last one tells a code."""
    told = [SMS | {"MessageStatus": status} for status in statuses]
    return [*told[:-1], told[-1] | {"ErrorCode": code}] if code else told


BOTH = pytest.mark.parametrize("store_url", ["sqlite", "postgresql"], indirect=True)
"""Of stores."""

COURSES = {
    "delivered": (texts("queued", "sending", "sent", "delivered"), Told("delivered", "", "SM1", "delivered", "")),
    "by a service": (texts("accepted", "queued", "sent", "delivered"), Told("delivered", "", "SM1", "delivered", "")),
    "no such handset": (texts("queued", "sent", "undelivered", code="30005"), Told("failed", "30005", "SM1", "failed", "30005")),
    "opted out": (texts("queued", "failed", code="21610"), Told("failed", "21610", "SM1", "failed", "21610")),
    "handset off": (texts("queued", "sent", "undelivered", code="30003"), Told("failed", "30003", "SM1", "pending", "30003")),
    "came after all": ([*texts("sent", "undelivered", code="30008"), *texts("delivered")], Told("delivered", "", "SM1", "delivered", "")),
    "read": (texts("sent", "delivered", "read"), Told("delivered", "", "SM1", "delivered", "")),
    "a status from tomorrow": (texts("sent", "teleported"), Told("sent", "", "SM1", "sent", "")),
    "call": (
        [CALL | {"CallStatus": status} for status in ("initiated", "ringing", "in-progress", "completed")],
        Told("delivered", "", "CA1", "delivered", ""),
    ),
    "nobody answered": (
        [CALL | {"CallStatus": status} for status in ("initiated", "ringing", "no-answer")],
        Told("failed", "no-answer", "CA1", "pending", "no-answer"),
    ),
}


@BOTH
def test_callbacks_in_every_order_and_repeated_end_in_one_state(site: Site) -> None:
    # each order once, and once with every callback coming twice, the second time in the other order
    ways = [
        (course, way)
        for course, (callbacks, _) in COURSES.items()
        for each in permutations(callbacks)
        for way in (each, (*each, *reversed(each)))
    ]
    attempts = site.attempts(len(ways))
    for place in range(max(len(way) for _, way in ways)):
        step = [(attempt, way[place]) for attempt, (_, way) in zip(attempts, ways, strict=True) if place < len(way)]
        answers = site.send(*(signed(f"/twilio/status/{attempt}", params) for attempt, params in step))
        assert {204} == {answer.status_code for answer in answers}
    told = site.told(attempts)
    assert [(course, COURSES[course][1]) for course, _ in ways] == [
        (course, told[attempt]) for attempt, (course, _) in zip(attempts, ways, strict=True)
    ]


@BOTH
def test_all_at_once_they_end_in_one_state_too(site: Site) -> None:
    callbacks = [params for callbacks, _ in list(COURSES.values())[:4] for params in callbacks]
    attempts = site.attempts(20)
    requests = [signed(f"/twilio/status/{attempt}", params) for attempt in attempts for params in callbacks]
    random.Random(7).shuffle(requests)
    assert {204} == {answer.status_code for answer in site.send(*requests)}
    assert {Told("delivered", "", "SM1", "delivered", "")} == set(site.told(attempts).values())


def test_a_callback_binds_a_text_whose_answer_was_lost(site: Site) -> None:
    attempt = site.attempts(1)[0]
    assert 204 == site.status(attempt, **SMS, MessageStatus="sent")
    assert Told("sent", "", "SM1", "sent", "") == site.told([attempt])[attempt]


def test_new_repeated_and_empty_parameters_and_a_query_are_fine(site: Site) -> None:
    attempt = site.attempts(1)[0]
    pairs = [*SMS.items(), ("MessageStatus", "sent"), ("New", "1"), ("New", "2"), ("New", "1"), ("Empty", ""), ("雨", "水")]
    assert 204 == site.send(signed(f"/twilio/status/{attempt}", pairs, token=OTHER_TOKEN, query="a=%2B1&b"))[0].status_code
    assert "sent" == site.told([attempt])[attempt].state


@pytest.mark.parametrize("attempt", ["unknown", "a" * 100, "%00", "+9990000000001"])
def test_an_attempt_that_nobody_knows_changes_nothing(site: Site, attempt: str) -> None:
    known = site.attempts(1)
    before = site.told(known)
    assert 204 == site.status(attempt, **SMS, MessageStatus="delivered")
    assert before == site.told(known)


def test_what_is_not_signed_is_refused_counted_and_logged_without_a_parameter(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    attempt = site.attempts(1)[0]
    before = site.told([attempt])
    right = signed(f"/twilio/status/{attempt}", SMS | {"MessageStatus": "delivered"})
    unsigned, other, changed, elsewhere = (httpx.Request("POST", right.url, headers=right.headers, content=right.content) for _ in range(4))
    del unsigned.headers[HEADER]
    other.headers[HEADER] = signed(f"/twilio/status/{attempt}", SMS | {"MessageStatus": "delivered"}, token="x").headers[HEADER]
    elsewhere.url = right.url.copy_with(path="/twilio/inbound")
    changed = httpx.Request("POST", right.url, headers={HEADER: right.headers[HEADER]}, content=right.content + b"&a=1")
    assert [403, 403, 403, 403] == [answer.status_code for answer in site.send(unsigned, other, changed, elsewhere)]
    assert (4, before) == (site.receipts.counts.refused, site.told([attempt]))
    assert "refused" in caplog.text
    assert attempt not in caplog.text and "+999" not in caplog.text


def test_only_the_routes_that_there_are_answer(site: Site) -> None:
    asked = [("GET", "/twilio/inbound", 405), ("GET", "/", 404), ("POST", "/health", 405), ("POST", "/twilio/status/", 404)]
    answers = site.send(*(httpx.Request(method, f"http://inside{path}") for method, path, _ in asked))
    assert [code for _, _, code in asked] == [answer.status_code for answer in answers]


def test_a_body_over_64_kib_is_refused_told_or_not(site: Site) -> None:
    large = b"a=" + b"x" * 65536
    parts = [large[:40000], large[40000:]]

    async def streamed() -> object:
        for part in parts:
            yield part

    told = httpx.Request("POST", "http://inside/twilio/inbound", content=large)
    untold = httpx.Request("POST", "http://inside/twilio/inbound", content=streamed())  # type: ignore[arg-type]
    assert [413, 413] == [answer.status_code for answer in site.send(told, untold)]


def gateway(name: str, body: bytes | str, secret: str = SECRET) -> httpx.Request:
    return httpx.Request("POST", f"http://inside/gateway/{name}/{secret}", content=body)


@BOTH
def test_receipts_of_a_gateway_end_in_the_store(site: Site) -> None:
    attempts = site.attempts(3, "by-attempt")
    form = urlencode({"extend": attempts[0], "stat": "DELIVRD", "msgid": "7"})
    several = f'[{{"extend":"{attempts[1]}","stat":"UNDELIV","err":"E1"}},{{"extend":"{attempts[2]}","stat":"DELIVRD","msgid":8}}]'
    assert [200, 200] == [answer.status_code for answer in site.send(gateway("by-attempt", form), gateway("by-attempt", several))]
    told = site.told(attempts)
    assert [("delivered", "7"), ("failed", None), ("delivered", "8")] == [(told[a].state, told[a].provider_id) for a in attempts]
    assert "E1" == told[attempts[1]].code


@BOTH
def test_a_receipt_that_knows_the_gateways_id_only_finds_the_text_of_that_gateway(site: Site) -> None:
    mine = site.attempts(1, "by-id")[0]
    hear(site.engine, [Word(mine, Said("accepted"), "7")], 1)
    assert 200 == site.send(gateway("by-id", "msgid=7&stat=DELIVRD"))[0].status_code
    assert "delivered" == site.told([mine])[mine].state


def test_an_id_of_another_gateway_is_not_ours(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.receipts.app.KNOWN_S", 0.0)
    others = site.attempts(1, "by-attempt")[0]
    hear(site.engine, [Word(others, Said("accepted"), "7")], 1)
    assert 404 == site.send(gateway("by-id", "msgid=7&stat=DELIVRD"))[0].status_code
    assert ("accepted", 1) == (site.told([others])[others].state, site.receipts.counts.unknown)


def test_a_receipt_that_is_quicker_than_the_answer_to_the_sender_waits_for_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.receipts.app.LOOK_S", 0.01)
    mine = site.attempts(1, "by-id")[0]
    looks: list[int] = []
    heard = site.receipts._hear

    def bind_at_the_third(said: object) -> list[bool]:
        looks.append(1)
        if len(looks) == 3:
            hear(site.engine, [Word(mine, Said("accepted"), "7")], 1)
        return heard(said)  # type: ignore[arg-type]

    monkeypatch.setattr(site.receipts._words, "_write", bind_at_the_third)
    assert 200 == site.send(gateway("by-id", "msgid=7&stat=DELIVRD"))[0].status_code
    assert ("delivered", 3) == (site.told([mine])[mine].state, len(looks))


@pytest.mark.parametrize(("name", "secret"), [("by-id", "wrong"), ("nobody", SECRET), ("by-id", SECRET[:-1])])
def test_a_wrong_secret_is_refused(site: Site, name: str, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    assert 403 == site.send(gateway(name, "msgid=7&stat=DELIVRD", secret))[0].status_code
    assert SECRET[:-1] not in caplog.text


def test_a_receipt_that_cannot_be_read_is_told(site: Site) -> None:
    assert [400, 200] == [answer.status_code for answer in site.send(gateway("by-id", "{"), gateway("by-id", "a=b"))]
    assert (1, 1) == (site.receipts.counts.unreadable, site.receipts.counts.says_nothing)


@pytest.mark.parametrize(("language", "words"), [("zh", "防汛指挥部"), ("en", "flood command")])
def test_a_call_for_rescue_is_kept_and_answered_in_the_residents_language(
    make_site: MakeSite, language: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site()
    settle_in(site, language)
    answer = site.text("we are trapped <&> 水进来了")
    assert (200, "text/xml; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert words in answer.text and "119" in answer.text and "<Response><Message>" in answer.text
    kept = replies(site.engine)
    assert [("SM1", "R000001", "rescue", ("Z1",))] == [(one.reply, one.resident, one.kind, one.zones) for one in kept]
    opened = unsealed(VAULT, kept[0])
    assert opened is not None and ("+9990000000001", "we are trapped <&> 水进来了") == (opened.phone, opened.words)
    assert "somebody asks for rescue" in caplog.text and "+999" not in caplog.text and "trapped" not in caplog.text


def test_a_text_that_comes_again_is_kept_once_and_answered_the_same(site: Site) -> None:
    settle_in(site, "en")
    answers = [site.text("help") for _ in range(2)] + site.send(*[text("help", "+9990000000001", "SM1")] * 5)
    assert 1 == len({answer.content for answer in answers})
    assert (1, {"help": 1}) == (len(replies(site.engine)), site.receipts.counts.texts)


@BOTH
def test_a_number_that_is_nobodys_is_kept_and_answered_in_the_citys_first_language(site: Site) -> None:
    answer = site.text("救命", "+9998888888888")
    assert "防汛指挥部" in answer.text
    kept = replies(site.engine)[0]
    opened = unsealed(VAULT, kept)
    assert opened is not None
    assert ("", "rescue", "+9998888888888", "救命") == (kept.resident, kept.kind, opened.phone, opened.words)


@BOTH
def test_opting_out_and_in_is_done_and_not_answered(site: Site) -> None:
    settle_in(site, "en")
    lookup = VAULT.lookup("+9990000000001")
    assert NO_ANSWER == site.text("Stop.").text
    assert [(lookup, "text")] == opt_outs(site.engine)
    assert NO_ANSWER == site.text("START", sid="SM2").text
    assert [] == opt_outs(site.engine)
    assert NO_ANSWER == site.text("Stop.").text  # the first one again: it was heard, and is over
    assert [] == opt_outs(site.engine)
    assert [] == replies(site.engine)  # nobody needs to call them
    assert 2 == len(replies(site.engine, handled=True))


def test_what_the_provider_took_for_an_opt_out_is_one_and_its_own_help_is_not_answered_again(site: Site) -> None:
    assert NO_ANSWER == site.text("ARRET", OptOutType="STOP").text
    assert [VAULT.lookup("+9990000000001")] == [lookup for lookup, _ in opt_outs(site.engine)]
    assert NO_ANSWER == site.text("help", sid="SM2", OptOutType="HELP").text
    assert "<Message>" in site.text("help", sid="SM3").text


def test_another_text_is_kept_and_not_answered(site: Site) -> None:
    assert NO_ANSWER == site.text("收到").text
    assert ["other"] == [reply.kind for reply in replies(site.engine)]


LIVE_CITY = City(
    "T",
    "Asia/Shanghai",
    ("D1",),
    zones=CITY.zones,
    languages=("en", "zh"),
    public=Public(live=True),
    sender=Sender(name="防汛", name_en="T&Co"),
)


def test_only_a_real_city_answers_a_number_that_somebody_may_have(make_site: MakeSite) -> None:
    real = "+150055501234"  # no test number of Twilio's, and none that anybody has
    assert NO_ANSWER == make_site().text("trapped", real).text
    drill = msgspec.structs.replace(LIVE_CITY, drill=True)
    assert NO_ANSWER == make_site(drill).text("trapped", real, "SM2").text
    assert "T&amp;Co: Your text has reached" in make_site(LIVE_CITY).text("trapped", real, "SM3").text
    assert "【演练】" in make_site(drill).text("trapped", "+9990000000001", "SM4").text
    assert 4 == len(replies(make_site().engine))


def test_a_text_without_an_id_or_a_number_is_refused(site: Site) -> None:
    assert [400, 400] == [site.text("help", sid="").status_code, site.text("help", phone="").status_code]


def test_a_trial_is_told_when_a_request_was_read_and_nothing_is_stored_yet(make_site: MakeSite) -> None:
    attempts = make_site().attempts(1)
    before, seen = make_site().told(attempts), []

    def passes(name: str) -> None:
        seen.append((name, make_site().told(attempts)))

    make_site(passes=passes).status(attempts[0], **SMS, MessageStatus="delivered")
    assert [("handling_callback", before)] == seen


def test_a_store_that_is_away_is_told_as_such_and_what_came_is_written_later(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = site.attempts(1)[0]
    heard, tries = site.receipts._hear, []

    def away(said: object) -> list[bool]:
        tries.append(said)
        raise OperationalError("x", {}, Gone("+9990000000001"))

    monkeypatch.setattr(site.receipts._words, "_patience_s", 0.05)
    monkeypatch.setattr(site.receipts._words, "_write", away)
    answer = site.send(signed(f"/twilio/status/{attempt}", SMS | {"MessageStatus": "delivered"}))[0]
    assert (503, "5", 1) == (answer.status_code, answer.headers["retry-after"], site.receipts.counts.not_taken)
    monkeypatch.setattr(site.receipts._words, "_write", heard)
    site.receipts._words.close()
    assert "delivered" == site.told([attempt])[attempt].state
    assert "+999" not in caplog.text


def test_an_error_of_ours_quotes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fails(text: str) -> str:
        raise RuntimeError(f"cannot read {text} of +9990000000001")

    monkeypatch.setattr("streams.receipts.app.kind_of", fails)
    answer = site.text("my words")
    assert (500, "an error of ours") == (answer.status_code, answer.text)
    assert "RuntimeError" in caplog.text
    assert "+999" not in caplog.text + answer.text and "my words" not in caplog.text


def test_health_tells_what_came(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    attempt = site.attempts(1)[0]
    site.status(attempt, **SMS, MessageStatus="sent")
    site.text("收到")
    answer = site.send(httpx.Request("GET", "http://inside/health"))[0]
    assert (200, "no-store") == (answer.status_code, answer.headers["cache-control"])
    told = answer.json()
    assert ("ok", 1, {"other": 1}, 0) == (told["status"], told["heard"], told["texts"], told["waiting"])


def settle_in(site: Site, language: str) -> None:
    settle(site.engine, site.folder, ["Z1"], language)


def opt_outs(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        return [(row.lookup, row.how) for row in connection.execute(select(OPT_OUTS))]
