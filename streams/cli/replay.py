"""`lowpoint replay`: recorded observations through the live code, never to a real phone."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class Speed(click.ParamType):
    """A number of log seconds per second, or "max"."""

    name = "N|max"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        """None stands for as fast as can be."""
        if value is None or value == "max":
            return None
        try:
            speed = float(str(value))
        except ValueError:
            self.fail(f"{value!r} is neither a number nor max", param, ctx)
        if not 0 < speed < float("inf"):
            self.fail("a speed is a number above 0; the fastest is max", param, ctx)
        return speed


@click.command(epilog="More inputs: --input A B C, or --input several times.")
@click.option("--city", type=FOLDER, required=True, help="city folder (DESIGN 4)")
@click.option("--input", "inputs", type=FILE, multiple=True, required=True, help="recorded observations, NDJSON, .gz too")
@click.argument("more", type=FILE, nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder for the results; may exist")
@click.option("--speed", type=Speed(), default="max", show_default=True, help="log seconds per second")
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True)
@click.option("--batch-size", type=click.IntRange(1, 10_000), default=1000, show_default=True, help="most readings in one message")
@click.option("--residents", type=FILE, default=None, help="CSV of residents; without it nobody is texted")
@click.option("--decisions", type=FILE, default=None, help="officers' decisions, NDJSON; without it unsigned orders stay drafts")
@click.option("--broker", default=None, help="HOST:PORT of a Kafka to use instead of one of its own")
@click.option("--model", type=FOLDER, default=None, help="a trained model; without it the one that is shipped")
def replay(
    city: Path,
    inputs: tuple[Path, ...],
    more: tuple[Path, ...],
    out: Path,
    speed: float | None,
    workers: int,
    batch_size: int,
    residents: Path | None,
    decisions: Path | None,
    broker: str | None,
    model: Path | None,
) -> None:
    """Send recorded observations through the live code on real Kafka and write what came out."""
    from streams.cli.errors import told_plainly
    from streams.replay import run
    from streams.settings import Settings

    settings = Settings()
    used = broker or settings.broker
    options = run.ReplayOptions(
        city, (*inputs, *more), out, speed, workers, batch_size, residents, decisions, used, model=model or settings.model
    )
    with told_plainly():
        summary = run.replay(options, settings)
    shown = ("readings", "readings_per_s", "seconds", "dead_letters", "warnings", "orders", "messages", "forecasts", "latency_ms")
    click.echo("  ".join(f"{name} {summary[name]}" for name in shown))
    click.echo(f"written to {out}")
