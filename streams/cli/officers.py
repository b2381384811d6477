"""`lowpoint officers`: who may sign in to the command centre, and which machines hold a key."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli.opened import STORE, opened

if TYPE_CHECKING:  # loaded by a command that is called, not by --help
    from streams.officers.account import Officer
    from streams.officers.vault import Vault

BY = "command line"
"""The actor in the audit: whoever can reach the database needs no account."""
ROLE = click.option("--role", type=click.Choice(["viewer", "forecaster", "officer", "administrator"]), required=True, help="what it may do")
KEY = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file of the key that encrypts second factors; without it the one that LOWPOINT_OFFICERS_KEY names",
)
ISSUER = click.option("--issuer", default="Lowpoint", show_default=True, help="what the app on the phone shows beside the name")


@click.group()
def officers() -> None:
    """Accounts of the command centre, and keys of machines.

    A viewer looks; a forecaster also edits drafts and sets stations aside; an officer also signs, rejects and changes levels by hand; an
    administrator looks, manages accounts and exports the audit, but signs nothing. The key of a machine never signs.
    """


@officers.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
def key(file: Path | None) -> None:
    """Write a new key to FILE, else to where LOWPOINT_OFFICERS_KEY says, readable by its owner only.

    It encrypts the second factors in the database. Keep a copy of it, but not beside the backup of the database.
    """
    from streams.officers.vault import write_key

    where = file or _configured()
    if where is None:
        raise click.UsageError("name the FILE to write the key to")
    with _told_plainly():
        write_key(where)
    click.echo(f"a new key is in {where}")


@officers.command()
@click.argument("name")
@ROLE
@click.option("--display-name", help="what others see; without it the name")
@STORE
@KEY
@ISSUER
def add(name: str, role: str, display_name: str | None, store: str, key_file: Path | None, issuer: str) -> None:
    """Add an account. The password is asked for, or is the first line of the standard input.

    Prints an otpauth:// address, this once: put it into the app that makes the codes, and see to it that nobody else reads it.
    """
    from streams import clock
    from streams.officers.account import AccountError, Officer, checked_display_name, checked_name
    from streams.officers.roles import Role
    from streams.officers.second_factor import app_address, new_secret
    from streams.officers.sign_in import check_key
    from streams.store.officers import add_officer, credentials

    with _told_plainly():
        officer = Officer(checked_name(name), checked_display_name(display_name or name), Role(role))
        vault = _vault(key_file)
        with opened(store) as engine:
            check_key(engine, vault)
            if credentials(engine, officer.name):
                raise AccountError(f"there is an account {officer.name!r} already: choose another name, or enable that one")
            password_hash, secret = _hash_of_new_password(officer), new_secret()
            add_officer(engine, officer, password_hash, vault.seal(officer.name, secret), clock.now_us(), BY)
    click.echo(app_address(secret, officer.name, issuer))


@officers.command()
@click.argument("name")
@click.option("--second-factor", is_flag=True, help="make a new second factor too, and print its address: the phone is lost")
@STORE
@KEY
@ISSUER
def password(name: str, second_factor: bool, store: str, key_file: Path | None, issuer: str) -> None:
    """Give an account a new password, asked for or the first line of the standard input, and end its sessions."""
    from streams import clock
    from streams.officers.second_factor import app_address, new_secret
    from streams.officers.sign_in import check_key
    from streams.store.officers import change_password, find_officer

    with _told_plainly(), opened(store) as engine:
        officer = find_officer(engine, name)
        secret, sealed = None, None
        if second_factor:
            vault, secret = _vault(key_file), new_secret()
            check_key(engine, vault)
            sealed = vault.seal(officer.name, secret)
        change_password(engine, officer.name, _hash_of_new_password(officer), clock.now_us(), BY, sealed)
    if secret is not None:
        click.echo(app_address(secret, officer.name, issuer))
    click.echo(f"{officer.name} has a new password", err=True)


@officers.command()
@click.argument("name")
@STORE
def disable(name: str, store: str) -> None:
    """Keep an account out, and end its sessions."""
    from streams import clock
    from streams.store.officers import disable_officer

    with _told_plainly(), opened(store) as engine:
        disable_officer(engine, name, clock.now_us(), BY)
    click.echo(f"{name} is disabled")


@officers.command()
@click.argument("name")
@STORE
def enable(name: str, store: str) -> None:
    """Let an account in again; a wait after too many tries ends too."""
    from streams import clock
    from streams.store.officers import enable_officer

    with _told_plainly(), opened(store) as engine:
        enable_officer(engine, name, clock.now_us(), BY)
    click.echo(f"{name} is enabled")


@officers.command("list")
@STORE
def list_(store: str) -> None:
    """Say which accounts and keys there are."""
    from streams.observation.moments import to_text
    from streams.store.api_keys import api_keys
    from streams.store.officers import officers as accounts

    with opened(store) as engine:
        people, keys = accounts(engine), api_keys(engine)
    for officer in people:
        click.echo(f"{officer.name}  {officer.role}  {officer.display_name}{'  disabled' if officer.disabled else ''}")
    for each in keys:
        revoked = "" if each.revoked_us is None else f"  revoked {to_text(each.revoked_us)}"
        click.echo(f"key {each.key_id}  {each.role}  {each.owner}  made {to_text(each.made_us)}{revoked}")


@officers.command("api-key")
@click.argument("owner")
@ROLE
@STORE
def api_key(owner: str, role: str, store: str) -> None:
    """Make a key for a machine of OWNER, who answers for it, and print it, this once."""
    from streams import clock
    from streams.officers.roles import Role
    from streams.store.api_keys import add_api_key

    with _told_plainly(), opened(store) as engine:
        new = add_api_key(engine, owner, Role(role), clock.now_us(), BY)
    click.echo(new.key)
    click.echo(f"to end it: lowpoint officers revoke {new.key_id}", err=True)


@officers.command()
@click.argument("key_id")
@STORE
def revoke(key_id: str, store: str) -> None:
    """End a key for good."""
    from streams import clock
    from streams.store.api_keys import revoke_api_key

    with _told_plainly(), opened(store) as engine:
        revoke_api_key(engine, key_id, clock.now_us(), BY)
    click.echo(f"key {key_id} is revoked")


@contextmanager
def _told_plainly() -> Iterator[None]:
    from streams.officers.account import AccountError
    from streams.officers.vault import VaultError

    try:
        yield
    except (AccountError, VaultError) as error:
        raise click.ClickException(str(error)) from error


def _configured() -> Path | None:
    from streams.settings import Settings

    return Settings().officers_key


def _vault(key_file: Path | None) -> Vault:
    from streams.officers.vault import open_vault

    return open_vault(key_file or _configured())


def _hash_of_new_password(officer: Officer) -> str:
    from streams.officers.passwords import Passwords, why_refused

    word = _asked() if sys.stdin.isatty() else _first_line()
    why = why_refused(word, officer.name, officer.display_name)
    if why:
        raise click.ClickException(why)
    return Passwords().hash(word)


def _asked() -> str:
    return str(click.prompt("password", hide_input=True, confirmation_prompt="again"))


def _first_line() -> str:
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        # "from None": the error carries the password
        raise click.ClickException("the standard input is not UTF-8: write the password as UTF-8 text") from None
