"""`lowpoint bench camera`: how well cameras are read, on rendered looks with known truth."""

from __future__ import annotations

import click


@click.command()
@click.option("--looks", type=click.IntRange(1, 1000), default=5, show_default=True, help="at each of 20 places, of each condition")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="of places held out, weather, depths and clicks")
@click.option("--tuned", is_flag=True, help="the places that the reader was tuned on, instead of those held out")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--condition", "conditions", multiple=True, help="only this one; may be given more than once")
def camera(looks: int, seed: int, tuned: bool, processes: int, conditions: tuple[str, ...]) -> None:
    """Read rendered looks of cameras at held-out places: error, what cannot be seen, and what was said of dry ground."""
    from streams.bench.camera import measure
    from streams.cli.bench import machine
    from streams.demo.scene_weather import CONDITIONS

    unknown = sorted(set(conditions) - set(CONDITIONS))
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: known are {', '.join(CONDITIONS)}", param_hint="--condition")
    chosen = conditions or CONDITIONS
    for line in measure(looks, seed, not tuned, processes, chosen, lambda text: click.echo(text, err=True)).lines():
        click.echo(line)
    click.echo(f"{'places tuned on' if tuned else 'places held out'}, seed {seed}; {machine()}")
