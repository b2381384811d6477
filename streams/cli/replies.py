"""`lowpoint replies`: what residents texted back, for those who call them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli.opened import STORE, opened

if TYPE_CHECKING:  # loaded by a command that is called, not by --help
    from zoneinfo import ZoneInfo

    from streams.people.vault import PeopleVault
    from streams.store.replies import Reply


@click.command()
@STORE
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), help="file of the key that opens numbers; else LOWPOINT_RESIDENTS_KEY"
)
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), help="city folder: times are its own, not UTC")
@click.option("--all", "every", is_flag=True, help="those that were handled, opt-outs and opt-ins too")
@click.option("--handled", metavar="ID", help="close this one: somebody has seen to it")
@click.option("--by", metavar="NAME", help="who has, for the audit")
def replies(store: str, key: Path | None, city: Path | None, every: bool, handled: str | None, by: str | None) -> None:
    """List the replies that wait for somebody: calls for rescue first, then for help, then others; the oldest first.

    A list shows numbers: keep it from eyes that need not see it.
    """
    if handled is not None:
        if not by or not by.strip():
            raise click.UsageError("say who has seen to it: --by NAME")
        _close(store, handled, by.strip())
        return
    if by is not None:
        raise click.UsageError("--by goes with --handled ID")
    _list(store, key, city, every)


def _close(store: str, reply: str, by: str) -> None:
    from streams import clock
    from streams.audit.row import AuditError
    from streams.store.replies import ReplyError, close_reply

    try:
        with opened(store, existing=True) as engine:
            close_reply(engine, reply, by, clock.now_us())
    except (AuditError, ReplyError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{reply} is closed")


def _list(store: str, key: Path | None, city: Path | None, every: bool) -> None:
    from streams.city.load import load_city
    from streams.city.model import CityError
    from streams.people.vault import PeopleVaultError, open_people_vault
    from streams.settings import Settings
    from streams.store.replies import replies as kept

    try:
        vault = open_people_vault(key or Settings().residents_key)
        local = load_city(city).zone_info if city else None
    except (CityError, PeopleVaultError) as error:
        raise click.ClickException(str(error)) from error
    with opened(store, existing=True) as engine:
        found = kept(engine, handled=every)
    for reply in found:
        click.echo(_line(reply, vault, local))
    click.echo(f"{sum(reply.handled_us is None for reply in found)} wait", err=True)


def _line(reply: Reply, vault: PeopleVault, local: ZoneInfo | None) -> str:
    from streams.people.vault import PeopleVaultError
    from streams.store.replies import unsealed

    try:
        opened_one = unsealed(vault, reply)
    except PeopleVaultError:
        phone, words = "?", "(sealed with another key)"
    else:
        phone, words = (opened_one.phone, opened_one.words) if opened_one else ("?", "(deleted)")
    zones = ",".join(reply.zones) or ("not in the list" if not reply.resident else "no zone")
    closed = f"  [{reply.handled_by} {_when(reply.handled_us, local)}]" if reply.handled_us is not None else ""
    said = f"{_when(reply.received_us, local)}  {reply.kind:7}  {zones}  {_shown(phone)}  {reply.reply}{closed}"
    return f"{said}\n    {_shown(words)}"


def _when(moment_us: int, local: ZoneInfo | None) -> str:
    from streams.observation.moments import to_datetime, to_text

    return to_datetime(moment_us).astimezone(local).isoformat(timespec="seconds") if local else to_text(moment_us)


def _shown(text: str) -> str:
    """Words from outside in one line, without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
