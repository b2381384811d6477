"""Who reads a file finds the old one or the new one, whole, with the permissions that were asked for; so also after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from streams import clock
from streams.settings import REPOSITORY, Settings
from streams.whole_file import LEFT_S, OF_ITS_OWNER, open_whole, write_whole

OLD, NEW = b"the old one", b"the new one"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "folder" / "file"
    found.parent.mkdir()
    found.write_bytes(OLD)
    return found


def only(file: Path) -> Path:
    """The one file beside it, while it is being written."""
    (new,) = set(file.parent.iterdir()) - {file}
    return new


def mode_of(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_the_new_one_takes_the_place_of_the_old_one_and_leaves_nothing_beside_it(file: Path) -> None:
    write_whole(file, NEW)
    assert NEW == file.read_bytes()
    assert [file] == list(file.parent.iterdir())


def test_the_old_one_stands_until_the_end(file: Path) -> None:
    with open_whole(file) as out:
        out.write(NEW)
        out.flush()
        assert (OLD, NEW) == (file.read_bytes(), only(file).read_bytes())


@pytest.mark.parametrize("error", [OSError, ValueError, KeyboardInterrupt])
def test_an_interrupted_write_leaves_the_old_one_whole_and_nothing_beside_it(file: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), open_whole(file) as out:
        out.write(NEW)
        out.flush()
        raise error
    assert OLD == file.read_bytes()
    assert [file] == list(file.parent.iterdir())


def test_a_process_that_is_killed_while_it_writes_leaves_the_old_one_whole(file: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from streams.whole_file import open_whole
with open_whole(Path(sys.argv[1])) as out:
    out.write(b"half of the new one")
    out.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = {**Settings().inherited, "PYTHONPATH": str(REPOSITORY)}
    ended = subprocess.run([sys.executable, "-c", script, str(file)], env=environment, timeout=60, check=False)
    assert -signal.SIGKILL == ended.returncode
    assert OLD == file.read_bytes()
    write_whole(file, NEW)  # what it left does not stand in the way
    assert NEW == file.read_bytes()


def test_what_killed_processes_left_is_swept_once_it_is_old_and_nothing_else_is(file: Path) -> None:
    names = {
        f".{file.name}.{'0a' * 8}.part": True,
        f".other.{'0a' * 8}.part": False,
        f".{file.name}.mine.part": False,
        f".{file.name}.{'0A' * 8}.part": False,
        f"{file.name}.{'0a' * 8}.part": False,
    }
    now_s = clock.now_us() / 1e6
    for name in names:
        file.with_name(name).write_bytes(OLD)
        os.utime(file.with_name(name), (now_s, now_s - LEFT_S - 60))
    young = file.with_name(f".{file.name}.{'0b' * 8}.part")  # of a writer that is at it
    young.write_bytes(OLD)
    os.utime(young, (now_s, now_s - LEFT_S + 60))
    folder = file.with_name(f".{file.name}.{'0c' * 8}.part")
    folder.mkdir()
    os.utime(folder, (now_s, now_s - LEFT_S - 60))
    write_whole(file, NEW)
    left = {file.name, young.name, folder.name} | {name for name, swept in names.items() if not swept}
    assert left == {one.name for one in file.parent.iterdir()}
    assert NEW == file.read_bytes()


@pytest.mark.parametrize("sync", [False, True])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_its_mode_is_as_asked_from_the_first_byte_on_whatever_the_old_one_had(file: Path, mode: int, sync: bool) -> None:
    file.chmod(0o666)
    with open_whole(file, mode=mode, sync=sync) as out:
        assert mode == mode_of(only(file))
        out.write(NEW)
    assert (mode, NEW) == (mode_of(file), file.read_bytes())


def test_without_a_mode_it_is_what_any_new_file_has(file: Path) -> None:
    file.chmod(0o600)
    write_whole(file, NEW)
    usual = file.with_name("usual")
    usual.touch()
    assert mode_of(usual) == mode_of(file)


def test_a_file_or_link_that_somebody_left_where_the_new_one_would_lie_is_not_written_to(file: Path, tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    other.write_bytes(OLD)
    link.symlink_to(other)
    for left in (other, link):
        with pytest.raises(FileExistsError):
            write_whole(file, NEW, mode=OF_ITS_OWNER, temporary=left)
    assert (OLD, OLD, True) == (file.read_bytes(), other.read_bytes(), link.is_symlink())


def test_one_that_is_to_stay_stays(file: Path) -> None:
    with pytest.raises(FileExistsError):
        write_whole(file, NEW, over=False)
    assert OLD == file.read_bytes()
    assert [file] == list(file.parent.iterdir())


def test_of_many_that_come_at_once_one_is_first_and_its_file_whole(tmp_path: Path) -> None:
    ready, first = threading.Barrier(8), []

    def come(number: int) -> None:
        ready.wait(30)
        try:
            write_whole(tmp_path / "file", b"%d" % number * 10_000, over=False)
            first.append(number)
        except FileExistsError:
            return

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len(first)
    assert b"%d" % first[0] * 10_000 == (tmp_path / "file").read_bytes()


def test_many_that_write_over_each_other_leave_one_of_theirs_whole(tmp_path: Path) -> None:
    ready, wrong = threading.Barrier(8), list[Exception]()

    def come(number: int) -> None:
        ready.wait(30)
        try:
            for _ in range(20):
                write_whole(tmp_path / "file", b"%d" % number * 10_000)
        except OSError as error:
            wrong.append(error)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = (tmp_path / "file").read_bytes()
    assert ([], found[:1] * 10_000) == (wrong, found)


@pytest.mark.parametrize(("sync", "expected"), [(True, ["file", "name", "folder"]), (False, ["name"])])
def test_it_is_on_the_disk_before_it_has_its_name_where_that_is_asked_for(
    file: Path, monkeypatch: pytest.MonkeyPatch, sync: bool, expected: list[str]
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(opened: int) -> None:
        order.append("folder" if os.path.isdir(f"/proc/self/fd/{opened}") else "file")  # noqa: PTH112
        fsync(opened)

    def renamed(one: Path, other: Path) -> Path:
        order.append("name")
        return replace(one, other)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    write_whole(file, NEW, sync=sync)
    assert expected == order
