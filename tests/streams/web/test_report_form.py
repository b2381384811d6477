"""Hostile forms and uploads cost little and leave nothing behind; honest ones come through in whatever pieces."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import parse
from sqlalchemy import Engine
from starlette.requests import Request

from streams import clock
from streams.city.model import City
from streams.reports import limits
from streams.reports.card import VALID_US
from streams.reports.uploads import LARGEST_BYTES
from streams.web import report_form
from streams.web.report_form import LARGEST_BODY_BYTES, Form, FormRefused, read_form
from tests.streams.reports.office import Clock, count, photo
from tests.streams.web.reporting import OURS, Writer, code_of, served, writing_to

B = b"--b\r\n"
END = b"--b--\r\n"


def field(name: str, value: bytes) -> bytes:
    return B + f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


def file(value: bytes, name: str = "picture", called: str = "x.jpg") -> bytes:
    return (
        B
        + f'Content-Disposition: form-data; name="{name}"; filename="{called}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
        + value
        + b"\r\n"
    )


def read(
    pieces: list[bytes], folder: Path, kind: str = "multipart/form-data; boundary=b", passed: Callable[[int], object] = lambda _: None
) -> Form:
    """Read a form that comes in pieces."""
    waiting = iter(pieces)

    async def receive() -> dict[str, object]:
        piece = next(waiting, None)
        if piece is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": piece, "more_body": True}

    names = iter(f"{number}.part" for number in range(100))
    request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}, receive)
    return asyncio.run(read_form(request, lambda: folder / next(names), passed))


def cut(body: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(body) + 1) for place in places} | {0, len(body)})
    return [body[first:last] for first, last in pairwise(ends)]


@given(st.lists(st.integers(min_value=0), max_size=12), st.binary(max_size=3000), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_form_is_the_same_however_it_is_cut(places: list[int], picture: bytes, words: str) -> None:
    body = field("card", b"c") + field("words", words.encode("utf-8")) + file(picture) + field("depth", b"knee") + END
    with tempfile.TemporaryDirectory() as folder:
        form = read(cut(body, places), Path(folder))
        assert {"card": "c", "words": words, "depth": "knee"} == form.fields
        assert (picture or None) == (form.picture.read_bytes() if form.picture else None)


HOSTILE: dict[str, tuple[bytes, int]] = {
    "cut off": (field("card", b"c") + file(b"x" * 500)[:-40], 400),
    "no end": (field("card", b"c"), 400),
    "nothing": (b"", 400),
    "not multipart": (b"hello", 400),
    "no name": (B + b"Content-Disposition: form-data\r\n\r\nx\r\n" + END, 400),
    "no disposition": (B + b"X: y\r\n\r\nx\r\n" + END, 400),
    "not UTF-8": (field("words", b"\xff\xfe") + END, 400),
    "name not UTF-8": (B + b'Content-Disposition: form-data; name="\xff"\r\n\r\nx\r\n' + END, 400),
    "another disposition": (B + b'Content-Disposition: attachment; name="x"\r\n\r\nx\r\n' + END, 400),
    "very many fields": (b"".join(field(f"f{number}", b"") for number in range(500)) + END, 413),
    "a long field": (field("words", b"x" * 5000) + END, 413),
    "long fields": (b"".join(field(f"f{number}", b"x" * 4000) for number in range(8)) + END, 413),
    "a long header": (B + b"X: " + b"y" * 5000 + b"\r\n\r\nx\r\n" + END, 400),
    "many headers": (B + b"X: y\r\n" * 50 + b"\r\nx\r\n" + END, 400),
    "larger than anybody's photo": (field("card", b"c") + file(b"\xff\xd8" + b"x" * LARGEST_BODY_BYTES) + END, 413),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_form_is_refused_and_leaves_nothing(what: str, tmp_path: Path) -> None:
    body, status = HOSTILE[what]
    with pytest.raises(FormRefused) as refused:
        read([body[at : at + 65_536] for at in range(0, len(body), 65_536)], tmp_path)
    assert status == refused.value.status
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=b", "é"]
)
def test_what_is_no_form_is_refused_unread(kind: str, tmp_path: Path) -> None:
    with pytest.raises(FormRefused):
        read([field("card", b"c") + END], tmp_path, kind)


def test_the_first_of_two_fields_counts_and_the_first_picture_that_is_one(tmp_path: Path) -> None:
    body = field("card", b"1") + field("card", b"2") + file(b"") + file(b"first") + file(b"second") + file(b"x", name="other") + END
    form = read([body], tmp_path)
    assert {"card": "1"} == form.fields and form.picture is not None
    assert b"first" == form.picture.read_bytes() and 1 == len(list(tmp_path.iterdir()))


def test_a_picture_that_is_too_large_is_passed_over_and_the_rest_of_the_form_is_not(tmp_path: Path) -> None:
    body = field("card", b"c") + file(b"\xff\xd8" + b"x" * LARGEST_BYTES) + file(b"second") + field("words", b"kept") + END
    form = read([body[at : at + 65_536] for at in range(0, len(body), 65_536)], tmp_path)
    assert ({"card": "c", "words": "kept"}, None, "too_large") == (form.fields, form.picture, form.lost)
    assert [] == list(tmp_path.iterdir())


PASSED: dict[str, tuple[bytes, int]] = {
    "a picture that is kept": (file(b"x" * 500) + END, 500),
    "one that is too large": (field("card", b"c") + file(b"x" * (LARGEST_BYTES + 1)) + END, 0),
    "a second one": (file(b"x" * 500) + file(b"y" * 900) + END, 500),
    "another file": (file(b"x" * 500, name="other") + END, 0),
    "one that is cut off": (file(b"x" * 500)[:-40], 0),
    "a form that is refused": (file(b"x" * 500) + field("words", b"\xff\xfe") + END, 0),
}


@pytest.mark.parametrize("what", PASSED)
def test_all_bytes_that_come_are_counted_but_those_of_the_picture_that_is_kept(what: str, tmp_path: Path) -> None:
    (body, kept), passed = PASSED[what], list[int]()
    with contextlib.suppress(FormRefused):
        read([body[at : at + 65_536] for at in range(0, len(body), 65_536)], tmp_path, passed=passed.append)
    assert [len(body) - kept] == passed


@pytest.mark.parametrize("called", ["../../key", "/etc/passwd", "a\\..\\b", "x" * 300, "\x00", "key"])
def test_what_a_file_is_called_is_nobodys_business(called: str, tmp_path: Path) -> None:
    form = read([file(b"x", called=called) + END], tmp_path / "")
    assert form.picture is not None and "0.part" == form.picture.name


def test_a_line_that_brings_nothing_is_let_go_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_form, "IDLE_S", 0.01)
    monkeypatch.setattr(report_form, "PIECE_BYTES", 10)
    begun = field("card", b"c") + file(b"x" * 500)[:-40]
    first = iter([begun])

    async def receive() -> dict[str, object]:
        piece = next(first, None)
        if piece is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", b"multipart/form-data; boundary=b")]}, receive)
    with pytest.raises(FormRefused) as refused:
        asyncio.run(read_form(request, lambda: tmp_path / "1.part"))
    assert 408 == refused.value.status and [] == list(tmp_path.iterdir())


def test_a_form_that_tells_its_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async def receive() -> dict[str, object]:
        raise AssertionError("not read")

    headers = [(b"content-type", b"multipart/form-data; boundary=b"), (b"content-length", str(LARGEST_BODY_BYTES + 1).encode())]
    with pytest.raises(FormRefused) as refused:
        asyncio.run(read_form(Request({"type": "http", "method": "POST", "headers": headers}, receive), lambda: tmp_path / "1.part"))
    assert 413 == refused.value.status


# ---- pictures in pieces


@pytest.fixture
def wall() -> Clock:
    return Clock()


@pytest.fixture
def writer(engine: Engine, store_url: str, city: City, tmp_path: Path, wall: Clock) -> Iterator[Writer]:
    with writing_to(city, store_url, tmp_path / "pictures", wall) as writer:
        yield writer


def test_a_picture_that_came_in_pieces_is_of_its_report(writer: Writer, engine: Engine, tmp_path: Path) -> None:
    card, picture = writer.card(), photo(3)
    for at in range(0, len(picture), 100):
        assert at == writer.offset(card)
        answer = writer.patch(card, at, picture[at : at + 100])
        assert (204, str(min(at + 100, len(picture)))) == (answer.status_code, answer.headers["upload-offset"])
    told = writer.send_by_script(card, picture_bytes=str(len(picture)))
    assert "sent" == told.json()["ended"]
    sent = writer.reports.known(card)
    assert sent is not None and picture == writer.reports.shelf.get(sent.report.picture or "")
    assert [] == list((tmp_path / "pictures" / "uploads").iterdir()), "what is on the shelf is on its way no more"


def test_a_picture_that_is_not_whole_is_no_report_yet(writer: Writer, engine: Engine) -> None:
    card, picture = writer.card(), photo(3)
    writer.patch(card, 0, picture[:100])
    answer = writer.send_by_script(card, picture_bytes=str(len(picture)))
    assert (409, "incomplete", 100) == (answer.status_code, answer.json()["ended"], answer.json()["offset"])
    writer.patch(card, 100, picture[100:])
    assert 200 == writer.send_by_script(card, picture_bytes=str(len(picture))).status_code
    assert 1 == count(engine)


def test_a_report_that_was_received_is_found_though_its_picture_is_on_its_way_no_more(writer: Writer, engine: Engine) -> None:
    card, picture = writer.card(), photo(3)
    writer.patch(card, 0, picture)
    codes = {writer.send_by_script(card, picture_bytes=str(len(picture))).json()["code"] for _ in range(3)}
    assert 1 == len(codes) and 1 == count(engine)


def test_a_piece_goes_on_where_the_picture_ends_or_nowhere(writer: Writer) -> None:
    card = writer.card()
    writer.patch(card, 0, b"0123")
    for offset in (0, 3, 5):
        answer = writer.patch(card, offset, b"xx")
        assert (409, "4") == (answer.status_code, answer.headers["upload-offset"])
    assert 4 == writer.offset(card)
    writer.ask("DELETE", f"/report/upload/{card}", headers=OURS)
    assert 0 == writer.offset(card)


def test_what_came_before_a_line_broke_is_there(writer: Writer) -> None:
    """A real connection that is cut in the middle of a piece."""
    card = writer.card()
    with served(writer.app) as port:
        with socket.create_connection(("127.0.0.1", port)) as line:
            head = f"PATCH /report/upload/{card} HTTP/1.1\r\nHost: x\r\nContent-Type: application/offset+octet-stream\r\n"
            line.sendall(f"{head}Upload-Offset: 0\r\nContent-Length: 200000\r\n\r\n".encode() + b"x" * 100_000)
            until(lambda: writer.offset(card) >= 65_536)
        until(lambda: writer.offset(card) == 100_000)
    assert 204 == writer.patch(card, 100_000, b"y").status_code


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline_s = clock.monotonic_s() + 10
    while not holds():
        assert clock.monotonic_s() < deadline_s
        clock.sleep_s(0.005)


def test_wrong_uploads_are_told_what_they_are(writer: Writer, wall: Clock) -> None:
    card = writer.card()
    found = {
        "no offset": writer.ask("PATCH", f"/report/upload/{card}", content=b"x", headers=OURS),
        "another kind": writer.patch(card, 0, b"x", **{"Content-Type": "image/jpeg"}),
        "too far": writer.patch(card, LARGEST_BYTES, b"x"),
        "minus": writer.patch(card, -1, b"x"),
        "of another site": writer.patch(card, 0, b"x", **{"Sec-Fetch-Site": "cross-site"}),
        "no card": writer.patch("A" * 46, 0, b"x"),
        "a path": writer.patch("..%2F..%2Fkey", 0, b"x"),
    }
    assert [400, 400, 413, 400, 403, 404, 404] == [answer.status_code for answer in found.values()]
    wall.now_us += VALID_US + 1_000_000
    assert 410 == writer.patch(card, 0, b"x").status_code == writer.ask("HEAD", f"/report/upload/{card}").status_code


def test_a_full_disk_says_come_again(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    card = writer.card()
    monkeypatch.setattr(writer.reports.uploads, "has_room", lambda _: False)
    answer = writer.patch(card, 0, b"x")
    assert (507, "5") == (answer.status_code, answer.headers["retry-after"])


def test_a_full_disk_costs_a_form_its_picture_and_not_its_words(writer: Writer, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer.reports.uploads, "has_room", lambda _: False)
    answer = writer.send(picture=photo(1), words="kept")
    code_of(answer)
    assert "lost=no_room" in answer.headers["location"] and 1 == count(engine)


@pytest.mark.parametrize("point", ["LP07", "+"])
def test_a_photo_that_is_too_large_costs_a_form_its_picture_and_not_its_words(writer: Writer, engine: Engine, point: str) -> None:
    answer = writer.send(picture=b"\xff\xd8" + b"x" * LARGEST_BYTES, words="kept", point=point, consent="1")
    code_of(answer)
    assert "lost=too_large" in answer.headers["location"] and 1 == count(engine)
    page = writer.get(answer.headers["location"]).text
    assert "larger than 12 MB" in page and "the rest of your report was received" in page and "kept" in page


def test_a_photo_that_is_too_large_with_nothing_beside_it_is_told_so_and_the_form_stays(writer: Writer, engine: Engine) -> None:
    answer = writer.send(picture=b"\xff\xd8" + b"x" * LARGEST_BYTES, depth="", ago="15")
    assert 422 == answer.status_code and "larger than 12 MB" in answer.text and 0 == count(engine)
    assert 'value="LP07" selected' in answer.text and 'value="15" checked' in answer.text


def test_photos_that_are_passed_over_use_up_what_an_address_may_send_and_words_never_wait_for_that(
    writer: Writer, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UPLOAD_KIB", parse("20480/10 minutes"))
    large = b"\xff\xd8" + b"x" * LARGEST_BYTES
    for words in ("first", "second"):
        assert "lost=too_large" in writer.send(picture=large, words=words).headers["location"]
    answer = writer.send(picture=photo(1), words="third")
    code_of(answer)
    assert "lost=no_room" in answer.headers["location"]
    assert 429 == writer.patch(writer.card(), 0, b"x").status_code, "it is one share"
    answer = writer.send(words="alone")
    code_of(answer)
    assert "lost" not in answer.headers["location"] and 4 == count(engine)
    other = Writer(writer.app, writer.reports, "198.51.100.9").send(picture=photo(2), words="of another")
    assert "lost" not in other.headers["location"], "of one address only"
    assert [] == list((tmp_path / "pictures" / "uploads").iterdir())


def test_a_picture_that_becomes_no_cards_is_counted(writer: Writer, wall: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPLOAD_KIB", parse("10240/10 minutes"))
    card = writer.card()
    code_of(writer.send(card))
    wall.now_us += VALID_US + 1_000_000
    for _ in range(2):
        code_of(writer.send(card, picture=b"\xff\xd8" + b"x" * 6 * 1024 * 1024))  # sent already: the picture is of no use
    assert 429 == writer.patch(writer.card(), 0, b"x").status_code


def test_a_storm_of_another_day_sweeps_no_picture_that_is_on_its_way(writer: Writer, wall: Clock, tmp_path: Path) -> None:
    """A simulated city plays its storm by a time of its own, which may lie years from the files' and jump."""
    for jump_s in (0, -400 * 86_400, 800 * 86_400):
        wall.now_us += jump_s * 1_000_000
        card = writer.card()
        for at in range(3):
            assert 204 == writer.patch(card, at, b"x").status_code
            wall.pass_s(200)
        code_of(writer.send(picture=photo(1)))
        assert 3 == writer.offset(card)


