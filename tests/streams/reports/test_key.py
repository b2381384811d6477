"""The key of the reports is made once, whole, for its owner's eyes only, whoever comes first."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from streams.reports.key import NAME, ReportsKeyError, open_reports_key


def test_the_key_is_made_once_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    first = open_reports_key(folder).digest("device", "x")
    assert first == open_reports_key(folder).digest("device", "x")
    assert 0o600 == (folder / NAME).stat().st_mode & 0o777
    assert [NAME] == [file.name for file in folder.iterdir()]


def test_many_that_come_at_once_have_the_same_key(tmp_path: Path) -> None:
    ready, found = threading.Barrier(8), []

    def come() -> None:
        ready.wait()
        found.append(open_reports_key(tmp_path).digest("device", "x"))

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 8 == len(found) and 1 == len(set(found))


@pytest.mark.parametrize("held", ["", "c2hvcnQ=", "not base64 at all", "é"])
def test_what_is_no_key_is_refused_and_left_as_it_is(tmp_path: Path, held: str) -> None:
    file = tmp_path / NAME
    file.write_text(held, "utf-8")
    with pytest.raises(ReportsKeyError, match="holds no key"):
        open_reports_key(tmp_path)
    assert held == file.read_text("utf-8")


def test_uses_are_apart(tmp_path: Path) -> None:
    key = open_reports_key(tmp_path)
    assert key.digest("device", "x") != key.digest("address", "x")
