"""The command: says what is wrong in one line, watches, and ends in good order when told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams import clock
from streams.cli.watchdog import watchdog

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "config" / "cities" / "demo"


@pytest.fixture
def own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_watches_and_ends_in_good_order_when_told(tmp_path: Path) -> None:
    duty, status = tmp_path / "duty.txt", tmp_path / "watchdog.json"
    duty.write_text("+99912345678\n", "ascii")
    program = "from streams.cli.watchdog import watchdog; watchdog()"
    command = [sys.executable, "-c", program, "--city", str(DEMO), "--store", f"sqlite:///{tmp_path / 'store.db'}"]
    command += ["--duty", str(duty), "--status", str(status)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        deadline_s = clock.monotonic_s() + 30
        while not status.exists():
            assert process.poll() is None and clock.monotonic_s() < deadline_s
            clock.sleep_s(0.02)
        assert 1 == json.loads(status.read_bytes())["officers"]
    finally:
        process.send_signal(signal.SIGTERM)
        told, errors = process.communicate(timeout=20)
    assert 0 == process.returncode, errors.decode()
    assert b"1 on duty; a dry run" in told
    assert b"Traceback" not in errors
    assert b"123456" not in told + errors


def test_a_number_that_may_reach_somebody_is_refused_in_a_city_that_is_not_live(tmp_path: Path, own_signals: None) -> None:
    duty = tmp_path / "duty.txt"
    duty.write_text("+00000000\n", "ascii")
    answer = CliRunner().invoke(watchdog, ["--city", str(DEMO), "--store", f"sqlite:///{tmp_path / 'store.db'}", "--duty", str(duty)])
    assert 1 == answer.exit_code
    assert "line 1: number_not_made_up_in_a_city_not_live" in answer.output
    assert "0000000" not in answer.output
