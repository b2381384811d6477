"""What a fake is told at its start."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from streams.fake_twilio.behaviour import Behaviour

HOST = "127.0.0.1"
ACCOUNT = "AC" + "fa4e" * 8
TOKEN = "no-secret-of-a-fake"

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}", re.ASCII)


class FakeError(ValueError):
    """A fake that cannot start: what is wrong, and what to do."""


@dataclass(frozen=True)
class FakeOptions:
    """Account and token that requests must name, where to listen (port 0 takes a free one), and a file for the ledger.

    Raises
    ------
    FakeError
        Where the host is not this machine alone, or the account is none.
    """

    account: str = ACCOUNT
    token: str = TOKEN
    host: str = HOST
    port: int = 0
    behaviour: Behaviour = field(default_factory=Behaviour)
    ledger: Path | None = None

    def __post_init__(self) -> None:
        if self.host != HOST:
            raise FakeError(f"a fake listens on {HOST} alone, for anyone could set its behaviour: leave --host out")
        if not _ACCOUNT.fullmatch(self.account):
            raise FakeError("--account: AC and 32 hexadecimal digits, as Twilio's are")
        if not self.token or not self.token.isascii():
            raise FakeError("--token: some text in ASCII")
