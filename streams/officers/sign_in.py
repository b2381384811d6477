"""Signs somebody in: name, password and code against what is stored, and never a word about which of them was wrong."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from sqlalchemy import Engine

from streams.officers.account import Officer
from streams.officers.passwords import Passwords
from streams.officers.second_factor import NO_STEP, accepted_step, new_secret
from streams.officers.session import LONGEST_US, new_token
from streams.officers.vault import Vault
from streams.store.officers import any_credentials, credentials, let_in
from streams.store.tries import begin_try


class Refusal(StrEnum):
    """Why somebody was not let in."""

    WRONG = "wrong"
    """Name, password or code is wrong, the code was used before, or the account is disabled."""
    WAIT = "wait"
    """There were too many tries with this name."""


class Attempt(msgspec.Struct, frozen=True):
    """What somebody typed."""

    name: str
    password: str
    code: str

    def __repr__(self) -> str:
        return "Attempt(...)"  # a password must reach no log by way of a traceback, nor a name that may be one


class SignedIn(msgspec.Struct, frozen=True):
    """Who was let in, the token to show from now on, and when the session ends at the latest."""

    officer: Officer
    token: str
    ends_us: int

    def __repr__(self) -> str:
        return f"SignedIn({self.officer.name})"


class Refused(msgspec.Struct, frozen=True):
    """Why not, and for a wait until when."""

    why: Refusal
    until_us: int | None = None


class Door:
    """Where people sign in.

    Whether a name exists cannot be told: not by what is answered, nor by the work done, which is one password and one second factor each
    time; for a name that nobody has, they are nobody's.
    """

    def __init__(self, engine: Engine, vault: Vault, passwords: Passwords):
        self._engine = engine
        self._vault = vault
        self._passwords = passwords
        self._nobodys_secret = vault.seal("", new_secret())

    def sign_in(self, attempt: Attempt, now_us: int) -> SignedIn | Refused:
        """Let somebody in, or not; the try is counted before anything is compared.

        Raises
        ------
        VaultError
            Where the key does not open the second factor of the account: the operator's to mend (see `check_key`).
        """
        until_us = begin_try(self._engine, attempt.name, now_us)
        if until_us is not None:
            return Refused(Refusal.WAIT, until_us)
        known = credentials(self._engine, attempt.name)
        right = self._passwords.right(known.password_hash if known else None, attempt.password)
        name, sealed, last = (known.officer.name, known.sealed_secret, known.last_step) if known else ("", self._nobodys_secret, NO_STEP)
        step = accepted_step(self._vault.unseal(name, sealed), attempt.code, now_us, last)
        if known is None or not right or step is None:
            return Refused(Refusal.WRONG)
        token = new_token()
        new_hash = self._passwords.hash(attempt.password) if self._passwords.outdated(known.password_hash) else None
        if not let_in(self._engine, known, step, token, now_us, new_hash):
            return Refused(Refusal.WRONG)
        return SignedIn(known.officer, token, now_us + LONGEST_US)


def check_key(engine: Engine, vault: Vault) -> None:
    """Try a key on an account that is there: call it before a service begins, and before an account is added with another key.

    Raises
    ------
    VaultError
        Where it does not open it.
    """
    known = any_credentials(engine)
    if known:
        vault.unseal(known.officer.name, known.sealed_secret)
