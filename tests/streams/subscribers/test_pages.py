"""The pages to subscribe at: a number, a code, done; nothing told that is nobody's business, nothing taken that is not ours."""

from __future__ import annotations

import logging
import re
import threading
from html import unescape
from typing import Any

import pytest
from limits import parse
from msgspec.structs import replace
from sqlalchemy import Engine, select

from streams.city.model import City, Public
from streams.people.vault import PeopleVault
from streams.store.engine import reading
from streams.store.people_schema import HOMES, RESIDENTS
from streams.store.subscriptions import count_subscriptions
from streams.store.subscriptions_schema import SUBSCRIBE_ASKS
from streams.subscribers.limits import Limits
from streams.web.app import make_app
from streams.web.page import render
from streams.web.source import Boards
from tests.streams.subscribers.conftest import ON_ONE, OTHER, PHONE, Clock, Reader, codes, reader_of

WORDS = {"en": ("Text me a code", "Code of six digits", "Done"), "zh": ("发送验证码", "六位验证码", "完成")}


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_road_is_subscribed_to_by_a_number_and_the_code_that_it_gets(reader: Reader, engine: Engine, language: str) -> None:
    begin, ask, done = WORDS[language]
    form = reader.get(f"/subscribe?road=P1&lang={language}")
    assert 200 == form.status_code
    assert begin in form.text
    assert '<option value="road:P1" selected>' in form.text
    answer = reader.post(f"/subscribe?lang={language}", place="road:P1", phone=PHONE, language=language, agree="1")
    assert 303 == answer.status_code
    assert ask in reader.get(answer.headers["location"]).text
    ticket = re.findall(r"ticket=([^&]+)", answer.headers["location"])[0]
    (code,) = codes(engine)
    confirmed = reader.post(f"/subscribe/code?lang={language}", ticket=ticket, code=code)
    assert 303 == confirmed.status_code
    last = reader.get(confirmed.headers["location"])
    assert (200, True, True) == (last.status_code, done in last.text, ("Corner 1" if language == "en" else "路口1") in last.text)
    assert {"road": 1, "zone": 0} == count_subscriptions(engine)


def test_who_subscribed_to_a_zone_lives_there(reader: Reader, engine: Engine) -> None:
    ticket = reader.begin("zone:Z1")
    with reading(engine) as connection:
        assert [] == connection.execute(select(HOMES)).all(), "nobody lives anywhere who has not confirmed it"
    reader.confirm(ticket, codes(engine)[0])
    with reading(engine) as connection:
        assert [("Z1", "en")] == [
            tuple(row)
            for row in connection.execute(
                select(HOMES.c.zone, RESIDENTS.c.language).join(RESIDENTS, RESIDENTS.c.resident == HOMES.c.resident)
            )
        ]


def test_a_code_is_good_as_people_type_it(reader: Reader, engine: Engine) -> None:
    ticket = reader.begin()
    (code,) = codes(engine)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code[3:])
    assert 303 == reader.confirm(ticket, f" {code[:3]} {wide}\n").status_code


@ON_ONE
@pytest.mark.parametrize("typed", ["+999 000 000 0001", "00999-0000000001", "+999(0000)000001", "\uff0b\uff19\uff19\uff190000000001"])
def test_a_number_is_the_same_however_it_is_typed(reader: Reader, engine: Engine, typed: str) -> None:
    reader.begin(phone=PHONE)
    reader.begin(phone=typed)
    with reading(engine) as connection:
        assert 1 == len(set(connection.scalars(select(SUBSCRIBE_ASKS.c.lookup)).all()))


