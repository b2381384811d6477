from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from streams.cli.main import main
from streams.observation.moments import to_text

if TYPE_CHECKING:
    from tests.streams.archive.conftest import Filled


def arguments(filled: Filled, out: Path, *more: str) -> list[str]:
    asked = ["--city", str(filled.folder), "--broker", filled.bootstrap, "--prefix", filled.names.prefix, "--out", str(out)]
    return ["archive", "export", *asked, *more]


def test_it_tells_how_many_it_wrote_and_when_they_came(storm_topic: Filled, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, arguments(storm_topic, tmp_path / "storm.ndjson.gz"))
    assert 0 == done.exit_code, done.output
    assert f"{len(storm_topic.recording)} observations written to {tmp_path / 'storm.ndjson.gz'}" in done.stdout
    assert to_text(int(storm_topic.recording.received_us[0])) in done.stderr


def test_times_may_be_given_in_local_time(storm_topic: Filled, tmp_path: Path) -> None:
    times = ("--from", "2026-07-14T16:05:00+08:00", "--to", "2026-07-14T08:10:00Z")
    done = CliRunner().invoke(main, arguments(storm_topic, tmp_path / "storm.ndjson", *times))
    assert 0 == done.exit_code, done.output
    assert "they arrived from 2026-07-14T08:05:0" in done.stderr


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (("--from", "2026-07-14T08:00:00"), "no time with a zone"),
        (("--to", "yesterday"), "no time with a zone"),
        (("--from", "2026-07-14T08:00:00Z", "--to", "2026-07-14T08:00:00Z"), "--from is not before --to"),
    ],
)
def test_times_that_cannot_be_meant_are_refused(storm_topic: Filled, tmp_path: Path, times: tuple[str, ...], told: str) -> None:
    done = CliRunner().invoke(main, arguments(storm_topic, tmp_path / "storm.ndjson", *times))
    assert 2 == done.exit_code
    assert told in done.stderr


def test_what_cannot_be_had_is_told_in_one_line(storm_topic: Filled, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, arguments(storm_topic, tmp_path / "storm.ndjson", "--prefix", "other"))
    assert 1 == done.exit_code
    assert done.stderr.startswith("Error: there is no topic other.batches")
    assert 1 == len(done.stderr.splitlines())
