"""`lowpoint audit`: shows whether the record of who did what is whole."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli.opened import STORE, opened

if TYPE_CHECKING:  # loaded by a command that is called, not by --help
    from streams.audit.row import Head

FILE = click.Path(path_type=Path, dir_okay=False)
FILE_THERE = click.Path(path_type=Path, dir_okay=False, exists=True, readable=True)


class Tampered(click.ClickException):
    """The audit is broken: code 1, where what cannot be looked at gives code 2."""

    exit_code = 1


@click.group()
def audit() -> None:
    """The record of drafts, signatures, releases, texts and accounts: a chain of hashes.

    Keep its head where nobody who can write the database can write, every hour for example: only then a tail that was cut off, or a chain
    that was computed anew, shows.
    """


@audit.command()
@STORE
def head(store: str) -> None:
    """Print number and hash of the last row."""
    from streams.store.audit import audit_head

    with opened(store, existing=True) as engine:
        click.echo(str(audit_head(engine)))


@audit.command()
@click.argument("file", type=FILE)
@STORE
def export(file: Path, store: str) -> None:
    """Write all rows to FILE, one JSON object a line, and print number and hash of the last."""
    from streams.audit.lines import line_of
    from streams.audit.row import NO_ROWS, Head
    from streams.store.audit import audit_rows
    from streams.whole_file import open_whole

    last = NO_ROWS
    try:
        with opened(store, existing=True) as engine, closing(audit_rows(engine)) as rows, open_whole(file) as out:
            for row in rows:
                out.write(line_of(row))
                last = Head(row.number, row.hash)
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from error
    click.echo(str(last))


@audit.command()
@click.option("--store", help="database address, for example sqlite:///lowpoint.db")
@click.option("--file", type=FILE_THERE, help="an exported audit, in place of a store")
@click.option("--head", "kept", help='a head printed earlier, "NUMBER HASH", or a file of such, one a line')
def verify(store: str | None, file: Path | None, kept: str | None) -> None:
    """Say whether the audit is whole, else which row is the first that is broken and how, with exit code 1.

    What cannot be looked at gives exit code 2.
    """
    from streams.audit.chain import Broken, check
    from streams.audit.lines import check_lines
    from streams.store.audit import audit_rows

    heads = _heads(kept) if kept else []
    if store and not file:
        with opened(store, existing=True) as engine, closing(audit_rows(engine)) as rows:
            found = check(rows, *heads)
    elif file and not store:
        with file.open("rb") as lines:
            found = check_lines(lines, *heads)
    else:
        raise click.UsageError("name either a --store or a --file")
    if isinstance(found, Broken):
        raise Tampered(found.words)
    click.echo(f"whole: {found.number} rows, head {found}")
    if not heads:
        click.echo("without --head nobody can tell whether rows after these were cut off, or all were written anew", err=True)


def _heads(kept: str) -> list[Head]:
    from streams.audit.row import AuditError, parse_head

    try:
        lines = [kept] if kept[:1].isdigit() and not Path(kept).exists() else Path(kept).read_text("utf-8").splitlines()
        heads = [parse_head(line) for line in lines if line.strip()]
    except (AuditError, OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="--head") from error
    if not heads:
        raise click.BadParameter(f"{kept} holds no head", param_hint="--head")
    return heads
