"""The benchmark of callbacks, small: a real server, and every attempt in the state that its callbacks come to."""

from __future__ import annotations

from pathlib import Path

from streams.bench.callbacks import measure
from streams.demo.city import FOLDER


def test_callbacks_at_a_steady_rate_are_all_answered_and_all_heard(tmp_path: Path) -> None:
    report = measure(tmp_path, FOLDER, attempts=50, rate=150, seconds=1)
    assert (150, 0, 0) == (len(report.answer_ms), report.errors, report.wrong)
    assert 0 < report.p99_ms
    assert "150 callbacks at 150/s over 50 attempts" in report.lines()[0]
