"""A real Mosquitto with the configuration that we ship."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.broker.ports import pick_ports
from tests.streams.gateway.site import ROOT, eventually

SHIPPED = ROOT / "config" / "gateway"
PLACES = {"listener": "listener {port} 127.0.0.1", "password_file": "password_file {folder}/passwords"}
PLACES |= {"acl_file": "acl_file {folder}/acl", "persistence_location": "persistence_location {folder}/"}


def program(name: str) -> str | None:
    """Where a program of Mosquitto is; /usr/sbin is not on everybody's path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def installed() -> bool:
    """Whether it can be tested against."""
    return program("mosquitto") is not None and program("mosquitto_passwd") is not None


def needs_mosquitto() -> None:
    """Skip where it is not installed."""
    if not installed():
        pytest.skip("Mosquitto is not installed: ./lowpoint setup does it where it may, or: apt-get install mosquitto")


class Mosquitto:
    """The broker as a child process; `start` again after `stop` or `kill` keeps its port and its sessions."""

    def __init__(self, folder: Path, users: Mapping[str, str]):
        self.folder, self.port = folder, pick_ports().client
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()
        passwords = folder / "passwords"
        passwords.touch()
        for user, password in users.items():
            subprocess.run([str(program("mosquitto_passwd")), "-b", str(passwords), user, password], check=True, capture_output=True)
        for file in folder.iterdir():
            file.chmod(0o600)

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def start(self) -> None:
        command = [str(program("mosquitto")), "-c", str(self.folder / "mosquitto.conf")]
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        eventually(self._answers, "Mosquitto")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "mosquitto.log").read_text("utf-8")
        try:
            socket.create_connection(self.address, 1).close()
        except OSError:
            return False
        return True

    def _configure(self) -> None:
        """The shipped files, with places of our own in them; as root Mosquitto would give up its rights, and our folder with them."""
        lines = (SHIPPED / "mosquitto.conf").read_text("ascii").splitlines()
        own = {key: line.format(port=self.port, folder=self.folder) for key, line in PLACES.items()}
        assert set(own) <= {line.split(" ")[0] for line in lines}
        text = "\n".join(own.get(line.split(" ")[0], line) for line in lines)
        (self.folder / "mosquitto.conf").write_text(f"{text}\nuser {self.folder.owner()}\n", "ascii")
        shutil.copy(SHIPPED / "mosquitto.acl", self.folder / "acl")


@contextmanager
def mosquitto(folder: Path, users: Mapping[str, str]) -> Iterator[Mosquitto]:
    """A running one."""
    broker = Mosquitto(folder, users)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
