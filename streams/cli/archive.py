"""`lowpoint archive`: what was observed, out of Kafka into a file."""

from __future__ import annotations

from pathlib import Path

import click

from streams.cli.replay import FOLDER


class Moment(click.ParamType):
    """A time with a zone, in microseconds since 1970."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Refuse a naive time: nobody could tell which hour is meant."""
        from streams.observation.moments import parse_us

        time_us = parse_us(str(value))
        if time_us is None:
            self.fail(f"{str(value)!r} is no time with a zone, such as 2021-07-20T16:00:00+08:00 or 2021-07-20T08:00:00Z", param, ctx)
        return time_us


@click.group()
def archive() -> None:
    """Read what was observed back out of Kafka, to replay a storm or to train on it."""


@archive.command()
@click.option("--city", type=FOLDER, required=True, help="city folder")
@click.option("--broker", required=True, help="Kafka, HOST:PORT")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="file to write, NDJSON; packed if it ends with .gz"
)
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
@click.option("--from", "since_us", type=Moment(), default=None, help="what arrived at this time or later; without it all that is kept")
@click.option("--to", "until_us", type=Moment(), default=None, help="what arrived before this time; without it up to now")
def export(city: Path, broker: str, out: Path, prefix: str, since_us: int | None, until_us: int | None) -> None:
    """Write the observations of a live installation to a file, each once, in order of arrival.

    The file is what `lowpoint replay --input` and `lowpoint train --input` take. It comes from Kafka, which keeps observations for as long
    as its retention says; the database keeps none.
    """
    from streams.archive.errors import ArchiveError
    from streams.archive.export import ExportOptions
    from streams.archive.export import export as write_out
    from streams.cli.errors import told_plainly

    if since_us is not None and until_us is not None and since_us >= until_us:
        raise click.UsageError("--from is not before --to")
    try:
        with told_plainly():
            exported = write_out(ExportOptions(city, broker, out, prefix, since_us, until_us))
    except (ArchiveError, OSError) as error:
        raise click.ClickException(str(error)) from error
    for line in exported.remarks():
        click.echo(line, err=True)
    click.echo(f"{exported.observations} observations written to {out}")
