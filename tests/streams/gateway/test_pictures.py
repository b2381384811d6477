"""`POST /pictures`: with the key of an owner, and answered when the picture lies on the shelf."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from starlette.types import ASGIApp

from streams.bench.hostile.carriers import gps_exif
from streams.bench.hostile.file import jpeg, png, with_segment
from streams.gateway.http import make_app
from streams.gateway.keys import Keys
from streams.gateway.pictures import PictureDesk
from streams.pictures.apart import Sheltered, TooBusy
from streams.pictures.jpeg import strangers
from streams.pictures.shelf import Shelf

KEY = "key-of-drainage"
KEYS = Keys({"drainage": (hashlib.sha256(KEY.encode()).hexdigest(),)})


@pytest.fixture(scope="module")
def sheltered() -> Iterator[Sheltered]:
    with Sheltered(children=1, time_s=60) as running:
        yield running


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "pictures", free_bytes=0)


def app(pictures: PictureDesk | None) -> ASGIApp:
    return make_app(cast(Any, None), KEYS, dict, pictures=pictures)


def post(gateway: ASGIApp, body: bytes, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(gateway), base_url="http://gateway") as client:
            named = {"Authorization": f"Bearer {KEY}", **{name.replace("_", "-"): value for name, value in headers.items()}}
            return await client.post("/pictures", content=body, headers=named)

    return asyncio.run(ask())


@pytest.fixture
def gateway(shelf: Shelf, sheltered: Sheltered) -> ASGIApp:
    return app(PictureDesk(shelf, sheltered))


@pytest.mark.parametrize("raw", [with_segment(jpeg(), 0xE1, gps_exif()), png()])
def test_a_picture_is_cleaned_and_lies_on_the_shelf_by_the_name_it_is_answered_with(gateway: ASGIApp, shelf: Shelf, raw: bytes) -> None:
    answer = post(gateway, raw, Lowpoint_Station="LP01-camera")
    assert 201 == answer.status_code
    kept = shelf.get(answer.json()["picture"])
    assert kept is not None
    assert [] == strangers(kept)
    assert answer.json() == post(gateway, raw).json()


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"<svg xmlns='x'/>", 415, "wrong_kind"),
        (b"", 415, "not_a_picture"),
        (jpeg()[:500], 422, "broken"),
        (bytes(12 * 1024 * 1024 + 1), 413, "too_large"),
    ],
)
def test_what_is_refused_says_why(gateway: ASGIApp, shelf: Shelf, body: bytes, status: int, reason: str) -> None:
    answer = post(gateway, body)
    assert (status, reason) == (answer.status_code, answer.json()["reason"])
    assert [] == list(shelf.folder.rglob("*.jpg"))


@pytest.mark.parametrize("key", ["Bearer wrong", "", f"Basic {KEY}"])
def test_nobody_puts_pictures_there_without_a_key(gateway: ASGIApp, shelf: Shelf, key: str) -> None:
    assert 401 == post(gateway, jpeg(), Authorization=key).status_code
    assert [] == list(shelf.folder.rglob("*.jpg"))


def test_without_a_folder_none_are_taken_and_it_says_so() -> None:
    answer = post(app(None), jpeg())
    assert (404, True) == (answer.status_code, "--pictures" in answer.json()["error"])


class Busy:
    def clean(self, raw: bytes) -> bytes:
        raise TooBusy("too many pictures at a time")

    def close(self) -> None:
        pass


def test_too_many_at_a_time_are_told_to_come_again(shelf: Shelf) -> None:
    answer = post(app(PictureDesk(shelf, Busy())), jpeg())
    assert (503, True) == (answer.status_code, "retry-after" in answer.headers)


def test_a_full_disk_is_told_as_that(tmp_path: Path, sheltered: Sheltered) -> None:
    answer = post(app(PictureDesk(Shelf(tmp_path / "full", free_bytes=2**62), sheltered)), jpeg())
    assert (507, True) == (answer.status_code, "no room" in answer.json()["error"])
