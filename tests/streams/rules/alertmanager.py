"""A real Alertmanager of its own for tests: an address on this machine, stopped at the end."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from tenacity import retry, stop_after_delay, wait_fixed

CONFIG = {
    "route": {"receiver": "nobody"},
    "receivers": [{"name": "nobody"}],
    "inhibit_rules": [
        {"source_matchers": ['kind="zone"', 'level="4"'], "target_matchers": ['kind="point"', 'level=~"1|2"'], "equal": ["zone"]}
    ],
}


def program() -> str | None:
    """Where it is installed; None where it is not."""
    return shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")


class Alertmanager:
    """Its API, version 2."""

    def __init__(self, address: str):
        self._http = httpx.Client(base_url=f"{address}/api/v2", timeout=10.0)

    @retry(stop=stop_after_delay(30), wait=wait_fixed(0.1))
    def ready(self) -> None:
        self._http.get("/status").raise_for_status()

    def post(self, alerts: list[dict[str, Any]]) -> None:
        self._http.post("/alerts", json=alerts).raise_for_status()

    def alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._http.get("/alerts").raise_for_status().json()
        return found

    def silence(self, silence: dict[str, Any]) -> str:
        return str(self._http.post("/silences", json=silence).raise_for_status().json()["silenceID"])

    def expire(self, silence: str) -> None:
        self._http.delete(f"/silence/{silence}").raise_for_status()


@contextmanager
def running(folder: Path) -> Iterator[Alertmanager]:
    """Start it on a free port and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config.yml").write_text(json.dumps(CONFIG))
    arguments = [str(program()), f"--config.file={folder / 'config.yml'}", f"--storage.path={folder / 'data'}"]
    arguments += [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
    with (folder / "log").open("wb") as log, subprocess.Popen(arguments, stdout=log, stderr=log) as process:
        try:
            server = Alertmanager(f"http://127.0.0.1:{port}")
            server.ready()
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)
