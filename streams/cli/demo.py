"""`lowpoint demo`: the simulated storm over the demo city, in five minutes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from streams.cli.made_up import code_command

PLAIN_WIDTH = 170
CITY = Path(__file__).resolve().parents[2] / "config" / "cities" / "demo"


@click.group(invoke_without_command=True)
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True, help="log seconds per second")
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True)
@click.option("--broker", default=None, help="HOST:PORT of a Kafka to use instead of one of its own")
@click.option("--port", default=0, show_default=True, help="port of the pages; 0 takes a free one")
@click.option("--provider", type=click.Choice(["dry-run", "fake"]), default="dry-run", show_default=True, help="who takes the texts")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=None, help="folder for the results")
@click.pass_context
def demo(context: click.Context, speed: float, workers: int, broker: str | None, port: int, provider: str, out: Path | None) -> None:
    """Play a SIMULATED storm of five hours over a made-up city: rain, water, warnings, orders, texts (dry run).

    The public page and the command centre's console stand beside it; it says who can sign in there.
    """
    if context.invoked_subcommand:
        return
    from rich.console import Console

    from streams.cli.errors import told_plainly
    from streams.cli.service import end_by_interrupt
    from streams.demo.play import DemoOptions, play
    from streams.settings import Settings

    end_by_interrupt()
    settings = Settings()
    results = out or settings.home / "demo" / "out"
    with told_plainly():
        console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
        play(DemoOptions(CITY, results, speed, workers, broker or settings.broker, port, provider), settings, console)


demo.add_command(code_command("demo"))
