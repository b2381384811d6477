"""`lowpoint drill`: a recorded storm in Exercise, with people at the desk."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import click

from streams.cli.demo import PLAIN_WIDTH
from streams.cli.made_up import code_command

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(invoke_without_command=True)
@click.option("--city", type=FOLDER, default=None, help="city folder, which is copied; the demo city if left out")
@click.option("--input", "inputs", type=FILE, multiple=True, help="recorded observations, NDJSON, .gz too; of the demo city its own storm")
@click.option("--residents", type=FILE, default=None, help="CSV of made-up residents (+999); without it nobody is texted")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), default=6.0, show_default=True, help="log seconds per second")
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True)
@click.option("--broker", default=None, help="HOST:PORT of a Kafka to use instead of one of its own")
@click.option("--port", default=0, show_default=True, help="port of the pages; 0 takes a free one")
@click.option("--provider", type=click.Choice(["dry-run", "fake"]), default="dry-run", show_default=True, help="who takes the texts")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=None, help="folder for the results")
@click.pass_context
def drill(
    context: click.Context,
    city: Path | None,
    inputs: tuple[Path, ...],
    residents: Path | None,
    speed: float,
    workers: int,
    broker: str | None,
    port: int,
    provider: str,
    out: Path | None,
) -> None:
    """Play a recorded storm as an EXERCISE, with people at the command centre's console, until Ctrl-C.

    It says who can sign in. Every message is marked as of a drill, and none can reach a real telephone, whatever the city folder says.
    """
    if context.invoked_subcommand:
        return
    from rich.console import Console

    from streams.cli.errors import told_plainly
    from streams.cli.service import end_by_interrupt
    from streams.demo.city import FOLDER as DEMO
    from streams.drill.run import DrillOptions, run_drill
    from streams.settings import Settings

    settings = Settings()
    results = out or settings.home / "drill" / "out"
    options = DrillOptions(results, city or DEMO, inputs, residents, speed, workers, broker or settings.broker, port, provider)
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    end_by_interrupt()
    try:
        with told_plainly():
            run_drill(options, settings, console, threading.Event())
    except KeyboardInterrupt:
        click.echo("the drill is over")


drill.add_command(code_command("drill"))
