"""`lowpoint bench`: the trials of sending, each against a fake provider on this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

STORE = click.option("--store", default="", help="address of an empty database, a PostgreSQL for example; without it SQLite")


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lowpoint-bench-") as folder:
        yield Path(folder)


def _tell(lines: list[str]) -> None:
    from streams.cli.bench import machine

    for line in lines:
        click.echo(line)
    click.echo(machine())


@click.command("kill-matrix")
@click.option("--runs", type=click.IntRange(1), default=200, show_default=True, help="kills at each point")
@click.option("--residents", type=click.IntRange(200), default=2_000, show_default=True)
@click.option("--point", "points", multiple=True, help="only these points")
@click.option("--seed", default=1, show_default=True)
def kill_matrix(runs: int, residents: int, points: tuple[str, ...], seed: int) -> None:
    """Kill what sends, or what takes receipts, at six points; count what was lost and doubled. Ends with 1 where anything was."""
    from streams.bench.kill_matrix import POINTS
    from streams.bench.kill_matrix import kill_matrix as matrix

    strange = set(points) - set(POINTS)
    if strange:
        raise click.ClickException(f"there is no point {min(strange)}: {', '.join(POINTS)}")
    with _scratch() as folder:
        report = matrix(folder, runs, residents, seed, points or POINTS, lambda text: click.echo(text, err=True))
    _tell(report.lines())
    if not report.sound:
        raise SystemExit(1)


@click.command("outages")
@click.option("--people", type=click.IntRange(100), default=2_000, show_default=True)
@click.option("--down-s", type=click.FloatRange(1), default=600.0, show_default=True, help="how long the provider is down")
def outages(people: int, down_s: float) -> None:
    """Let replies get lost, errors and refusals rain, and the provider be down; count. Ends with 1 where anything was lost or doubled."""
    from streams.bench.outages import outages as tried

    with _scratch() as folder:
        found = tried(folder, people, down_s, lambda text: click.echo(text, err=True))
    _tell([str(one) for one in found])
    if not all(one.sound for one in found):
        raise SystemExit(1)


@click.command("database-away")
@click.option("--people", type=click.IntRange(100), default=2_000, show_default=True)
@click.option("--away-s", type=click.FloatRange(1), default=30.0, show_default=True)
def database_away(people: int, away_s: float) -> None:
    """Stop a PostgreSQL of the trial's own while texts go out, and start it again."""
    from streams.bench.outages import database_away as tried
    from streams.bench.postgres import NoServer, own_server

    try:
        with own_server() as server:
            found = tried(server.new_database(), server.stop, server.start, people, away_s)
    except NoServer as why:
        raise click.ClickException(str(why)) from None
    _tell([str(found)])
    if not found.sound:
        raise SystemExit(1)


@click.command("pace")
@click.option("--seconds", type=click.IntRange(5), default=60, show_default=True)
@click.option("--yellow", type=click.IntRange(1_000), default=100_000, show_default=True)
def pace(seconds: int, yellow: int) -> None:
    """Send at 10 segments a second and look for a second with more; let 500 red come while yellow wait."""
    from streams.bench.pace_trial import pace_trial

    with _scratch() as folder:
        _tell(pace_trial(folder, seconds, yellow).lines())


@click.command("city-size")
@STORE
@click.option("--residents", type=click.IntRange(1), default=1_000_000, show_default=True)
@click.option("--targeted", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--times", type=click.IntRange(1, 9), default=3, show_default=True)
def city_size(store: str, residents: int, targeted: int, times: int) -> None:
    """Order a hundred thousand of a million to leave: rows, first post, posts a second, memory."""
    from streams.bench.city_size import city_size as measured

    with _scratch() as folder:
        _tell(measured(store or f"sqlite:///{folder / 'store.db'}", residents, targeted, times).lines())


@click.command("call-off")
@click.option("--times", type=click.IntRange(1), default=5, show_default=True)
def call_off(times: int) -> None:
    """Call a warning off when half of it is sent."""
    from streams.bench.city_size import cancel_half

    lines = []
    for _ in range(times):
        with _scratch() as folder:
            lines += cancel_half(folder).lines()
    _tell(lines)


@click.command("red-text")
@click.option("--times", type=click.IntRange(1, 500), default=60, show_default=True)
@click.option("--residents", type=click.IntRange(1), default=200, show_default=True)
def red_text(times: int, residents: int) -> None:
    """Time a red text from the reading to the provider's acceptance: Kafka, worker, outbox, sender, live."""
    from streams.bench.red_text import red_text as measured

    with _scratch() as folder:
        _tell(measured(folder, times, residents).lines())


COMMANDS = (kill_matrix, outages, database_away, pace, city_size, call_off, red_text)
