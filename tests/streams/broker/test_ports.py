"""Ports that stay ours while the broker is down."""

from __future__ import annotations

import socket
from pathlib import Path

from streams.broker.ports import HOST, Ports, pick_ports
from streams.broker.properties import write_properties


def test_picked_ports_are_free_and_not_ephemeral() -> None:
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for _ in range(50):
        ports = pick_ports()
        for port in (ports.client, ports.controller):
            assert port < first_ephemeral
            socket.create_server((HOST, port)).close()


def test_properties_are_ascii_that_java_reads_back(tmp_path: Path) -> None:
    write_properties(tmp_path / "p", Ports(1, 2), Path("/积水\\x"))
    lines = (tmp_path / "p").read_text("ascii").splitlines()
    assert "log.dirs=/\\u79ef\\u6c34\\u005cx" in lines
    assert "listeners=CLIENT://127.0.0.1:1,CONTROLLER://127.0.0.1:2" in lines
