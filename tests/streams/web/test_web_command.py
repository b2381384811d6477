"""The command: says its port, ends in good order, and stands with nothing but a store."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
from click.testing import CliRunner
from sqlalchemy import Engine

from streams import clock
from streams.city.model import City
from streams.cli.web import web
from tests.streams.web.conftest import DEMO
from tests.streams.web.situations import all_dry

ROOT = Path(__file__).resolve().parents[3]


def test_it_shows_the_page_and_ends_in_good_order_when_told(engine: Engine, city: City, store_url: str, tmp_path: Path) -> None:
    all_dry(engine, city)
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "streams.cli.main", "web", "--city", str(DEMO), "--store", store_url]
    command += ["--port", "0", "--port-file", str(port_file)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        deadline_s = clock.monotonic_s() + 30
        while not port_file.exists():
            assert process.poll() is None and clock.monotonic_s() < deadline_s
            clock.sleep_s(0.02)
        answer = httpx.get(f"http://127.0.0.1:{int(port_file.read_text('ascii'))}/?lang=en")
        assert 200 == answer.status_code
        assert "Low points: 51" in answer.text
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert 0 == process.returncode, errors.decode()
    assert b"Traceback" not in errors


def test_a_port_that_is_taken_and_a_store_that_is_none_are_said_in_one_line(own_signals: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = CliRunner().invoke(web, ["--city", str(DEMO), "--store", "sqlite:////nowhere/store.db", "--port", port])
    assert 1 == answer.exit_code
    assert "choose another --host or --port" in answer.output
    answer = CliRunner().invoke(web, ["--city", str(DEMO), "--store", "mysql://x/y"])
    assert 1 == answer.exit_code
    assert "not a database address" in answer.output or "the store cannot be mysql" in answer.output
