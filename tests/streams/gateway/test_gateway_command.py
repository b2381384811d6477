from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.gateway import gateway
from tests.streams.gateway.site import write_town


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    write_town(tmp_path / "city")
    (tmp_path / "keys.toml").write_text("", "utf-8")
    return ["--city", str(tmp_path / "city"), "--broker", "127.0.0.1:1", "--keys", str(tmp_path / "keys.toml")]


def test_a_port_that_is_taken_is_said_in_one_line(arguments: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = CliRunner().invoke(gateway, [*arguments, "--port", str(taken.getsockname()[1])])
    assert 1 == answer.exit_code
    assert "choose another --host or --port" in answer.output


@pytest.mark.parametrize("mqtt", ["localhost", ":1883", "localhost:x"])
def test_an_address_that_is_none_is_said_so(arguments: list[str], mqtt: str) -> None:
    answer = CliRunner().invoke(gateway, [*arguments, "--mqtt", mqtt])
    assert 2 == answer.exit_code
    assert "HOST:PORT" in answer.output


def test_keys_that_cannot_be_used_are_said_so(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text("a = 'b'", "utf-8")
    answer = CliRunner().invoke(gateway, arguments)
    assert 1 == answer.exit_code
    assert "64 hex" in answer.output
