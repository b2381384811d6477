"""`lowpoint evaluate`: how good the forecasts were on recorded storms."""

from __future__ import annotations

from pathlib import Path

import click

from streams.cli.replay import FILE, FOLDER


@click.command(epilog="More inputs: --input A B C, or --input several times.")
@click.option("--city", type=FOLDER, default=None, help="city folder of one recording")
@click.option("--input", "inputs", type=FILE, multiple=True, help="recorded observations, NDJSON, .gz too")
@click.argument("more", type=FILE, nargs=-1)
@click.option("--storms", type=FOLDER, default=None, help="several storms instead: NAME/city and NAME/observations.ndjson.gz in it")
@click.option("--model", "model_folder", type=FOLDER, default=None, help="a trained model; without it the one that is shipped")
@click.option("--leave-one-out", is_flag=True, help="judge each storm of --storms by a model fitted on all the others")
@click.option(
    "--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="recordings taken side by side, with --leave-one-out"
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder for report.html and evaluation.json")
def evaluate(
    city: Path | None,
    inputs: tuple[Path, ...],
    more: tuple[Path, ...],
    storms: Path | None,
    model_folder: Path | None,
    leave_one_out: bool,
    processes: int,
    out: Path,
) -> None:
    """Judge the forecasts of recorded storms by what was then measured, without Kafka."""
    from streams.cli.errors import told_plainly
    from streams.evaluate import evaluation, offline, report

    files = (*inputs, *more)
    if storms is not None and (city is not None or files):
        raise click.UsageError("give either --storms or --city and --input")
    if storms is None and (city is None or not files):
        raise click.UsageError("give --city and --input, or --storms")
    if leave_one_out and (storms is None or model_folder is not None):
        raise click.UsageError("--leave-one-out goes with --storms and without --model")

    def tell(text: str) -> None:
        click.echo(text, err=True)

    try:
        with told_plainly():
            if storms is not None:
                sources = evaluation.find_sources(storms)
            else:
                assert city is not None
                sources = [evaluation.Source(files[0].name.removesuffix(".gz").removesuffix(".ndjson"), city, files)]
            if leave_one_out:
                from streams.train.leave_out import left_out_models

                model_of: evaluation.ModelOf = left_out_models(sources, tell, processes).__getitem__
            else:
                model = offline.chosen_model(model_folder)
                model_of = lambda _: model  # noqa: E731
            found, fans = evaluation.evaluate(sources, model_of, tell)
            page, figures = report.write_report(found, fans, out)
    except (offline.EvaluationError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(report.terminal(found))
    click.echo(f"written to {page} and {figures}", err=True)