def test_what_nobody_came_back_to_is_swept_by_the_clock_of_its_file(writer: Writer, tmp_path: Path) -> None:
    card = writer.card()
    writer.patch(card, 0, b"x")
    (file,) = (tmp_path / "pictures" / "uploads").iterdir()
    os.utime(file, (clock.now_us() / 1e6 - 3_600,) * 2)
    writer.reports.uploads._swept_us = 0
    writer.patch(writer.card(), 0, b"x")
    assert 0 == writer.offset(card)


NAMES = st.sampled_from(["card", "point", "depth", "words", "ago", "lon", "lat", "picture_bytes", "consent", "training", "x"])
FIELDS = st.dictionaries(NAMES, st.text(max_size=30), max_size=8)


@given(fields=FIELDS, picture=st.binary(max_size=50), by_script=st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_form_brings_the_page_down(writer: Writer, fields: dict[str, str], picture: bytes, by_script: bool) -> None:
    card = fields.pop("card", None) or writer.card()
    answer = writer.send_by_script(card, **fields) if by_script else writer.send(card, picture, **fields)
    assert answer.status_code in (200, 303, 400, 409, 410, 413, 422, 429), answer.text[:300]


def test_a_form_leads_to_one_report_by_script_and_without(writer: Writer, engine: Engine) -> None:
    card = writer.card()
    assert writer.send_by_script(card).json()["code"] == code_of(writer.send(card)) and 1 == count(engine)
