"""What the shelf says it has, it has, whole; what is no name is no path."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.pictures.shelf import NEW, Shelf, ShelfFull, is_name
from streams.settings import REPOSITORY, Settings

JPEG = b"\xff\xd8 a picture \xff\xd9"
NAME = hashlib.sha256(JPEG).hexdigest()
LATER_US = 4_102_444_800_000_000  # the year 2100: after whatever a test puts there


def test_what_was_put_there_is_given_by_the_name_of_its_content(shelf: Shelf) -> None:
    assert NAME == shelf.put(JPEG)
    assert JPEG == shelf.get(NAME)
    assert JPEG == (shelf.folder / NAME[:2] / NAME[2:4] / f"{NAME}.jpg").read_bytes()
    assert shelf.has(NAME)


def test_twice_is_once(shelf: Shelf) -> None:
    assert shelf.put(JPEG) == shelf.put(JPEG)
    assert 1 == len(list(shelf.folder.rglob("*.jpg")))


def test_what_was_dropped_is_gone(shelf: Shelf) -> None:
    shelf.put(JPEG)
    assert (True, False) == (shelf.drop_before(NAME, LATER_US), shelf.drop_before(NAME, LATER_US))
    assert None is shelf.get(NAME)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "key",
        "../key",
        NAME[:-1],
        NAME + "0",
        NAME.upper(),
        f"../{NAME[3:]}",
        f"{NAME}\n",
        f"{NAME[:2]}/{NAME[3:]}",
        "\0" * 64,
        "g" * 64,
    ],
)
def test_what_is_no_name_is_nothing(shelf: Shelf, name: str) -> None:
    shelf.put(JPEG)
    (shelf.folder / "key").write_bytes(b"secret")
    assert (None, False, False) == (shelf.get(name), shelf.has(name), shelf.drop_before(name, LATER_US))
    assert b"secret" == (shelf.folder / "key").read_bytes()


@given(st.text(max_size=70))
def test_a_name_has_nothing_that_a_path_is_made_of(text: str) -> None:
    assert is_name(text) == (len(text) == 64 and set(text) <= set("0123456789abcdef"))


def test_it_is_on_the_disk_before_it_has_its_name_and_the_folder_before_the_answer(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    sync, replace = os.fsync, Path.replace

    def fsync(opened: int) -> None:
        order.append("folder" if os.path.isdir(f"/proc/self/fd/{opened}") else "file")  # noqa: PTH112
        sync(opened)

    def renamed(file: Path, other: Path) -> Path:
        order.append("name")
        return replace(file, other)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", renamed)
    shelf.put(JPEG)
    assert ["folder", "folder", "file", "name", "folder"] == order


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path: Path) -> None:
    full = Shelf(tmp_path / "full", free_bytes=2**62)
    with pytest.raises(ShelfFull, match="make room"):
        full.put(JPEG)
    assert [] == list(full.folder.rglob("*.jpg"))


def test_a_disk_that_becomes_full_says_so_and_leaves_nothing_half_done(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no"):
        shelf.put(JPEG)
    monkeypatch.undo()
    assert ([], []) == (list(shelf.folder.rglob("*.jpg")), list(shelf.folder.glob(f"{NEW}*")))
    assert NAME == shelf.put(JPEG)


def test_a_picture_that_was_put_there_again_is_not_old(shelf: Shelf) -> None:
    shelf.put(JPEG)
    file = next(shelf.folder.rglob("*.jpg"))
    os.utime(file, (1000, 1000))
    shelf.put(JPEG)
    assert not shelf.drop_before(NAME, 2_000_000_000)
    os.utime(file, (1000, 1000))
    assert shelf.drop_before(NAME, 2_000_000_000)


def test_who_puts_and_who_takes_away_at_once_never_leave_a_name_without_a_picture(shelf: Shelf) -> None:
    def put(_: int) -> bool:
        return shelf.put(JPEG) == NAME

    with ThreadPoolExecutor(8) as threads:
        drops = [threads.submit(shelf.drop_before, NAME, 1) for _ in range(100)]
        assert all(threads.map(put, range(100)))
        assert not any(drop.result() for drop in drops)
    assert JPEG == shelf.get(NAME)


WRITER = """
import sys
from pathlib import Path
from streams.pictures.shelf import Shelf
shelf = Shelf(Path(sys.argv[1]), free_bytes=0)
for number in range(100_000):
    print(shelf.put(b"%d " % number * 20_000), flush=True)
"""


def test_what_was_answered_is_whole_after_a_kill(shelf: Shelf) -> None:
    environment = {**Settings().inherited, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", WRITER, str(shelf.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdout is not None
        names = [writer.stdout.readline().strip() for _ in range(40)]
        writer.send_signal(signal.SIGKILL)
        names += [line.strip() for line in writer.stdout if len(line) == 65]
    assert len(names) >= 40
    for name in names:
        assert name == hashlib.sha256(shelf.get(name) or b"").hexdigest()
    assert all(file.stem == hashlib.sha256(file.read_bytes()).hexdigest() for file in shelf.folder.rglob("*.jpg"))
