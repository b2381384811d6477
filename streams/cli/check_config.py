"""`lowpoint check-config`: reads a city folder and says what is wrong or deserves a second look."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("check-config")
@click.argument("city", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check_config(city: Path) -> None:
    """Check a city folder; exits with 1 where it breaks the contract."""
    from streams.area.addresses import read_addresses
    from streams.city.check import remarks
    from streams.city.layers import layer_remarks, load_layers
    from streams.city.load import load_city
    from streams.city.storm import load_storm
    from streams.cli.errors import told_plainly
    from streams.messages.template_lint import city_remarks, template_faults
    from streams.messages.texts import known_languages

    with told_plainly():
        loaded = load_city(city)
        layers = load_layers(city)
        load_storm(city)
        read_addresses(city)
    of_texts = [fault for language in known_languages() for fault in template_faults(language)]
    found = [*remarks(loaded), *layer_remarks(loaded, layers), *of_texts, *city_remarks(loaded)]
    for remark in found:
        click.echo(remark)
    parts = ("low_points", "stations", "zones", "shelters", "districts")
    counts = ", ".join(f"{len(getattr(loaded, part))} {part.replace('_', ' ')}" for part in parts)
    click.echo(f"{loaded.name}: readable; {counts}; {len(found)} remarks")
