"""`lowpoint train`: a model out of recordings."""

from __future__ import annotations

from pathlib import Path

import click

from streams.cli.replay import FILE, FOLDER


@click.command(epilog="More inputs: --input A B C, or --input several times.")
@click.option("--city", type=FOLDER, default=None, help="city folder of one recording")
@click.option("--input", "inputs", type=FILE, multiple=True, help="recorded observations, NDJSON, .gz too")
@click.argument("more", type=FILE, nargs=-1)
@click.option("--storms", type=FOLDER, multiple=True, help="several storms instead: NAME/city and NAME/observations.ndjson.gz in it")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder for the model; may exist")
@click.option("--alone", is_flag=True, help="take nothing from the shipped model for what these recordings say too little of")
@click.option(
    "--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="recordings taken through the step side by side"
)
def train(
    city: Path | None, inputs: tuple[Path, ...], more: tuple[Path, ...], storms: tuple[Path, ...], out: Path, alone: bool, processes: int
) -> None:
    """Fit a model on recordings: what was known at each moment, and what then came."""
    from models.learn.package import SHIPPED
    from streams.cli.errors import told_plainly
    from streams.evaluate import evaluation, offline
    from streams.train import train as training

    files = (*inputs, *more)
    if bool(storms) == (city is not None):
        raise click.UsageError("give either --storms, or --city and --input")
    if city is not None and not files:
        raise click.UsageError("give --input with --city")
    try:
        with told_plainly():
            if city is not None:
                sources = [evaluation.Source(files[0].name.removesuffix(".gz").removesuffix(".ndjson"), city, files)]
            else:
                sources = [source for folder in storms for source in evaluation.find_sources(folder)]
            card = training.train(sources, out, lambda text: click.echo(text, err=True), None if alone else SHIPPED, processes)
    except (training.TrainingError, offline.EvaluationError, OSError) as error:
        raise click.ClickException(str(error)) from error
    for name, figures in card.regimes.items():
        mae = ", ".join(f"{lead} min {cm:.2f} cm (core {figures.core_mae_cm[lead]:.2f})" for lead, cm in figures.mae_cm.items())
        click.echo(f"{name}: taught by {figures.taught_by}, {figures.floods} floods in {figures.storms} storms; on storms left out: {mae}")
    click.echo(f"{card.name} written to {out}")