@ON_ONE
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": ""}, "phone"),
        ({"phone": "hello"}, "phone"),
        ({"phone": "+0001234567"}, "phone"),
        ({"phone": "9" * 900}, "phone"),
        ({"place": "road:P9"}, "place"),
        ({"place": ""}, "place"),
        ({"place": "zone:P0"}, "place"),
        ({"agree": ""}, "agree"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_field_and_texts_nobody(
    reader: Reader, engine: Engine, changes: dict[str, str], field: str
) -> None:
    form = {"place": "road:P0", "phone": PHONE, "language": "en", "agree": "1", **changes}
    answer = reader.post("/subscribe?lang=en", **form)
    assert 422 == answer.status_code
    assert [f'id="{field}-wrong"'] == re.findall(r'id="\w+-wrong"', answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert [] == codes(engine)


@ON_ONE
def test_a_live_city_takes_real_numbers_and_no_made_up_ones(engine: Engine, town: City, clock: Clock) -> None:
    live = replace(town, public=Public(live=True, cap_issuer="town"))
    reader = reader_of(live, url_of(engine), clock)
    assert "such as +86" in reader.get("/subscribe?lang=en").text
    assert 422 == reader.post("/subscribe", place="road:P0", phone=PHONE, agree="1").status_code
    assert reader._app is not None


def test_nothing_that_is_answered_tells_whether_a_number_is_known(reader: Reader, engine: Engine, clock: Clock) -> None:
    known = reader.begin(phone=PHONE)
    reader.confirm(known, codes(engine)[0])
    clock.pass_s(120)
    pages = []
    for phone in (PHONE, OTHER):
        answers = [
            reader.post("/subscribe/leave?lang=en", phone=phone, act="leave"),
            reader.post("/subscribe?lang=en", phone=phone, place="road:P0", language="en", agree="1"),
        ]
        answers += [reader.get(answer.headers["location"]) for answer in answers]
        answers += [reader.confirm(re.findall("ticket=([^&]+)", answer.headers["location"])[0], "000000") for answer in answers[:2]]
        pages.append([(answer.status_code, re.sub(r'ticket[="&;a-z]*[-\w]{20,}', "", unescape(answer.text))) for answer in answers])
    assert re.sub(r'value="[-\w]{20,}"', "", str(pages[0])) == re.sub(r'value="[-\w]{20,}"', "", str(pages[1]))


@ON_ONE
def test_the_number_and_the_code_are_in_no_address_and_in_no_log(reader: Reader, engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        asked = reader.post("/subscribe?lang=en", place="zone:Z0", phone=PHONE, language="en", agree="1")
        ticket = re.findall("ticket=([^&]+)", asked.headers["location"])[0]
        (code,) = codes(engine)
        done = reader.confirm(ticket, code)
        ended = reader.post("/subscribe/leave?lang=en", phone=PHONE, act="leave_all")
    told = " ".join([caplog.text, *(answer.headers["location"] for answer in (asked, done, ended))])
    assert PHONE.lstrip("+") not in told.replace("%2B", "+")
    assert code not in told
    with reading(engine) as connection:
        kept = str([connection.execute(select(table)).all() for table in (SUBSCRIBE_ASKS, RESIDENTS)])
    assert (False, False) == (PHONE in kept, code in kept)


@ON_ONE
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://page"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://page"}, 303),
        ({"Origin": "https://page.example"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({}, 303),
    ],
)
def test_a_form_that_another_site_sends_does_nothing(reader: Reader, engine: Engine, headers: dict[str, str], status: int) -> None:
    form = {"place": "road:P0", "phone": PHONE, "language": "en", "agree": "1"}
    assert status == reader.ask("POST", "/subscribe?lang=en", form, headers).status_code
    assert (1 if status == 303 else 0) == len(codes(engine))


@ON_ONE
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"x" * 10_000, b"&".join(b"a=b" for _ in range(100))])
def test_whatever_is_sent_in_place_of_a_form_is_answered(reader: Reader, engine: Engine, body: bytes) -> None:
    for path in ("/subscribe", "/subscribe/leave", "/subscribe/code"):
        for kind in ("application/x-www-form-urlencoded", "application/json", ""):
            answer = reader.ask("POST", path, None, {"Sec-Fetch-Site": "same-origin", "Content-Type": kind}, body)
            assert answer.status_code in (400, 422)
    assert [] == codes(engine)


@ON_ONE
def test_one_address_has_only_so_many_codes_texted_and_tried_and_others_go_on(engine: Engine, town: City, clock: Clock) -> None:
    tight = Limits(parse("3/10 minutes"), parse("4/10 minutes"))
    reader = reader_of(town, url_of(engine), clock, tight)
    form = {"place": "road:P0", "language": "en", "agree": "1"}
    found = [reader.post("/subscribe", phone=f"+99900000001{n:02d}", **form).status_code for n in range(5)]
    assert [303, 303, 303, 429, 429] == found
    assert 3 == len(codes(engine))
    assert [422, 422, 422, 422, 429] == [reader.confirm("none", f"{n:06d}").status_code for n in range(5)]
    elsewhere = Reader(reader._app, "192.0.2.8")
    assert 303 == elsewhere.post("/subscribe", phone=OTHER, **form).status_code


@ON_ONE
def test_a_household_of_the_newer_addresses_is_one(engine: Engine, town: City, clock: Clock) -> None:
    first = reader_of(town, url_of(engine), clock, Limits(parse("1/10 minutes")))
    form = {"place": "road:P0", "language": "en", "agree": "1"}
    found = [
        Reader(first._app, address).post("/subscribe", phone=f"+99900000001{n:02d}", **form).status_code
        for n, address in enumerate(["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"])
    ]
    assert [303, 429, 303] == found


@ON_ONE
def test_all_together_have_only_so_many(engine: Engine, town: City, clock: Clock) -> None:
    first = reader_of(town, url_of(engine), clock, Limits(all_asks=parse("2/minute")))
    form = {"place": "road:P0", "language": "en", "agree": "1"}
    found = [Reader(first._app, f"192.0.2.{n}").post("/subscribe", phone=f"+99900000001{n:02d}", **form).status_code for n in range(1, 5)]
    assert [303, 303, 429, 429] == found


def test_while_the_store_is_away_the_form_is_given_back_as_it_was_filled_in(town: City, clock: Clock) -> None:
    reader = reader_of(town, "sqlite:////proc/no/store.db", clock)
    answer = reader.post("/subscribe?lang=en", place="road:P1", phone=PHONE, language="en", agree="1")
    assert 503 == answer.status_code
    assert "try again in a few minutes" in answer.text
    assert (f'value="{PHONE}"' in answer.text, '<option value="road:P1" selected>' in answer.text) == (True, True)


@ON_ONE
def test_with_another_key_than_the_stores_nothing_is_taken(reader: Reader, engine: Engine, town: City, clock: Clock) -> None:
    reader.confirm(reader.begin(), codes(engine)[0])
    wrong = reader_of(town, url_of(engine), clock, vault=PeopleVault(b"another key, of thirty-two bytes"))
    answer = wrong.post("/subscribe?lang=en", place="road:P1", phone=OTHER, language="en", agree="1")
    assert (503, 1) == (answer.status_code, len(codes(engine)))


@ON_ONE
@pytest.mark.parametrize("path", ["/subscribe", "/subscribe?road=P0", "/subscribe/code", "/subscribe/leave", "/subscribe/done"])
@pytest.mark.parametrize(("language", "words"), [("en", "takes no subscriptions"), ("zh", "不在此页受理订阅")])
def test_without_a_key_no_subscription_is_taken_nor_offered(
    engine: Engine, town: City, clock: Clock, path: str, language: str, words: str
) -> None:
    reader = Reader(make_app(town, Boards(town, url_of(engine), clock)))
    answer = reader.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert (404, True) == (answer.status_code, words in answer.text)
    assert "/subscribe" not in reader.get("/").text + reader.get("/road/P0").text


@ON_ONE
def test_with_a_key_it_is_offered_on_the_page_and_on_the_roads(reader: Reader) -> None:
    assert 'href="/subscribe?lang=en"' in reader.get("/?lang=en").text
    assert 'href="/subscribe?road=P0&amp;lang=en"' in reader.get("/road/P0?lang=en").text


@ON_ONE
def test_nothing_of_it_is_kept_by_a_browser_and_there_are_no_cookies(reader: Reader, engine: Engine) -> None:
    ticket = reader.begin()
    for answer in (reader.get("/subscribe"), reader.confirm(ticket, "x"), reader.confirm(ticket, codes(engine)[0])):
        assert "no-store" == answer.headers["cache-control"]
        assert "set-cookie" not in answer.headers
        assert "form-action 'self'" in answer.headers["content-security-policy"]


@ON_ONE
def test_what_is_typed_is_written_as_text_never_as_markup(reader: Reader) -> None:
    evil = "\"><script>alert(1)</script>'&"
    for answer in (
        reader.post("/subscribe", phone=evil, place=evil, language=evil),
        reader.get(f"/subscribe/code?ticket={evil}"),
        reader.get(f"/subscribe?road={evil}&lang={evil}"),
    ):
        assert "<script" not in answer.text


@ON_ONE
def test_a_browser_may_name_the_origin_of_our_forms_to_us_and_to_nobody_else(reader: Reader) -> None:
    """Under `no-referrer` it sends `Origin: null` with a form, which is refused wherever it has no Fetch Metadata: without https."""
    assert "same-origin" == reader.get("/subscribe").headers["referrer-policy"]
    refused = reader.ask("POST", "/subscribe", {"place": "road:P1"}, {"Origin": "null"})
    assert 403 == refused.status_code, "which is why"


@ON_ONE
def test_a_form_is_written_beside_the_event_loop(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lists every road and zone: of thousands that takes a tenth of a second, in which nobody else would be answered."""
    threads: list[str] = []

    def noting(*arguments: Any, **values: Any) -> bytes:
        threads.append(threading.current_thread().name)
        return render(*arguments, **values)

    monkeypatch.setattr("streams.web.subscribe.render", noting)
    assert 200 == reader.get("/subscribe").status_code
    assert [True] == [name != threading.current_thread().name for name in threads]
