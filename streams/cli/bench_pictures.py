"""`lowpoint bench hostile-pictures` and `lowpoint bench blur`: what the intake of pictures stands, and what the public is not shown."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("hostile-pictures")
@click.option(
    "--honest", type=click.IntRange(0), default=60, show_default=True, help="honest pictures of 12 million pixels to time; 0: none"
)
@click.option("--children", type=click.IntRange(1, 16), default=2, show_default=True, help="processes that decode")
def hostile_pictures(honest: int, children: int) -> None:
    """Hand hostile files to the intake, and time honest ones. Ends with 1 where anything but pixels came out of it."""
    from streams.bench.hostile_pictures import meet_all, time_honest
    from streams.cli.bench import machine
    from streams.pictures.apart import Sheltered

    with Sheltered(1) as sheltered:
        met = []
        for one in meet_all(sheltered):
            met.append(one)
            click.echo(one.line())
    taken = sum(one.outcome == "taken" for one in met)
    slowest, largest = max(one.seconds for one in met), max(one.peak_mib or 0 for one in met)
    told = f"{taken} taken, {len(met) - taken} refused, longest {slowest:.1f} s, most memory of a child {largest:.0f} MiB"
    click.echo(f"{len(met)} files: {told}")
    if honest:
        click.echo(f"honest, 12 million pixels, {children} children: {time_honest(honest, children).line()}")
    click.echo(machine())
    leaking = [one.name for one in met if one.leaked]
    if leaking:
        raise click.ClickException(f"more than pixels came out of {', '.join(leaking)}")


@click.command("blur")
@click.option(
    "--faces",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=None,
    help="a NumPy file of grey faces, n x side x side, as scikit-image's lfw_subset.npy (its first half); without it plates alone",
)
def blur(faces: Path | None) -> None:
    """Say how many faces and number plates are found, by size, before the public sees a picture."""
    from streams.bench.blurred import measure_faces, measure_plates
    from streams.cli.bench import machine

    for line in measure_plates():
        click.echo(line)
    if faces is None:
        click.echo("faces: none at hand; name a file with --faces")
    else:
        for line in measure_faces(faces):
            click.echo(line)
    click.echo(machine())


COMMANDS = (hostile_pictures, blur)
