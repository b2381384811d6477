"""A fake in a process of its own, for as long as a block lasts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from streams.broker import leash
from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.control import Control
from streams.fake_twilio.counts import Stats
from streams.fake_twilio.ledger import Entry
from streams.fake_twilio.options import ACCOUNT, HOST, TOKEN, FakeError
from streams.settings import REPOSITORY

ENDS_S = 10.0


class FakeTwilio:
    """`with FakeTwilio() as fake: client.api.base_url = fake.url`. Enter it in a thread that lives as long: the process ends with it.

    Attributes
    ----------
    url
        What stands in for Twilio's own address.
    account, token
        What the client signs in with; the token signs the webhooks too.
    control
        Its own API: `fake.control.set(down="unavailable")`.
    """

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        *,
        account: str = ACCOUNT,
        token: str = TOKEN,
        port: int = 0,
        ledger: Path | None = None,
    ):
        self.account, self.token = account, token
        self._behaviour, self._asked_port, self._ledger_file = behaviour, port, ledger
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.port = 0
        self.control = Control(HOST, 0)

    def __enter__(self) -> FakeTwilio:
        self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise FakeError("the fake did not start: see what it says above")
        self.url = line.split()[-1]
        self.port = int(self.url.rpartition(":")[2])
        self.control = Control(HOST, self.port)
        if self._behaviour:
            self.control.replace(self._behaviour)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def ledger(self, since: int = 0) -> list[Entry]:
        """Everything it created from a place on."""
        return self.control.ledger(since)

    def stats(self) -> Stats:
        """What it counted."""
        return self.control.stats()

    def stop(self) -> None:
        """End the process; its state is gone, but for the file of the ledger."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    def _command(self) -> list[str]:
        command = [sys.executable, str(leash.__file__), str(os.getpid()), sys.executable, "-m", "streams.cli.fake_twilio"]
        command += ["--account", self.account, "--token", self.token, "--port", str(self._asked_port), "--log-level", "WARNING"]
        return command + (["--ledger", str(self._ledger_file.absolute())] if self._ledger_file else [])
