"""`lowpoint bench readers`: how many people can read the public page at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command("readers")
@click.option(
    "--city", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None, help="city folder; without it the demo city"
)
@click.option("--readers", type=click.IntRange(1, 10_000), default=2000, show_default=True, help="connections that stay open")
@click.option("--seconds", type=click.FloatRange(1, 30), default=10.0, show_default=True)
@click.option("--every", type=click.FloatRange(0), default=0.0, show_default=True, help="seconds between a reader's requests; 0: at once")
@click.option("--path", default="/", show_default=True, help="what they read")
def readers(city: Path | None, readers: int, seconds: float, every: float, path: str) -> None:
    """Read the page of a storm on this machine by many connections at once. Ends with 1 where any answer was none."""
    from streams.bench.readers import measure
    from streams.cli.bench import machine
    from streams.demo.city import FOLDER

    with tempfile.TemporaryDirectory(prefix="lowpoint-readers-") as folder:
        try:
            report = measure(Path(folder), city or FOLDER, readers, seconds, every, path)
        except RuntimeError as error:
            raise click.ClickException(str(error)) from error
    for line in report.lines():
        click.echo(line)
    click.echo(machine())
    if report.errors:
        raise SystemExit(1)
