"""The command: from the store to a sign over HTTP, to the end in good order."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams import clock
from streams.city.load import load_city
from streams.cli.signs import signs
from streams.observation.moments import MINUTE_US, to_text
from streams.rules.outputs import OutputMessage, PointState, Standing
from streams.store.engine import open_store
from streams.store.projection import rows_of, save
from tests.streams.signs.receiver import Receiver

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "config" / "cities" / "demo"
SECRET = b"0123456789abcdef"


@pytest.fixture
def own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_sign_hears_what_the_projector_writes(tmp_path: Path) -> None:
    point = load_city(DEMO).low_points[0]
    store = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_store(store)

    def write(level: int) -> None:
        now_us = clock.now_us()
        minute_us = now_us // MINUTE_US * MINUTE_US
        state = PointState(point.low_point_id, level, level, "measured", False, 0.1, to_text(minute_us))
        save(
            engine,
            [rows_of(OutputMessage(point.district_id, now_us, [], [Standing(point.district_id, to_text(minute_us), 0.0, [state], [])]))],
            now_us,
        )

    write(0)
    receiver = Receiver(SECRET)
    (tmp_path / "sign.secret").write_bytes(SECRET)
    targets = tmp_path / "signs.toml"
    targets.write_text(f'[[sign]]\nlow_point = "{point.low_point_id}"\nurl = "{receiver.url}"\nsecret_file = "sign.secret"\n', "utf-8")
    program = "from streams.cli.signs import signs; signs()"
    command = [sys.executable, "-c", program, "--city", str(DEMO), "--store", store, "--targets", str(targets)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        receiver.wait_for(1, 30)
        write(3)
        receiver.wait_for(2, 30)
    finally:
        process.send_signal(signal.SIGTERM)
        told, errors = process.communicate(timeout=20)
        receiver.close()
        engine.dispose()
    assert 0 == process.returncode, errors.decode()
    assert [("open", 0), ("closed", 3)] == receiver.shows[:2]
    assert [] == receiver.refused
    assert b"telling 1 signs" in told
    assert b"Traceback" not in errors
    assert receiver.url.encode() not in told + errors


def test_a_file_that_names_no_sign_is_said_in_one_line(tmp_path: Path, own_signals: None) -> None:
    targets = tmp_path / "signs.toml"
    targets.write_text("", "utf-8")
    answer = CliRunner().invoke(signs, ["--city", str(DEMO), "--store", f"sqlite:///{tmp_path / 'store.db'}", "--targets", str(targets)])
    assert 1 == answer.exit_code
    assert "one [[sign]] for each" in answer.output
