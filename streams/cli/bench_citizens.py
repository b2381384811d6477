"""`lowpoint bench citizens`: what citizens' reports add in the demo storm, and what lies among them do."""

from __future__ import annotations

from pathlib import Path

import click

CITY = Path(__file__).resolve().parents[2] / "config" / "cities" / "demo"


@click.command()
@click.option("--seeds", type=click.IntRange(1, 100), default=5, show_default=True, help="how many crowds of citizens")
@click.option("--points", type=click.IntRange(1, 50), default=10, show_default=True, help="flooded low points without any sensor")
@click.option("--forecasts/--no-forecasts", default=False, help="with the model that the project ships: it may find points by the rain")
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True)
def citizens(seeds: int, points: int, forecasts: bool, processes: int) -> None:
    """Play the SIMULATED storm with made-up citizens, one report in five a lie: points found without a sensor, and lies accepted."""
    from streams import clock
    from streams.bench.citizens import Task, measure, table
    from streams.bench.citizens_trial import POLICIES
    from streams.cli.bench import machine
    from streams.demo.material import prepare
    from streams.settings import Settings

    made = prepare(CITY, Settings().home)
    tasks = [
        Task(CITY, made.observations, made.truth, seed, policy, points, forecasts) for seed in range(1, seeds + 1) for policy in POLICIES
    ]
    begun_s = clock.monotonic_s()
    results = []
    for result in measure(tasks, processes):
        results.append(result)
        click.echo(f"{len(results)} of {len(tasks)} runs", err=True)
    for line in table(results):
        click.echo(line)
    told = "the shipped model forecasts" if forecasts else "without forecasts"
    click.echo(f"\n{seeds} seeds, {points} points silenced each, {told}, {clock.monotonic_s() - begun_s:.0f} s; {machine()}")
