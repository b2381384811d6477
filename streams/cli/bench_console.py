"""`lowpoint bench tour`, `screen-faults` and `first-view`: the console in a real browser."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command()
@click.option("--pictures", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder for a picture of each task's end")
@click.option("--speed", default=4.0, show_default=True, help="log seconds per second")
def tour(pictures: Path, speed: float) -> None:
    """Take a drill's people through their tasks: clicks, keys and seconds of each."""
    from streams.bench.drilling import drilling
    from streams.bench.tour import take_tour
    from streams.cli.bench import machine

    with tempfile.TemporaryDirectory(prefix="lowpoint-bench-") as folder, drilling(Path(folder), speed) as drill:
        for line in take_tour(drill, pictures).lines():
            click.echo(line)
    click.echo(machine())


@click.command("screen-faults")
@click.option("--speed", default=6.0, show_default=True, help="log seconds per second")
@click.option("--fault", "names", multiple=True, help="only this one: workers, broker, network, web or projector")
def screen_faults(speed: float, names: tuple[str, ...]) -> None:
    """Stop parts of a drill one after the other: how soon the header says so, and whether the page catches up by itself."""
    from streams.bench.drilling import drilling
    from streams.bench.screen_faults import FAULTS, try_faults
    from streams.cli.bench import machine

    with tempfile.TemporaryDirectory(prefix="lowpoint-bench-") as folder, drilling(Path(folder), speed) as drill:
        for fault in try_faults(drill, names or tuple(FAULTS)):
            click.echo(str(fault))
    click.echo(machine())


@click.command("first-view")
@click.option("--points", type=click.IntRange(1, 20_000), multiple=True, default=(51, 5000), show_default=True)
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), help="a city's folder, in place of made-up ones")
@click.option("--times", type=click.IntRange(1), default=10, show_default=True)
def first_view(points: tuple[int, ...], city: Path | None, times: int) -> None:
    """Time the console's first view: from asking for it to the list, and to the map with every point on it."""
    from streams.bench.first_view import time_first_view
    from streams.cli.bench import machine

    for number in points if city is None else (0,):
        with tempfile.TemporaryDirectory(prefix="lowpoint-bench-") as folder:
            for line in time_first_view(Path(folder), number, times, city).lines():
                click.echo(line)
    click.echo(machine())


COMMANDS = (tour, screen_faults, first_view)
