"""`lowpoint bench eyes`: what cameras and photographs add to a sensor."""

from __future__ import annotations

import click


@click.command()
@click.option("--times", type=click.IntRange(1), default=40, show_default=True, help="events of each kind and weather")
@click.option("--seed", default=1, show_default=True)
def eyes(times: int, seed: int) -> None:
    """Tell a flash flood, a parked car and a stuck sensor apart: the sensor alone, with photographs, with one and two cameras."""
    from models.learn.package import shipped
    from streams.bench.eyes import HEAD, tell_apart
    from streams.cli.bench import machine

    click.echo(HEAD)
    for row in tell_apart(shipped(), times, seed):
        click.echo(row.line())
    click.echo(machine())


COMMANDS = (eyes,)
"""What the group takes."""
