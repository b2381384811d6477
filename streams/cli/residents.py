"""`lowpoint residents`: who gets the texts; they are never in a city folder, and a number is never an argument."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli.opened import STORE, opened

if TYPE_CHECKING:  # loaded by a command that is called, not by --help
    from sqlalchemy import Engine

    from streams.people.resident import Resident
    from streams.people.vault import PeopleVault

BY = "command line"
"""The actor in the audit: whoever can reach the database needs no account."""
CITY = click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
KEY = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file of the key that encrypts numbers; without it the one that LOWPOINT_RESIDENTS_KEY names",
)
RESIDENT = click.argument("resident", required=False)


MOST_GONE = 0.1


@click.group()
def residents() -> None:
    """Residents who get the texts.

    A telephone number is never an argument, which a shell remembers: it is asked for, or is the first line of the standard input. What is
    printed and what the audit tells is an opaque id.
    """


@residents.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
def key(file: Path | None) -> None:
    """Write a new key to FILE, else to where LOWPOINT_RESIDENTS_KEY says, readable by its owner only.

    It encrypts numbers and addresses in the database. Keep a copy of it, but not beside the backup of the database.
    """
    from streams.people.vault import write_people_key

    where = file or _configured()
    if where is None:
        raise click.UsageError("name the FILE to write the key to")
    with _told_plainly():
        write_people_key(where)
    click.echo(f"a new key is in {where}")


@residents.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@CITY
@STORE
@KEY
@click.option("--yes", is_flag=True, help="take out whoever is not in FILE, even where that is more than a tenth")
def import_(file: Path, city: Path, store: str, key_file: Path | None, yes: bool) -> None:
    """Put the residents of FILE (CSV: phone,language,zone_id and more) into the store, in place of those that were there."""
    from streams import clock
    from streams.city.load import load_city
    from streams.store.residents import import_residents

    with _told_plainly():
        vault, known = _vault(key_file), load_city(city)
        with opened(store) as engine:
            done = import_residents(engine, file, known, vault, clock.now_us(), BY, 1.0 if yes else MOST_GONE)
    for reason, count in done.refused.items():
        click.echo(f"refused {count}: {reason}", err=True)
    for what, count in done.notes.items():
        click.echo(f"note {count}: {what}", err=True)
    click.echo(f"{done.accepted} residents")
    if not done.accepted:
        raise click.ClickException(f"{file}: nobody could be taken, so the store was left as it was")


@residents.command()
@STORE
@KEY
def find(store: str, key_file: Path | None) -> None:
    """Say what is known of the resident of a number, without what is encrypted."""
    with _told_plainly(), opened(store, existing=True) as engine:
        _tell(_found(engine, _vault(key_file)))


@residents.command()
@RESIDENT
@click.option("--language", help="that the texts come in")
@click.option("--zone", help="where the resident lives from now on")
@click.option("--floor", type=int, help="-1 a basement, 0 the ground floor")
@click.option("--mobility", help="walks, slow or needs_help")
@click.option("--home", help="zone of the home that is meant, for a resident with several")
@CITY
@STORE
@KEY
def change(
    resident: str | None,
    language: str | None,
    zone: str | None,
    floor: int | None,
    mobility: str | None,
    home: str | None,
    city: Path,
    store: str,
    key_file: Path | None,
) -> None:
    """Change what is known of RESIDENT (an id), else of the resident of a number, until the next import."""
    from streams import clock
    from streams.city.load import load_city
    from streams.store.residents_changes import Change, change_resident

    with _told_plainly():
        known = load_city(city)
        with opened(store, existing=True) as engine:
            whom = resident or _found(engine, _vault(key_file)).resident
            _tell(change_resident(engine, whom, Change(language, zone, floor, mobility, home), known, clock.now_us(), BY))


@residents.command("opt-out")
@STORE
@KEY
def opt_out(store: str, key_file: Path | None) -> None:
    """Send a number no texts any more, whether it is in the list or not yet."""
    from streams import clock
    from streams.store.residents_opt_outs import opt_out

    with _told_plainly(), opened(store, existing=True) as engine:
        new = opt_out(engine, _lookup(engine, _vault(key_file)), clock.now_us(), "officer", BY)
    click.echo("gets no texts any more" if new else "had opted out already")


@residents.command("opt-in")
@STORE
@KEY
def opt_in(store: str, key_file: Path | None) -> None:
    """Send a number texts again."""
    from streams import clock
    from streams.store.residents_opt_outs import opt_in

    with _told_plainly(), opened(store, existing=True) as engine:
        back = opt_in(engine, _lookup(engine, _vault(key_file)), clock.now_us(), "officer", BY)
    click.echo("gets texts again" if back else "had not opted out")


@residents.command()
@click.argument("ids", nargs=-1, metavar="[RESIDENT]...")
@click.option("--all", "everybody", is_flag=True, help="all residents, and the words of all replies: after the event")
@click.option("--yes", is_flag=True, help="do not ask again")
@STORE
@KEY
def delete(ids: tuple[str, ...], everybody: bool, yes: bool, store: str, key_file: Path | None) -> None:
    """Delete residents by their ids, else the resident of a number, with all that is encrypted of them. Who opted out stays so."""
    from streams import clock
    from streams.store.residents_changes import delete_residents

    if everybody and ids:
        raise click.UsageError("name residents, or --all")
    if everybody and not yes:
        click.confirm("delete all residents?", abort=True)
    with _told_plainly(), opened(store, existing=True) as engine:
        whom = None if everybody else set(ids) or {_found(engine, _vault(key_file)).resident}
        gone = delete_residents(engine, whom, clock.now_us(), BY)
    click.echo(f"{gone} deleted")
    if whom is not None and gone < len(whom):
        raise click.ClickException(f"{len(whom) - gone} of these ids are nobody's")


@residents.command()
@STORE
def count(store: str) -> None:
    """Say how many residents there are."""
    from streams.store.residents_known import count_residents

    with opened(store, existing=True) as engine:
        counted = count_residents(engine)
    click.echo(f"{counted.residents} residents in {counted.homes} homes")
    click.echo(f"{counted.without_phone} without a telephone")
    click.echo(f"{counted.opted_out} opted out")


@contextmanager
def _told_plainly() -> Iterator[None]:
    from streams.city.model import CityError
    from streams.people.vault import PeopleVaultError
    from streams.store.residents_file import ResidentsError

    try:
        yield
    except (CityError, PeopleVaultError, ResidentsError) as error:
        raise click.ClickException(str(error)) from error


def _configured() -> Path | None:
    from streams.settings import Settings

    return Settings().residents_key


def _vault(key_file: Path | None) -> PeopleVault:
    from streams.people.vault import open_people_vault

    return open_people_vault(key_file or _configured())


def _lookup(engine: Engine, vault: PeopleVault) -> str:
    """That of the number that is asked for, under the key that the store is kept with."""
    from streams.store.phone import as_e164
    from streams.store.residents_key import check_people_key

    check_people_key(engine, vault)
    number = as_e164((_asked() if _at_a_terminal() else _first_line()).strip())
    if number is None:
        raise click.ClickException("that is no telephone number: write + and the country code before it")
    return vault.lookup(number)


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _asked() -> str:
    return str(click.prompt("number", hide_input=True))


def _first_line() -> str:
    try:
        return sys.stdin.readline()
    except UnicodeDecodeError:
        # "from None": the error carries the number
        raise click.ClickException("the standard input is not UTF-8: write the number as UTF-8 text") from None


def _found(engine: Engine, vault: PeopleVault) -> Resident:
    from streams.store.residents_known import find_resident

    found = find_resident(engine, _lookup(engine, vault))
    if found is None:
        raise click.ClickException("no resident has this number")
    return found


def _tell(resident: Resident) -> None:
    reached = "opted out" if resident.opted_out else "by telephone" if resident.reachable else "no telephone"
    click.echo(f"{resident.resident}  {resident.language}  {reached}")
    for home in resident.homes:
        where = "" if home.lon is None or home.lat is None else f"  at {home.lon:.5f},{home.lat:.5f}"
        floor = "unknown" if home.floor is None else home.floor
        click.echo(f"{home.zone}  floor {floor}  mobility {home.mobility or 'unknown'}{where}")
