"""A picture on its way ends whole or not at all, whatever comes first, twice, or never."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.reports import uploads as module
from streams.reports.shares import IDLE_US, MOST_BYTES, MOST_BYTES_OF_NETWORK, MOST_FILES, MOST_FILES_OF_NETWORK, Shares
from streams.reports.uploads import KEPT_US, LARGEST_BYTES, LOOK_US, NoRoom, Uploads, WrongOffset
from streams.reports.uploads import MOST_BYTES as ALL_BYTES
from streams.reports.uploads import MOST_FILES as ALL_FILES

NAME, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Uploads]:
    yield Uploads(tmp_path / "uploads")


PICTURE = bytes(range(256)) * 4


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PICTURE)), st.integers(1, 400)), max_size=40))
def test_pieces_in_whatever_order_make_the_picture_or_its_beginning(pieces: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        uploads = Uploads(Path(folder))
        for offset, size in pieces:
            piece, end = PICTURE[offset : offset + size], uploads.offset(NAME)
            try:
                assert offset + len(piece) == uploads.append(NAME, offset, piece) and offset == end
            except WrongOffset as wrong:
                assert wrong.offset == end != offset
        held = uploads.read(NAME) or b""
        assert PICTURE[: len(held)] == held
        while (end := uploads.offset(NAME)) < len(PICTURE):
            uploads.append(NAME, end, PICTURE[end : end + 100])
        assert PICTURE == uploads.read(NAME)


def test_two_that_write_at_once_do_not_mix(uploads: Uploads) -> None:
    ready, done = threading.Barrier(4), list[int]()

    def write() -> None:
        ready.wait()
        offset = 0
        while offset < len(PICTURE):
            try:
                offset = uploads.append(NAME, offset, PICTURE[offset : offset + 7])
            except WrongOffset as wrong:
                offset = wrong.offset
        done.append(offset)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(PICTURE)] * 4 == done
    assert PICTURE == uploads.read(NAME)


def test_another_process_goes_on_where_one_stopped(uploads: Uploads, tmp_path: Path) -> None:
    uploads.append(NAME, 0, PICTURE[:300])
    again = Uploads(tmp_path / "uploads")
    assert 300 == again.offset(NAME)
    again.append(NAME, 300, PICTURE[300:])
    assert PICTURE == uploads.read(NAME)


def test_no_picture_grows_beyond_what_one_may_be(uploads: Uploads) -> None:
    uploads.append(NAME, 0, b"x" * 1000)
    with pytest.raises(NoRoom) as none:
        uploads.append(NAME, 1000, b"x" * (LARGEST_BYTES - 999))
    assert none.value.too_large and 1000 == uploads.offset(NAME)


@pytest.mark.parametrize("name", ["", "..", "a" * 31, "A" * 32, "../" + "a" * 29, "a" * 32 + "\n"])
def test_what_is_no_digest_is_no_file(uploads: Uploads, name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        uploads.append(name, 0, b"x")


def test_a_link_in_the_place_of_a_picture_is_not_written_through(uploads: Uploads, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"kept")
    (tmp_path / "uploads" / f"{NAME}.part").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic"):
        uploads.append(NAME, 4, b"x")
    assert b"kept" == (tmp_path / "secret").read_bytes()


def test_what_nobody_comes_back_to_is_deleted_and_nothing_else(uploads: Uploads, tmp_path: Path) -> None:
    for name in (NAME, OTHER):
        uploads.append(name, 0, b"x")
    changed_us = (tmp_path / "uploads" / f"{NAME}.part").stat().st_mtime_ns // 1000
    os.utime(tmp_path / "uploads" / f"{OTHER}.part", (changed_us / 1e6 + 60, changed_us / 1e6 + 60))
    assert 1 == uploads.sweep(changed_us + IDLE_US + 1_000_000)
    assert (None, b"x") == (uploads.read(NAME), uploads.read(OTHER))


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_FILES", "FREE_BYTES"])
def test_a_disk_that_fills_up_takes_no_more_and_is_looked_at_again(uploads: Uploads, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    now_us = 10**15
    assert uploads.has_room(now_us)
    uploads.append(NAME, 0, b"xx")
    monkeypatch.setattr(module, limit, 10**20 if limit == "FREE_BYTES" else 1)
    assert uploads.has_room(now_us + LOOK_US - 1), "as it was a moment before"
    assert not uploads.has_room(now_us + LOOK_US)


def test_what_nobody_comes_back_to_is_deleted_when_others_come(uploads: Uploads, tmp_path: Path) -> None:
    uploads.append(NAME, 0, b"x")
    changed_us = (tmp_path / "uploads" / f"{NAME}.part").stat().st_mtime_ns // 1000
    uploads.has_room(changed_us + 1)
    assert b"x" == uploads.read(NAME)
    uploads.has_room(changed_us + IDLE_US + 1_000_000)
    assert uploads.read(NAME) is None


def test_a_picture_moves_with_its_card(uploads: Uploads) -> None:
    uploads.append(NAME, 0, b"x")
    uploads.move(NAME, OTHER)
    uploads.move(NAME, OTHER)
    assert (0, b"x") == (uploads.offset(NAME), uploads.read(OTHER))
    uploads.drop(OTHER)
    uploads.drop(OTHER)
    assert uploads.read(OTHER) is None


def test_a_whole_picture_of_a_form_stays_as_long_as_its_card(uploads: Uploads) -> None:
    file = uploads.fresh()
    file.write_bytes(b"x")
    written_us = file.stat().st_mtime_ns // 1000
    uploads.adopt(NAME, file)
    assert 0 == uploads.sweep(written_us + KEPT_US - 1_000_000) and b"x" == uploads.read(NAME)
    assert 1 == uploads.sweep(written_us + KEPT_US + 1_000_000)


# ---- shares of addresses

NOW_US = 10**15


def test_an_address_has_a_share_of_files_and_others_have_theirs() -> None:
    shares = Shares()
    assert all(shares.may_grow(f"{number}", "a", 1, NOW_US) for number in range(MOST_FILES))
    assert not shares.may_grow("more", "a", 1, NOW_US)
    assert shares.may_grow("0", "a", 2, NOW_US), "what is on its way goes on"
    assert shares.may_grow("more", "b", 1, NOW_US)
    shares.end("0")
    assert shares.may_grow("another", "a", 1, NOW_US)


def test_an_address_has_a_share_of_bytes() -> None:
    shares = Shares()
    assert shares.may_grow("1", "a", MOST_BYTES - 1, NOW_US)
    assert [True, False] == [shares.may_grow("2", "a", size, NOW_US) for size in (1, 2)]
    assert shares.may_grow("1", "b", MOST_BYTES - 1, NOW_US), "from another network"
    assert shares.may_grow("2", "a", MOST_BYTES, NOW_US)


def test_a_network_of_many_addresses_has_a_share_and_others_have_theirs() -> None:
    shares = Shares()
    assert all(shares.may_grow(f"{number}", f"{number // MOST_FILES}", 1, NOW_US, "x") for number in range(MOST_FILES_OF_NETWORK))
    assert not shares.may_grow("more", "other", 1, NOW_US, "x")
    assert shares.may_grow("0", "other", 1, NOW_US, "x"), "what is on its way goes on, from another address too"
    assert shares.may_grow("more", "other", 1, NOW_US, "y")
    shares.end("1")
    assert shares.may_grow("another", "other", 1, NOW_US, "x")
    shares = Shares()
    assert all(shares.may_grow(f"{number}", f"{number}", MOST_BYTES, NOW_US, "x") for number in range(MOST_BYTES_OF_NETWORK // MOST_BYTES))
    assert not shares.may_grow("more", "more", 1, NOW_US, "x")
    assert shares.may_grow("more", "more", 1, NOW_US + IDLE_US + 1, "x")


def test_no_network_may_have_more_than_an_eighth_of_all_room() -> None:
    assert 8 * MOST_FILES_OF_NETWORK <= ALL_FILES and 8 * MOST_BYTES_OF_NETWORK <= ALL_BYTES


def test_what_is_idle_is_of_no_share() -> None:
    shares = Shares()
    assert shares.may_grow("1", "a", MOST_BYTES, NOW_US)
    assert not shares.may_grow("2", "a", 1, NOW_US + IDLE_US)
    assert shares.may_grow("2", "a", 1, NOW_US + IDLE_US + 1)


def test_a_picture_that_moves_or_is_dropped_takes_its_share_along(uploads: Uploads) -> None:
    assert uploads.shares.may_grow(NAME, "a", MOST_BYTES, NOW_US)
    uploads.append(NAME, 0, b"x")
    uploads.move(NAME, OTHER)
    assert not uploads.shares.may_grow(NAME, "a", 1, NOW_US)
    uploads.drop(OTHER)
    assert uploads.shares.may_grow(NAME, "a", MOST_BYTES, NOW_US)


def test_a_sweep_lets_go_of_idle_shares(uploads: Uploads) -> None:
    assert uploads.shares.may_grow(NAME, "a", MOST_BYTES, NOW_US)
    uploads.sweep(NOW_US + IDLE_US + 1)
    assert uploads.shares.may_grow(OTHER, "a", MOST_BYTES, NOW_US)
