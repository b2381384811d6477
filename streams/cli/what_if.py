"""`lowpoint what-if`: how deep every low point would stand if so much more rain fell from now on."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from streams.cli.replay import FILE, FOLDER


@click.command("what-if")
@click.option("--city", type=FOLDER, required=True, help="Folder of the city.")
@click.option(
    "--input", "inputs", type=FILE, multiple=True, required=True, help="Observations up to now: a recording, or `archive export`."
)
@click.option("--at", default=None, metavar="TIME", help="The moment that counts as now, RFC 3339 with a zone; else the last arrival.")
@click.option("--amount", "amounts", type=click.FloatRange(0, 1000), multiple=True, help="Rain in mm; may be given more than once.")
@click.option("--duration", type=click.FloatRange(1, 1440), default=60.0, show_default=True, help="Over how many minutes it falls.")
@click.option("--drains", type=click.Choice(["free", "half"]), default="free", show_default=True, help="half: every inlet takes half.")
@click.option("--pumps", type=click.Choice(["as-now", "on", "off"]), default="as-now", show_default=True)
@click.option("--point", "points", multiple=True, metavar="ID", help="Only this low point; may be given more than once.")
@click.option("--model", type=FOLDER, default=None, help="A trained model; without it the one that is shipped.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=None, help="Write the answer here too.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "both"]), default="both", show_default=True, help="Of the files in --out."
)
def what_if(
    city: Path,
    inputs: tuple[Path, ...],
    at: str | None,
    amounts: tuple[float, ...],
    duration: float,
    drains: Literal["free", "half"],
    pumps: Literal["as-now", "on", "off"],
    points: tuple[str, ...],
    model: Path | None,
    out: Path | None,
    form: str,
) -> None:
    """Say what would come if so much more rain fell in the next hour, from the water as it stands.

    The observations go through the live rules up to --at, and the answer starts from what they have taught the model of each point.
    """
    from rich.console import Console

    from streams.city.load import load_city
    from streams.city.storm import load_storm
    from streams.cli.errors import told_plainly
    from streams.evaluate.offline import EvaluationError, chosen_model
    from streams.observation.moments import parse_us
    from streams.replay.recording import read_recording
    from streams.scenarios.now import now_of
    from streams.scenarios.now_export import write
    from streams.scenarios.now_page import now_page
    from streams.scenarios.question import AMOUNTS_MM, Question, answer, rows_of

    at_us = None if at is None else parse_us(at)
    if at is not None and at_us is None:
        raise click.BadParameter(f"{at!r}: write a time with a zone, such as 2021-07-20T08:31:00Z", param_hint="--at")
    try:
        with told_plainly():
            loaded, formula, chosen = load_city(city), load_storm(city), chosen_model(model)
            unknown = set(points) - {point.low_point_id for point in loaded.low_points}
            if unknown or not loaded.low_points:
                raise click.ClickException(f"there is no low point {min(unknown)!r} in {city}" if unknown else f"{city} has no low points")
            now = now_of(loaded, read_recording(loaded, inputs), chosen, at_us)
    except EvaluationError as error:
        raise click.ClickException(str(error)) from error
    question = Question(tuple(sorted(set(amounts))) or AMOUNTS_MM, duration, drains, pumps)
    rows = tuple(row for row in rows_of(now, question, answer(now, question, formula)) if not points or row.low_point in points)
    Console(width=None if Console().is_terminal else 200).print(now_page(now, question, rows))
    if out:
        for file in write(now, chosen.name, rows, out, ("csv", "json") if form == "both" else (form,)):
            click.echo(f"{file}", err=True)
