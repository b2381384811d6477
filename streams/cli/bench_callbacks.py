"""`lowpoint bench callbacks`: how fast receipts are answered."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command("callbacks")
@click.option(
    "--city", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None, help="city folder; without it the demo city"
)
@click.option("--store", default="", help="address of an empty database, a PostgreSQL for example; without it SQLite")
@click.option("--attempts", type=click.IntRange(1), default=20_000, show_default=True, help="texts on their way")
@click.option("--rate", type=click.FloatRange(1), default=500.0, show_default=True, help="callbacks in a second")
@click.option("--seconds", type=click.FloatRange(1), default=30.0, show_default=True)
def callbacks(city: Path | None, store: str, attempts: int, rate: float, seconds: float) -> None:
    """Send signed callbacks to a real server at a steady rate; times count from when each was due. Ends with 1 where p99 is over 200 ms."""
    from streams.bench.callbacks import TARGET_MS, measure
    from streams.cli.bench import machine
    from streams.demo.city import FOLDER

    with tempfile.TemporaryDirectory(prefix="lowpoint-callbacks-") as folder:
        try:
            report = measure(Path(folder), city or FOLDER, store, attempts, rate, seconds)
        except (RuntimeError, ValueError) as error:
            raise click.ClickException(str(error)) from error
    for line in report.lines():
        click.echo(line)
    click.echo(machine())
    if report.errors or report.wrong or report.p99_ms > TARGET_MS:
        raise SystemExit(1)
