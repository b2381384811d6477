"""`lowpoint make-demo`: writes the demo city, its made-up residents and its simulated storm."""

from pathlib import Path

import click

FOLDER = Path(__file__).resolve().parents[2] / "config" / "cities" / "demo"
_city = click.option(
    "--city", type=click.Path(path_type=Path, exists=True, file_okay=False), default=FOLDER, help="The demo city's folder."
)
_seed = click.option("--seed", type=int, default=51, show_default=True, help="The same seed gives the same files.")


@click.group("make-demo")
def make_demo() -> None:
    """Make the demo city, its residents and its storm. All of it is made up and simulated."""


@make_demo.command("city")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=FOLDER, help="Where to; config/cities/demo if left out.")
@_seed
def city(out: Path, seed: int) -> None:
    """Write the city folder."""
    from streams.demo.city import make_city

    make_city(out, seed)
    click.echo(f"demo city (made up): {out}")


@make_demo.command("residents")
@_city
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The CSV file.")
@click.option("--count", type=click.IntRange(min=0), default=20_000, show_default=True, help="How many residents.")
@_seed
def residents(city: Path, out: Path, count: int, seed: int) -> None:
    """Write made-up residents with phone numbers that reach nobody (+999)."""
    from streams.demo.residents import make_residents

    make_residents(city, out, count, seed)
    click.echo(f"{count} made-up residents: {out}")


@make_demo.command("storm")
@_city
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for observations.ndjson.gz and truth.json."
)
@_seed
def storm(city: Path, out: Path, seed: int) -> None:
    """Write five hours of a simulated storm, as the sensors saw it and as it was."""
    from streams.demo.storm import make_storm

    make_storm(city, out, seed)
    click.echo(f"SIMULATED storm: {out}")
