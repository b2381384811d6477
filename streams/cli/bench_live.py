"""`lowpoint bench live`: from a reading in Kafka to every console."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command()
@click.option("--times", type=click.IntRange(1, 90), default=60, show_default=True, help="floods, each of a point of its own")
@click.option("--points", type=click.IntRange(0), default=0, help="how many points the city has, where more than floods")
@click.option("--clients", type=click.IntRange(1), default=19, show_default=True, help="clients of the stream beside the browser")
@click.option("--browser/--no-browser", default=True, show_default=True, help="whether the page is watched in a Chromium")
@click.option("--path", default=None, help="page to watch instead of the situation")
@click.option("--selector", default=None, help="what shows a point on it; {point} stands for the point's id")
@click.option("--seed", default=7, show_default=True)
def live(times: int, points: int, clients: int, browser: bool, path: str | None, selector: str | None, seed: int) -> None:
    """Time a flood from the reading in Kafka to the clients of the live stream, and to the screen: worker, projector, web, live."""
    from msgspec import structs

    from streams.bench.live_latency import PageAsked, measure
    from streams.cli.bench import machine

    changed = {name: value for name, value in (("path", path), ("selector", selector)) if value is not None}
    asked = structs.replace(PageAsked(), **changed) if browser else None
    with tempfile.TemporaryDirectory(prefix="lowpoint-bench-") as folder:
        for line in measure(Path(folder), times, clients, seed, asked, points).lines():
            click.echo(line)
    click.echo(machine())
