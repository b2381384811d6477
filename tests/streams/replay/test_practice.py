"""The three measured storms of the practice set, by the scorer that acceptance uses; and the same made by our own importer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.importers.city_folder import Release
from streams.importers.floodnet import import_floodnet
from streams.replay.run import ReplayOptions, replay
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker

SHARED = Path(__file__).resolve().parents[4] / "shared"
STORMS = ("2021-08-22", "2021-09-02", "2023-09-29")

pytestmark = pytest.mark.skipif(not (SHARED / "practice").exists(), reason="the practice storms (../shared/practice) are not here")


@pytest.fixture(scope="module")
def replayed(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All three storms, replayed."""
    out = tmp_path_factory.mktemp("practice")
    for storm in STORMS:
        folder = SHARED / "practice" / storm
        replay(ReplayOptions(folder / "city", (folder / "observations.ndjson.gz",), out / storm, broker=broker.bootstrap), Settings())
    return out


@pytest.fixture(scope="module")
def scores(replayed: Path) -> dict[str, Any]:
    """What the scorer says of them."""
    truths = [str(SHARED / "practice" / storm / "truth.json.gz") for storm in STORMS]
    folders = [str(replayed / storm) for storm in STORMS]
    report = replayed / "scores.json"
    scorer = SHARED / "practice" / "scorer" / "score.py"
    subprocess.run([sys.executable, str(scorer), "--truth", *truths, "--replay", *folders, "--json", str(report)], check=True, timeout=300)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def test_every_measured_crossing_is_raised_once_and_in_time(scores: dict[str, Any]) -> None:
    rows = scores["crossings"].values()
    assert [(0, 0, 0)] * 4 == [(row["missing"], row["doubled"], row["too_late"]) for row in rows]
    assert [18, 14, 12, 7] == [row["crossings"] for row in rows]


def test_no_dry_point_is_raised_by_measurement(scores: dict[str, Any]) -> None:
    assert 0 == scores["false_raises"]["measured_on_dry"]
    assert {0} == set(scores["false_raises"]["measured"].values())


def test_no_forecast_is_missing(scores: dict[str, Any]) -> None:
    assert {0.0} == {row["missing"] for row in scores["depth"].values()}


@pytest.mark.skipif(not (SHARED / "data" / "floodnet").exists(), reason="the measured floods (../shared/data) are not here")
def test_our_own_import_raises_the_same_points_to_the_same_levels_at_the_same_second(
    replayed: Path, broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = tmp_path_factory.mktemp("imported")
    data = SHARED / "data" / "floodnet"
    import_floodnet(
        data / "events.csv.gz", data / "sensor_metadata.csv", made, storm_dates=STORMS, release=Release(cap_issuer="exam", automatic=True)
    )
    for storm in STORMS:
        folder = made / storm
        replay(ReplayOptions(folder / "city", (folder / "observations.ndjson.gz",), folder / "out", broker=broker.bootstrap), Settings())
        assert set(raises(replayed / storm)) == set(raises(folder / "out"))


def raises(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Point, level and time of every measured raise."""
    standing: dict[str, int] = {}
    for text in (folder / "warnings.ndjson").read_text("utf-8").splitlines():
        line = json.loads(text)
        if line["basis"] != "measured" or line["level"] == "unknown":
            continue
        if line["level"] > standing.get(line["low_point"], 0):
            yield line["low_point"], line["level"], line["issued_at"]
        standing[line["low_point"]] = line["level"]
