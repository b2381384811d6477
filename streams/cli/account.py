"""`lowpoint account`: what became of the texts, whom they did not reach, and what one would cost."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli.opened import STORE, opened

if TYPE_CHECKING:  # loaded by a command that is called, not by --help
    from rich.console import RenderableType

    from streams.people.vault import PeopleVault
    from streams.store.not_reached import NotReached

BY = "command line"
"""The actor in the audit: whoever can reach the database needs no account."""
WIDE = 200


@click.group(invoke_without_command=True)
@click.option("--store", help="database address, for example sqlite:///lowpoint.db")
@click.pass_context
def account(context: click.Context, store: str | None) -> None:
    """Print what became of every text, by zone and order: counts, never who.

    Everybody who was targeted is in one of the states; delays are from an order's release to the provider's yes and to the receipt.
    """
    if context.invoked_subcommand is not None:
        if store is not None:
            raise click.UsageError(f"write --store after {context.invoked_subcommand}")
        return
    if store is None:
        raise click.UsageError("name the --store")
    from streams.cli.account_page import account_page
    from streams.store.account import account_by_zone
    from streams.store.delays import delays, doubles

    with opened(store, existing=True) as engine:
        zones, took, again = account_by_zone(engine), delays(engine), doubles(engine)
    if not zones:
        click.echo("no order has been released yet")
        return
    _print(account_page(zones, took, again))


@account.command()
@click.argument("identifier")
@STORE
@click.option("--segments-per-s", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="pace of all senders together")
def cost(identifier: str, store: str, segments_per_s: float) -> None:
    """Tell what the order IDENTIFIER costs if it is released now: people by language, segments, minutes."""
    from streams.cli.account_page import cost_page
    from streams.store.cost import cost_of_order
    from streams.store.queries import told_order

    with opened(store, existing=True) as engine:
        order = told_order(engine, identifier)
        if order is None:
            raise click.ClickException(f"there is no order {identifier}: the desk lists those that are open, `lowpoint orders`")
        found = cost_of_order(engine, order)
    _print(cost_page(found, segments_per_s))
    if not order.texts:
        click.echo("it has no text: its level is below that of texts, or nobody has to be told anything new", err=True)
    if order.state != "draft":
        click.echo(f"it is {order.state} already", err=True)


@account.command("not-reached")
@STORE
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file of the key that opens addresses and numbers; without it the one that LOWPOINT_RESIDENTS_KEY names",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="file to write; it must not be there yet")
@click.option("--zone", help="only this one")
@click.option("--by", default="", help="who reads it, for the audit")
def not_reached(store: str, key_file: Path | None, out: Path, zone: str | None, by: str) -> None:
    """Write who has no receipt of an order that stands into a CSV, with addresses, for those who knock on doors.

    The most endangered come first. Only you may read the file; delete it when it has done its work. That it was made is told in the audit,
    with how many people are in it.
    """
    from streams import clock
    from streams.people.vault import PeopleVaultError
    from streams.store.not_reached import not_reached
    from streams.store.not_reached_file import write_not_reached

    vault, found = _vault(key_file), list["NotReached"]()
    with opened(store, existing=True) as engine:

        def people() -> list[NotReached]:
            found.extend(not_reached(engine, vault, zone=zone, by=f"{by} ({BY})" if by else BY, now_us=clock.now_us()))
            return found

        try:
            count = write_not_reached(out, people)
        except FileExistsError:
            raise click.ClickException(f"{out} is there already, and stays: name another file") from None
        except OSError as error:
            raise click.FileError(str(out), error.strerror) from error
        except PeopleVaultError as error:
            raise click.ClickException(str(error)) from error
    closed = sum(one.unreadable for one in found)
    if closed:
        click.echo(f"{closed} of them cannot be opened with this key: look them up where the residents came from", err=True)
    click.echo(f"{count} people not reached are in {out}: only you may read it, delete it when it has done its work")


def _vault(key_file: Path | None) -> PeopleVault:
    from streams.people.vault import PeopleVaultError, open_people_vault
    from streams.settings import Settings

    try:
        return open_people_vault(key_file or Settings().residents_key)
    except PeopleVaultError as error:
        raise click.ClickException(str(error)) from error


def _print(page: Iterable[RenderableType]) -> None:
    from rich.console import Console

    console = Console(width=None if Console().is_terminal else WIDE, highlight=False)
    for part in page:
        console.print(part)
