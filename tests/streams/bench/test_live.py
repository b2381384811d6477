"""The trial of the live stream, small: every client gets every flood, and misses nothing."""

from __future__ import annotations

from pathlib import Path

from streams.bench.live_latency import measure


def test_every_client_gets_every_flood(tmp_path: Path) -> None:
    report = measure(tmp_path, times=3, clients=4)
    assert (12, 3, 0, 0) == (len(report.each_s), len(report.last_s), len(report.pixel_s), report.gaps)
    assert 0 < min(report.each_s) <= max(report.each_s) < 10
    assert "no browser" in report.lines()[2]
