"""`lowpoint send` sends what is due as a dry run, and ends when told."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from streams import clock
from streams.cli.project import project
from streams.cli.send import send
from streams.store.outbox import account, unsent, write_order
from tests.streams.store.town import order, settle

ROOT = Path(__file__).resolve().parents[3]


def test_once_sends_what_is_due_and_says_how_much(engine: Engine, store_url: str, tmp_path: Path, own_signals: None) -> None:
    settle(engine, tmp_path, ["Z1"] * 3)
    write_order(engine, order())
    answer = CliRunner().invoke(send, ["--store", store_url, "--once"])
    assert (0, "dry run: 3 texts") == (answer.exit_code, answer.output.splitlines()[-1])
    assert (0, 3) == (unsent(engine), account(engine)["sent"])


def test_it_goes_on_sending_until_told_to_stop(engine: Engine, store_url: str, tmp_path: Path) -> None:
    settle(engine, tmp_path, ["Z1"] * 2)
    process = subprocess.Popen([sys.executable, "-m", "streams.cli.main", "send", "--store", store_url], cwd=ROOT, stderr=subprocess.PIPE)
    try:
        for version in (1, 2):
            write_order(engine, order(version, "Update" if version > 1 else "Alert"))
            deadline_s = clock.monotonic_s() + 30
            while unsent(engine):
                assert clock.monotonic_s() < deadline_s
                clock.sleep_s(0.02)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert 0 == process.returncode, errors.decode()


@pytest.mark.parametrize("command", [send, project])
def test_a_store_that_is_none_is_said_in_one_line(command: object, own_signals: None) -> None:
    arguments = ["--store", "mysql://x/y"] + (["--broker", "x:1"] if command is project else [])
    answer = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]
    assert 1 == answer.exit_code
    assert "Error: " in answer.output
