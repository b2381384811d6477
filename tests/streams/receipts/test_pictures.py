"""A message with a picture is a report, once, with its number nowhere; its picture comes from the provider and from nobody else."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from limits import parse
from sqlalchemy import Engine, select, text

from streams.city.model import City, Public, Sender
from streams.fake_twilio.control import Control
from streams.fake_twilio.options import ACCOUNT, FakeOptions
from streams.fake_twilio.options import TOKEN as FAKE_TOKEN
from streams.fake_twilio.server import FakeServer
from streams.pictures.apart import TooBusy
from streams.receipts import media as module
from streams.receipts.answers import answer_text
from streams.receipts.app import Parts, Receipts, make_app
from streams.receipts.media import Media, MediaRefused, addresses_of
from streams.receipts.pictures import PictureMessages
from streams.receipts.signature import Signature
from streams.reports.codes import plate_of, shown
from streams.reports.limits import Limits
from streams.reports.message import depth_in
from streams.reports.report import Report
from streams.reports.reports import Reports
from streams.senders.door import Credentials, LoopbackDoor
from streams.store.engine import reading, writing
from streams.store.people_schema import OPT_OUTS
from streams.store.reports import as_report
from streams.store.reports_schema import REPORTS
from tests.streams.receipts.site import GATEWAYS, OTHER_TOKEN
from tests.streams.reports.office import TOWN, Clock, count, office, photo
from tests.streams.store.town import VAULT
from tests.streams.web.reporting import served

PHONE = "+9990000000001"
PLATE = shown(plate_of("P1"))
SID, OTHER_SID, NAME = "MM" + "a" * 32, "MM" + "c" * 32, "ME" + "b" * 32
URL = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}/Media/{NAME}"


@contextmanager
def running(begin: Callable[[], Running]) -> Iterator[int]:
    """A server of aiohttp in a thread of its own; its port."""
    ports, ready, stop = list[int](), threading.Event(), threading.Event()

    async def run() -> None:
        async with begin() as server:
            ports.append(server.port)
            ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert ready.wait(10)
        yield ports[0]
    finally:
        stop.set()
        thread.join()


class Running:
    """Answers everything by one function."""

    def __init__(self, answer: Callable[[web.BaseRequest], web.StreamResponse]):
        async def answered(request: web.BaseRequest) -> web.StreamResponse:
            return answer(request)

        self._runner = web.ServerRunner(web.Server(answered, access_log=None))
        self.port = 0

    async def __aenter__(self) -> Running:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


class Site:
    """Receipts that take picture messages, and a fake of Twilio that sends them."""

    def __init__(self, reports: Reports, messages: PictureMessages, fake: Control, address: str, clock: Clock):
        self.reports, self.messages, self.fake, self._address, self.clock = reports, messages, fake, address, clock

    def message(self, words: str = "", *pictures: bytes, phone: str = PHONE, sid: str = "") -> str:
        """Let a message come; what it is answered with."""
        answer = self.fake.inbound(phone, "+15005550006", words, f"{self._address}/twilio/inbound", sid, pictures)
        assert 200 == answer.status, answer
        return answer.answer


def kept(engine: Engine) -> list[Report]:
    with reading(engine) as connection:
        return [as_report(row) for row in connection.execute(select(REPORTS).order_by(REPORTS.c.made_us, REPORTS.c.report))]


CITY = msgspec.structs.replace(TOWN, sender=Sender(name="Town"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(engine: Engine, store_url: str, tmp_path: Path, clock: Clock) -> Iterator[Site]:
    with _site(engine, store_url, tmp_path, CITY, clock) as site:
        yield site


@contextmanager
def _site(engine: Engine, url: str, folder: Path, city: City, clock: Clock) -> Iterator[Site]:
    with ExitStack() as stack:
        fake = stack.enter_context(running(lambda: FakeServer(FakeOptions())))  # type: ignore[arg-type, return-value]
        reports = office(url, folder / "pictures", clock, city)
        stack.callback(reports.close)
        media = Media([Credentials(ACCOUNT, FAKE_TOKEN)], LoopbackDoor(f"http://127.0.0.1:{fake}", Credentials("", "")))
        # what is signed is the address that the fake posts to, which is known when it is served
        signature = _AnyHost([OTHER_TOKEN, FAKE_TOKEN])
        messages = PictureMessages(reports, media)
        parts = Parts(engine, VAULT, city, signature, GATEWAYS, clock, pictures=messages)
        receipts = Receipts(parts)
        stack.callback(receipts.close)
        port = stack.enter_context(served(make_app(receipts)))
        signature.port = port
        yield Site(reports, messages, Control("127.0.0.1", fake), f"http://127.0.0.1:{port}", clock)


class _AnyHost(Signature):
    """Of a public address whose port is told later."""

    port = 0

    def __init__(self, tokens: list[str]):
        super().__init__("", tokens)

    def is_right(self, path: str, query: str, params: object, signature: str) -> bool:
        self._public_url = f"http://127.0.0.1:{self.port}"
        return super().is_right(path, query, params, signature)  # type: ignore[arg-type]


def test_a_message_with_a_picture_and_a_plate_is_a_report(site: Site, engine: Engine) -> None:
    answer = site.message(f"Knee deep! {PLATE.lower()}", photo(1))
    (report,) = kept(engine)
    assert ("mms", "P1", "plate", "knee", f"Knee deep! {PLATE.lower()}", "zh") == (
        report.channel,
        report.low_point,
        report.place_by,
        report.depth,
        report.words,
        report.language,
    )
    assert photo(1) == site.reports.shelf.get(report.picture or "")
    sent = site.reports.follow(answer.partition("编码")[2][:11])
    assert sent is not None and sent.report == report


def test_the_same_message_again_is_the_same_report_and_the_same_answer(site: Site, engine: Engine) -> None:
    answers = {site.message(f"at {PLATE}", photo(1), sid=SID) for _ in range(3)}
    assert 1 == len(answers) and 1 == count(engine)


def test_a_message_without_a_place_is_asked_back_and_the_answer_is_its_place(site: Site, engine: Engine) -> None:
    assert "六位字母" in site.message("照片", photo(1))
    assert [None] == [report.low_point for report in kept(engine)]
    assert "地点" in site.message(f"{PLATE}")
    assert [("P1", "plate")] == [(report.low_point, report.place_by) for report in kept(engine)]
    assert "<Response/>" in site.message(f"{PLATE}"), "there is nothing left to place"


def test_a_plate_of_another_telephone_places_nothing(site: Site, engine: Engine) -> None:
    site.message("", photo(1))
    assert "<Response/>" in site.message(PLATE, phone="+9990000000002")
    assert [None] == [report.low_point for report in kept(engine)]


def test_the_first_file_that_is_a_picture_counts(site: Site, engine: Engine) -> None:
    site.message(PLATE, b"BEGIN:VCARD", photo(2), photo(3))
    assert [photo(2)] == [site.reports.shelf.get(report.picture or "") for report in kept(engine)]


def test_a_message_whose_file_is_no_picture_is_a_report_by_its_words_alone(site: Site, engine: Engine) -> None:
    site.message(f"{PLATE} knee", b"<svg/>")
    assert "<Response/>" in site.message("", b"<svg/>", phone="+9990000000002")
    assert [("knee", None)] == [(report.depth, report.picture) for report in kept(engine)]


def test_stop_still_comes_first_and_is_no_report(site: Site, engine: Engine) -> None:
    assert "<Response/>" in site.message("STOP", photo(1))
    with reading(engine) as connection:
        assert 1 == len(connection.execute(select(OPT_OUTS)).all())
    assert 0 == count(engine)


def test_a_call_for_rescue_is_answered_as_one_and_its_picture_is_kept(site: Site, engine: Engine) -> None:
    assert answer_text("rescue", "zh", CITY) in site.message(f"救命 {PLATE}", photo(1))
    assert [True] == [report.picture is not None for report in kept(engine)]


def test_a_text_without_a_picture_is_no_report(site: Site, engine: Engine) -> None:
    assert "<Response/>" in site.message("thank you")
    assert 0 == count(engine)


def test_the_number_is_a_digest_and_in_no_log(site: Site, engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.message(PLATE, photo(1))
    site.message("", b"<svg/>")
    with reading(engine) as connection:
        row = " ".join(map(str, connection.execute(select(REPORTS)).one()))
    assert PHONE[1:] not in row and PHONE[1:] not in caplog.text and "Media/" not in caplog.text
    assert site.reports.device(PHONE) in row


def test_a_store_that_is_away_has_the_message_sent_again(site: Site, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE reports RENAME TO elsewhere"))
    answer = site.fake.inbound(PHONE, "+15005550006", PLATE, f"{site._address}/twilio/inbound", SID, [photo(1)])
    assert 503 == answer.status
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO reports"))
    site.message(PLATE, photo(1), sid=SID)
    assert 1 == count(engine)


# ---- a picture that does not come


class Late(Media):
    """Has nothing the first times."""

    def __init__(self, media: Media, times: int, refused: bool = False):
        self._media, self.times, self._refused = media, times, refused

    async def fetch(self, address: str) -> bytes | None:
        self.times -= 1
        if self.times >= 0:
            if self._refused:
                raise MediaRefused("too large")
            return None
        return await self._media.fetch(address)


def posted(site: Site, words: str, picture: int = 1, phone: str = PHONE, sid: str = SID) -> int:
    """Let the same message come, some seconds after the one before as a provider does; the status."""
    site.clock.pass_s(3)
    return site.fake.inbound(phone, "+15005550006", words, f"{site._address}/twilio/inbound", sid, [photo(picture)]).status


def late(site: Site, times: int, refused: bool = False) -> None:
    site.messages._media = Late(site.messages._media, times, refused)


def test_a_picture_that_does_not_come_in_time_has_the_message_posted_again_and_is_kept_then(site: Site, engine: Engine) -> None:
    late(site, 1)
    assert 503 == posted(site, f"knee {PLATE}") and 0 == count(engine)
    assert 200 == posted(site, f"knee {PLATE}")
    assert [photo(1)] == [site.reports.shelf.get(report.picture or "") for report in kept(engine)]


def test_a_picture_that_never_comes_leaves_the_words(site: Site, engine: Engine) -> None:
    late(site, 100)
    assert [503, 503, 200] == [posted(site, f"knee {PLATE}") for _ in range(3)]
    assert [("knee", None)] == [(report.depth, report.picture) for report in kept(engine)]


def test_a_picture_that_nobody_has_time_to_look_at_leaves_the_words(site: Site, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise TooBusy("x")

    monkeypatch.setattr(site.reports.taker, "take", busy)
    assert [503, 503, 200] == [posted(site, f"knee {PLATE}") for _ in range(3)]
    assert [("knee", None)] == [(report.depth, report.picture) for report in kept(engine)]


@pytest.mark.parametrize("why", ["late", "busy"])
def test_a_picture_alone_is_never_answered_as_taken_before_it_is_kept(
    site: Site, engine: Engine, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise TooBusy("x")

    with monkeypatch.context() as patch:
        media = site.messages._media
        if why == "busy":
            patch.setattr(site.reports.taker, "take", busy)
        else:
            late(site, 100)
        assert [503] * 5 == [posted(site, "") for _ in range(5)] and 0 == count(engine)
        site.messages._media = media
    assert 200 == posted(site, "")
    assert [photo(1)] == [site.reports.shelf.get(report.picture or "") for report in kept(engine)]


def test_a_call_for_rescue_is_answered_at_once_though_its_picture_does_not_come(site: Site, engine: Engine) -> None:
    late(site, 9)
    assert answer_text("rescue", "zh", CITY) in site.message(f"救命 {PLATE}", photo(1))


def test_a_picture_that_is_refused_is_not_asked_for_again(site: Site, engine: Engine) -> None:
    late(site, 100, refused=True)
    assert 200 == posted(site, f"knee {PLATE}")
    assert [("knee", None)] == [(report.depth, report.picture) for report in kept(engine)]


def test_a_message_that_is_over_the_limit_is_posted_again_and_not_for_ever(site: Site, engine: Engine) -> None:
    site.reports.limits = Limits(device=parse("1/hour"))
    assert site.reports.limits.may_send(site.reports.device(PHONE), "x")
    assert 503 == posted(site, PLATE)
    site.reports.limits = Limits()
    assert 200 == posted(site, PLATE) and 1 == count(engine)
    site.reports.limits = Limits(device=parse("1/hour"))
    site.reports.limits.may_send(site.reports.device(PHONE), "x")
    assert [503, 503, 200] == [posted(site, PLATE, 2, sid=OTHER_SID) for _ in range(3)] and 1 == count(engine)


def test_posts_of_one_message_are_counted_once(site: Site, engine: Engine) -> None:
    site.reports.limits = Limits(device=parse("1/hour"))
    late(site, 2)
    assert [503, 503, 200] == [posted(site, PLATE) for _ in range(3)] and 1 == count(engine)


def test_a_city_that_is_no_real_one_answers_made_up_numbers_alone(engine: Engine, store_url: str, tmp_path: Path, clock: Clock) -> None:
    live = msgspec.structs.replace(CITY, public=Public(live=True), simulated=True)
    with _site(engine, store_url, tmp_path, live, clock) as site:
        # a number that might be somebody's, built here so that none is written down
        assert "<Response/>" in site.message(PLATE, photo(1), phone="+1" + "201" + "555" + "0123")
        assert "<Message>" in site.message(PLATE, photo(2))
    assert 2 == count(engine)


# ---- whom addresses lead to

HERE = Credentials(ACCOUNT, FAKE_TOKEN)
OTHERS = [
    URL.replace("https:", "http:"),
    URL.replace("api.twilio.com", "api.twilio.com.evil.example"),
    URL.replace("api.twilio.com", "evil.example/api.twilio.com"),
    URL.replace("api.twilio.com", "api.twilio.com@evil.example"),
    URL.replace("api.twilio.com", "evil.example@api.twilio.com"),
    URL.replace("api.twilio.com", "api.twilio.com:8443"),
    URL.replace("api.twilio.com", "127.0.0.1"),
    URL.replace("api.twilio.com", "[::1]"),
    URL.replace(ACCOUNT, "AC" + "0" * 32),
    URL.replace("/Media/", "/../../"),
    URL + "/../x",
    URL + "?x=y#z\nHost: evil",
    "https://mms.twiliocdn.com/x",
    "file:///etc/passwd",
    "https://api.twilio.com/",
    "\\\\evil",
    "https://[",
    "",
]


@pytest.mark.parametrize("address", OTHERS)
def test_an_address_of_anybody_else_is_not_followed(address: str) -> None:
    with pytest.raises(MediaRefused):
        asyncio.run(Media([HERE]).fetch(address))


REDIRECTS = [
    "http://mms.twiliocdn.com/x",
    "https://evil.example/x",
    "https://169.254.169.254/latest/meta-data",
    "https://127.0.0.1/x",
    "https://s3-external-1.amazonaws.com/others/x",
    "https://s3-external-1.amazonaws.com/media.twiliocdn.com/../others",
    "//evil.example/x",
    "/2010-04-01/Accounts.json",
    "file:///etc/passwd",
    "https://mms.twiliocdn.com@evil.example/",
]


@pytest.mark.parametrize("location", REDIRECTS)
def test_a_redirect_away_from_the_provider_is_not_followed(location: str) -> None:
    asked: list[str] = []

    def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.raw_path)
        return web.Response(status=307, headers={"Location": location})

    with fetching(answer) as fetch, pytest.raises(MediaRefused):
        fetch()
    assert 1 == len(asked)


@contextmanager
def fetching(answer: Callable[[web.BaseRequest], web.StreamResponse]) -> Iterator[Callable[[], bytes | None]]:
    """Fetches a picture from a provider that answers so."""
    with running(lambda: Running(answer)) as port:
        media = Media([HERE], LoopbackDoor(f"http://127.0.0.1:{port}", Credentials("", "")))
        yield lambda: asyncio.run(media.fetch(URL))


def test_only_the_api_is_told_the_credentials() -> None:
    told: list[tuple[str, bool]] = []

    def answer(request: web.BaseRequest) -> web.StreamResponse:
        told.append((request.raw_path, "Authorization" in request.headers))
        if "Media" in request.raw_path:
            return web.Response(status=307, headers={"Location": "https://mms.twiliocdn.com/kept?Expires=1"})
        return web.Response(body=b"picture")

    with fetching(answer) as fetch:
        assert b"picture" == fetch()
    assert [(URL.removeprefix("https://api.twilio.com"), True), ("/kept?Expires=1", False)] == told


def test_a_redirect_that_leads_on_and_on_has_an_end() -> None:
    def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "https://mms.twiliocdn.com/again"})

    with fetching(answer) as fetch, pytest.raises(MediaRefused, match="on and on"):
        fetch()


@pytest.mark.parametrize("told", [True, False])
def test_a_picture_that_is_too_large_is_not_read_on(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_BYTES", 1000)

    def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.Response(body=b"x" * 5000)
        if not told:
            response.enable_chunked_encoding()
        return response

    with fetching(answer) as fetch, pytest.raises(MediaRefused, match="too large"):
        fetch()


def test_a_provider_that_is_not_ready_is_asked_again_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.01)
    turns: list[int] = []

    def answer(request: web.BaseRequest) -> web.StreamResponse:
        turns.append(1)
        return web.Response(status=404) if len(turns) < 3 else web.Response(body=b"picture")

    with fetching(answer) as fetch:
        assert b"picture" == fetch()
    monkeypatch.setattr(module, "ALL_S", 0.05)
    with fetching(lambda _: web.Response(status=503)) as fetch:
        assert fetch() is None


def test_a_message_tells_how_many_pictures_it_has() -> None:
    params = {"NumMedia": "2", "MediaUrl0": "a", "MediaUrl1": "b", "MediaUrl2": "c"}
    assert ["a", "b"] == addresses_of(params)
    assert [] == addresses_of(params | {"NumMedia": "0"}) == addresses_of(params | {"NumMedia": "x"}) == addresses_of({})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Knee deep", "knee"),
        ("到膝盖了", "knee"),
        ("up to the wheels of my car", "hub"),
        ("水到大腿", "thigh"),
        ("ankle or knee", ""),
        ("deep", ""),
        ("ＫＮＥＥ", "knee"),
    ],
)
def test_words_name_a_depth_or_none(words: str, expected: str) -> None:
    assert expected == depth_in(words)
