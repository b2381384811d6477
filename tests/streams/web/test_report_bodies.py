"""One source has so many bodies coming in and no more, however slow they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine
from starlette.requests import Request

from streams.city.model import City
from streams.reports import shares
from streams.web import report_form
from streams.web.report_bodies import MOST_AT_ONCE, MOST_OF_NETWORK, MOST_OF_SOURCE, Bodies
from streams.web.report_form import FormRefused, pieces, read_form
from tests.streams.reports.office import count, photo
from tests.streams.web.reporting import OURS, Writer, code_of, writing_to
from tests.streams.web.test_report_form import field, file


@pytest.fixture
def writer(engine: Engine, store_url: str, city: City, tmp_path: Path) -> Iterator[Writer]:
    with writing_to(city, store_url, tmp_path / "pictures") as writer:
        yield writer


def test_a_source_has_a_share_of_what_comes_in_and_gets_it_back() -> None:
    bodies = Bodies()
    with ExitStack() as stack:
        assert [True] * MOST_OF_SOURCE + [False] == [stack.enter_context(bodies.one("a", "x")) for _ in range(MOST_OF_SOURCE + 1)]
        assert stack.enter_context(bodies.one("b", "x"))
    with bodies.one("a", "x") as may_come:
        assert may_come


def test_a_network_with_many_sources_has_a_share_of_what_comes_in() -> None:
    bodies = Bodies()
    with ExitStack() as stack:
        found = [stack.enter_context(bodies.one(f"{number}", "x")) for number in range(MOST_OF_NETWORK + 1)]
        assert [True] * MOST_OF_NETWORK + [False] == found
        assert stack.enter_context(bodies.one("0", "y"))
    with bodies.one("0", "x") as may_come:
        assert may_come


def test_all_together_have_an_end_too() -> None:
    bodies = Bodies()
    with ExitStack() as stack:
        assert all(stack.enter_context(bodies.one(f"{number}", f"{number}")) for number in range(MOST_AT_ONCE))
        assert not stack.enter_context(bodies.one("more", "more"))


HOUSEHOLDS = {
    "an address": (["198.51.100.1"], MOST_OF_SOURCE),
    "a /64": (["2001:db8::1", "2001:db8::ffff:2"], MOST_OF_SOURCE),
    "a /56": ([f"2001:db8:0:{net:x}::1" for net in range(256)], MOST_OF_NETWORK),
}


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_slow_forms_of_one_source_keep_nobody_else_out(writer: Writer, engine: Engine, household: str) -> None:
    addresses, most = HOUSEHOLDS[household]
    card = writer.card()
    headers = {**OURS, "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}

    async def run() -> tuple[int, int]:
        begun, done, told = 0, 0, asyncio.Event()

        async def receive() -> dict[str, object]:
            nonlocal begun
            begun += 1
            told.set()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(_: object) -> None:
            return None

        def ended(_: object) -> None:
            nonlocal done
            done += 1
            told.set()

        heads = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        path = {"method": "POST", "path": "/report", "raw_path": b"/report", "query_string": b"", "http_version": "1.1"}
        scope = {"type": "http", "headers": heads, "server": ("page", 80), "scheme": "http", "root_path": "", **path}
        tasks = []
        for number in range(MOST_AT_ONCE):
            of = scope | {"client": (addresses[number % len(addresses)], 1)}
            tasks.append(asyncio.ensure_future(writer.app(of, receive, send)))  # type: ignore[arg-type]
            tasks[-1].add_done_callback(ended)
        while begun + done < MOST_AT_ONCE:
            told.clear()
            await told.wait()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(writer.app, client=("192.0.2.9", 1)), base_url="http://page") as client:
            form = {"card": card, "point": "LP07", "depth": "knee", "ago": "0"}
            answer = await client.post("/report?lang=en", data=form, headers=headers)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return begun, answer.status_code

    assert (most, 200) == asyncio.run(run())
    assert 1 == count(engine)


# ---- how fast a body has to be


def request_of(*given: bytes, kind: str = "multipart/form-data; boundary=b") -> Request:
    """A request whose body comes so far and not on."""
    waiting = iter(given)

    async def receive() -> dict[str, object]:
        piece = next(waiting, None)
        if piece is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": True}

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, receive)


FORMS = {"plain": ("application/x-www-form-urlencoded", b"card=c&"), "multipart": ("multipart/form-data; boundary=b", field("card", b"c"))}


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_without_a_picture_is_through_soon_or_let_go(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_form, "QUICK_S", 0.01)
    told, begun = FORMS[kind]
    with pytest.raises(FormRefused) as refused:
        asyncio.run(asyncio.wait_for(read_form(request_of(begun, kind=told), lambda: tmp_path / "1.part"), 5))
    assert 408 == refused.value.status


def test_a_picture_has_longer_and_has_to_come_at_some_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_form, "QUICK_S", 0.0)  # before the first piece of a picture: a form in one piece is read all the same
    monkeypatch.setattr(report_form, "RATE_AFTER_S", 0.01)

    async def drained(size: int) -> int:
        found = 0
        async for piece in pieces(request_of(b"x" * size)):
            found += len(piece)
        return found

    with pytest.raises(FormRefused) as refused:
        asyncio.run(asyncio.wait_for(drained(1), 5))
    assert 408 == refused.value.status
    with pytest.raises(TimeoutError):  # what came quickly is not let go for the moment that it pauses
        asyncio.run(asyncio.wait_for(drained(1_000_000), 0.05))


# ---- the upload room


def test_one_address_does_not_take_the_room_of_all(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MOST_FILES", 2)
    cards = [writer.card() for _ in range(3)]
    assert [204, 204, 429] == [writer.patch(card, 0, b"x").status_code for card in cards]
    assert 204 == writer.patch(cards[0], 1, b"x").status_code
    assert 204 == Writer(writer.app, writer.reports, "192.0.2.8").patch(cards[2], 0, b"x").status_code


def test_one_household_with_many_networks_does_not_take_the_room_of_all(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MOST_FILES_OF_NETWORK", 3)
    of_one = [Writer(writer.app, writer.reports, f"2001:db8:0:{net:x}::1").patch(writer.card(), 0, b"x").status_code for net in range(4)]
    assert [204, 204, 204, 429] == of_one
    assert 204 == Writer(writer.app, writer.reports, "2001:db8:1::1").patch(writer.card(), 0, b"x").status_code


def test_bytes_are_counted_as_they_come_though_no_length_was_told(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MOST_BYTES", 100_000)
    card = writer.card()

    async def chunked() -> object:
        for _ in range(4):
            yield b"x" * 65_536

    told = {**OURS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = writer.ask("PATCH", f"/report/upload/{card}", content=chunked(), headers=told)
    assert (429, 65_536) == (answer.status_code, writer.offset(card))


def test_what_comes_in_chunks_counts_against_what_an_address_may_send(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(writer.reports.limits, "may_upload", lambda _, kibibytes: asked.append(kibibytes) or True)
    writer.patch(writer.card(), 0, b"x" * 200_000)
    assert 200_000 // 1024 - 4 <= sum(asked[1:]), "the first asks before anything has come"


def test_a_form_of_an_address_over_its_share_loses_its_picture_and_not_its_words(
    writer: Writer, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "MOST_BYTES", 10)
    answer = writer.send(picture=photo(1))
    code_of(answer)
    assert "lost=no_room" in answer.headers["location"] and 1 == count(engine)
    assert [] == list((tmp_path / "pictures" / "uploads").iterdir())


# ---- a disk that fills up while a form comes


def test_a_disk_that_fills_up_in_the_middle_costs_a_form_its_picture_alone(
    writer: Writer, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    monkeypatch.setattr(writer.reports.uploads, "fresh", _link_to(full, tmp_path / "pictures" / "uploads"))
    monkeypatch.setattr(report_form, "PIECE_BYTES", 100)
    answer = writer.send(picture=b"\xff\xd8" + b"x" * 300_000, words="kept")
    code_of(answer)
    assert "lost=no_room" in answer.headers["location"] and 1 == count(engine)
    assert [] == list((tmp_path / "pictures" / "uploads").iterdir())


def _link_to(full: Path, folder: Path) -> object:
    class Full(type(full)):  # type: ignore[misc]
        def open(self, *_: object, **__: object) -> object:  # type: ignore[override]
            self.touch()
            return full.open("wb")

    return lambda: Full(folder / "form-1.part")


def test_a_file_that_cannot_be_made_costs_a_form_its_picture_alone(tmp_path: Path) -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": field("card", b"c") + file(b"x" * 500) + b"--b--\r\n", "more_body": False}

    request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", b"multipart/form-data; boundary=b")]}, receive)
    form = asyncio.run(read_form(request, lambda: tmp_path / "nowhere" / "1.part"))
    assert ({"card": "c"}, None, "no_room") == (form.fields, form.picture, form.lost)
