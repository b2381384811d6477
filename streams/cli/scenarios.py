"""`lowpoint scenarios`: how deep every low point would stand under rain that has not fallen."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


class Numbers(click.ParamType):
    """Numbers with commas between them."""

    name = "n,n,..."

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """Turn the text into rising numbers, each once."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(sorted({float(part) for part in str(value).split(",")}))
        except ValueError:
            self.fail(f"{value!r}: write numbers with commas between them, such as 50,100,150", param, ctx)


@click.command()
@click.option("--city", type=FOLDER, required=True, help="Folder of the city.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=None, help="Compute the whole table and write it here.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "both"]), default="both", show_default=True, help="Of the files in --out."
)
@click.option("--point", "points", multiple=True, metavar="ID", help="Only this low point; may be given more than once.")
@click.option("--amounts", type=Numbers(), default=None, help="Rain in mm; 10 to 250 in eleven steps if left out.")
@click.option("--durations", type=Numbers(), default=None, help="In hours; 1 if left out, and 1,3,6,24 with --out.")
@click.option(
    "--peak-ratio", type=click.FloatRange(0, 1), default=None, help="Where in the storm its peak comes; the city's own if left out."
)
@click.option("--start", type=click.Choice(["dry", "wet"]), default="dry", show_default=True, help="wet: 15 mm in the three hours before.")
@click.option("--drains", type=click.Choice(["free", "half-blocked", "pumps-off"]), default="free", show_default=True)
def scenarios(
    city: Path,
    out: Path | None,
    form: str,
    points: tuple[str, ...],
    amounts: tuple[float, ...] | None,
    durations: tuple[float, ...] | None,
    peak_ratio: float | None,
    start: str,
    drains: str,
) -> None:
    """Print the table of rainfall amounts: points by danger, amounts across, median peak depth and its level in each cell.

    With --out the whole table (all peak ratios, starts and states of the drains) is written as CSV and JSON too.
    """
    from rich.console import Console

    from models.table.axes import AMOUNTS_MM, DURATIONS_H, Axes, usual_axes
    from streams.cli.errors import told_plainly
    from streams.scenarios.compute import between, compute
    from streams.scenarios.export import write
    from streams.scenarios.page import Selection, page
    from streams.scenarios.progress import bar

    def axes(usual_ratio: float) -> Axes:
        ratio = usual_ratio if peak_ratio is None else peak_ratio
        try:
            whole = Axes(amounts or AMOUNTS_MM, durations or (DURATIONS_H if out else (1.0,)), usual_axes(ratio).peak_ratios)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        return whole if out else between(whole, ratio, start, drains)

    with told_plainly(), bar() as told:
        found = compute(city, axes, points, told)
    ratio = found.peak_ratio if peak_ratio is None else peak_ratio
    console = Console(width=None if Console().is_terminal else 200)
    for duration_h in found.table.axes.durations_h if durations else found.table.axes.durations_h[:1]:
        console.print(page(found, Selection(duration_h, ratio, start, drains)))
    if out:
        for file in write(found, out, ("csv", "json") if form == "both" else (form,)):
            click.echo(f"{file}", err=True)
