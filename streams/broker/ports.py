"""Free ports for a broker, and two at a time: one for clients, one for the controller."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
LOWEST, HIGHEST = 15_000, 32_000
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@dataclass(frozen=True)
class Ports:
    """Where a broker listens."""

    client: int
    controller: int

    @property
    def bootstrap(self) -> str:
        """HOST:PORT for clients."""
        return f"{HOST}:{self.client}"


def pick_ports() -> Ports:
    """Two ports that nobody listens on now; somebody may the next moment, so the caller must be able to pick again."""
    return Ports(_free_port(), _free_port())


def _free_port() -> int:
    # Not port 0: the system would hand out one of its ephemeral range, which any outgoing connection may take as its own while
    # the broker is down, and where a client that keeps knocking on a dead port can even end up connected to itself.
    low, high = LOWEST, min(HIGHEST, _first_ephemeral())
    while True:
        port = low + secrets.randbelow(high - low)
        if _is_free(port):
            return port


def _first_ephemeral() -> int:
    try:
        first = int(_EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return HIGHEST
    return first if first > LOWEST + 1000 else HIGHEST


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Java does: connections that linger do not matter
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
