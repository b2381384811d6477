"""People of a command centre, at a desk where passwords cost little."""

from __future__ import annotations

import pyotp
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from streams.observation.moments import SECOND_US
from streams.officers.account import Officer
from streams.officers.passwords import Cost, Passwords
from streams.officers.roles import Role
from streams.officers.sign_in import Attempt, Door, Refused, SignedIn
from streams.officers.vault import Vault
from streams.store.officers import add_officer

CHEAP = Passwords(Cost(rounds=1, memory_kib=8, lanes=1))
VAULT = Vault(Fernet.generate_key())
PASSWORD = "seven wet bicycles"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW_US = 1_626_769_860 * SECOND_US


def add(engine: Engine, name: str = "li.wei", role: Role = Role.OFFICER) -> Officer:
    officer = Officer(name, "Li Wei", role)
    add_officer(engine, officer, CHEAP.hash(PASSWORD), VAULT.seal(name, SECRET), NOW_US, "test")
    return officer


def door(engine: Engine, passwords: Passwords = CHEAP) -> Door:
    return Door(engine, VAULT, passwords)


def code(now_us: int = NOW_US, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(now_us // SECOND_US)


def sign_in(
    engine: Engine, now_us: int = NOW_US, name: str = "li.wei", password: str = PASSWORD, typed: str | None = None
) -> SignedIn | Refused:
    return door(engine).sign_in(Attempt(name, password, code(now_us) if typed is None else typed), now_us)


def token(engine: Engine, now_us: int = NOW_US, name: str = "li.wei") -> str:
    done = sign_in(engine, now_us, name)
    assert isinstance(done, SignedIn)
    return done.token
