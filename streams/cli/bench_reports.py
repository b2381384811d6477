"""`lowpoint bench reports`: how fast citizens' reports are taken in, and that none is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command("reports")
@click.option(
    "--city", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None, help="city folder; without it the demo city"
)
@click.option("--per-hour", type=click.FloatRange(1), default=10_000.0, show_default=True, help="reports in an hour, each with a picture")
@click.option("--seconds", type=click.FloatRange(1), default=300.0, show_default=True)
@click.option("--burst/--no-burst", default=True, show_default=True, help="whether 50 reports a second come for 10 s afterwards")
@click.option("--kill", "kills", type=click.IntRange(0), default=0, show_default=True, help="kill -9 of the web process, so often")
def reports(city: Path | None, per_hour: float, seconds: float, burst: bool, kills: int) -> None:
    """Send reports with pictures to a real web process; times count from the form sent to the answer. Ends with 1 where one was lost."""
    from streams.bench.reports_intake import measure
    from streams.cli.bench import machine
    from streams.demo.city import FOLDER

    with tempfile.TemporaryDirectory(prefix="lowpoint-reports-") as folder:
        try:
            report = measure(Path(folder), city or FOLDER, per_hour, seconds, burst, kills)
        except RuntimeError as error:
            raise click.ClickException(str(error)) from error
    for line in report.lines():
        click.echo(line)
    click.echo(machine())
    if not report.holds:
        raise SystemExit(1)
