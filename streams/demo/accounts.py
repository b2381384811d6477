"""Accounts of a demo and of a drill: made up, good for one run, and with their second factor in a file instead of on a phone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from sqlalchemy import Engine

from streams import clock
from streams.alerts.drill import status_of
from streams.city.model import City
from streams.demo.names import ROOTS
from streams.key_file import write_secret
from streams.observation.moments import SECOND_US
from streams.officers.account import AccountError, Officer
from streams.officers.passwords import Passwords
from streams.officers.roles import Role
from streams.officers.second_factor import STEP_S, new_secret
from streams.officers.vault import open_vault, write_key
from streams.store.officers import add_officer

BY = "demo"
WHO = (
    Officer("forecaster", "预报员 Forecaster", Role.FORECASTER),
    Officer("officer1", "指挥员一 Officer 1", Role.OFFICER),
    Officer("officer2", "指挥员二 Officer 2", Role.OFFICER),
    Officer("viewer", "观察员 Viewer", Role.VIEWER),
)
_WORDS = 3
_HEAD = "# Made-up accounts of a run that is under way: name, password, secret of the second factor. They end with it."


@dataclass(frozen=True)
class MadeUp:
    """One account as whoever plays it needs it."""

    name: str
    role: str
    password: str = field(repr=False)
    secret: str = field(repr=False)


def accounts_file(home: Path, run: str) -> Path:
    """Where the accounts of a run ("demo" or "drill") are kept while it is under way."""
    return home / run / "accounts.txt"


@contextmanager
def made_up_accounts(engine: Engine, city: City, key: Path, file: Path) -> Iterator[list[MadeUp]]:
    """Make the accounts in the store of a run, and keep them in a file for its owner's eyes while the block lasts.

    Parameters
    ----------
    key
        Where the key that seals their second factors is written to; it must not be there yet.

    Raises
    ------
    AccountError
        In a city whose texts may reach real people: accounts that lie in a file sign nothing there.
    """
    if status_of(city, drill=city.drill) == "Actual" or city.public.live:
        raise AccountError(f"{city.name} is live: make accounts by `lowpoint officers add`")
    write_key(key)
    vault, passwords, made = open_vault(key), Passwords(), list[MadeUp]()
    for officer in WHO:
        one = MadeUp(officer.name, str(officer.role), _password(), new_secret())
        add_officer(engine, officer, passwords.hash(one.password), vault.seal(one.name, one.secret), clock.now_us(), BY)
        made.append(one)
    kept = _written(made)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    write_secret(file, kept)
    try:
        yield made
    finally:
        # another run may have written its own meanwhile
        if file.exists() and file.read_bytes().strip() == kept:
            file.unlink()


def read_accounts(file: Path) -> dict[str, MadeUp]:
    """The accounts of the run that is under way, by name.

    Raises
    ------
    AccountError
        Where there is none.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise AccountError(f"{file} is not there: its accounts are made when a demo or a drill starts, and end with it") from None
    roles = {officer.name: str(officer.role) for officer in WHO}
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {name: MadeUp(name, roles[name], password, secret) for name, password, secret in rows}


def code_now(file: Path, name: str, now_us: int) -> tuple[str, int]:
    """The code of an account at a moment, and for how many seconds it is the newest.

    Raises
    ------
    AccountError
        Where no run is under way, or it has no account of this name.
    """
    known = read_accounts(file)
    if name not in known:
        raise AccountError(f"there is no account {name!r}: there are {', '.join(known)}")
    now_s = now_us // SECOND_US
    return pyotp.TOTP(known[name].secret, interval=STEP_S).at(now_s), STEP_S - now_s % STEP_S


def _password() -> str:
    words = "-".join(secrets.choice(ROOTS).en for _ in range(_WORDS))
    return f"{words}-{secrets.randbelow(9000) + 1000}"


def _written(made: Sequence[MadeUp]) -> bytes:
    return "\n".join([_HEAD, *(f"{one.name} {one.password} {one.secret}" for one in made)]).encode()
