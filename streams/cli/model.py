"""`lowpoint model`: the registry of models, and which one the workers use."""

from __future__ import annotations

from pathlib import Path

import click

from streams.cli.replay import FOLDER

REGISTRY = click.option(
    "--registry", type=click.Path(path_type=Path, file_okay=False), required=True, help="folder of models, the one the workers are told"
)


@click.group()
def model() -> None:
    """Keep trained models, and change the one that running workers forecast by."""


@model.command()
@click.argument("folder", type=FOLDER)
@REGISTRY
def add(folder: Path, registry: Path) -> None:
    """Copy a model into the registry, under its name."""
    from streams.cli.errors import told_plainly
    from streams.registry.registry import add_model

    try:
        with told_plainly():
            card = add_model(folder, registry)
    except OSError as error:
        raise click.ClickException(str(error)) from error
    click.echo(card.name)


@model.command("list")
@REGISTRY
def list_(registry: Path) -> None:
    """Say what is in the registry: names, what each was taught, and how it did on storms it had not seen."""
    from streams.registry.registry import list_models

    for entry in list_models(registry):
        if entry.card is None:
            click.echo(f"{entry.name}  cannot be used: {entry.problem}")
            continue
        click.echo(entry.name)
        for regime, figures in entry.card.regimes.items():
            mae = ", ".join(f"{lead} min {cm:.2f} cm" for lead, cm in figures.mae_cm.items())
            click.echo(f"  {regime}: {figures.floods} floods in {figures.storms} storms ({figures.taught_by}); {mae or 'not judged'}")


@model.command()
@click.argument("name")
@click.option("--city", type=FOLDER, required=True, help="city folder")
@REGISTRY
@click.option("--broker", required=True, help="Kafka, HOST:PORT")
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
def use(name: str, city: Path, registry: Path, broker: str, prefix: str) -> None:
    """Tell all districts to forecast by a model of the registry, or by the default one, from now on.

    The model before goes on in the shadow; where the new one does worse on what comes in, the district returns to it by itself.
    """
    from streams.broker.names import TopicNames
    from streams.city.load import load_city
    from streams.cli.errors import WrongModel, told_plainly
    from streams.gateway.producer import LogFailed
    from streams.registry.choose import model_of
    from streams.registry.registry import Registry, list_models
    from streams.registry.tell import tell_districts
    from streams.settings import Settings

    with told_plainly():
        loaded = load_city(city)
        default = model_of(Settings().model)
    if Registry(registry, default).named(name) is None:
        usable = ", ".join([entry.name for entry in list_models(registry) if entry.card] or ["none"])
        raise WrongModel(f"there is no usable model {name} in {registry}; there is: {usable}; and the default, {default.name}")
    try:
        with told_plainly():
            tell_districts(loaded, broker, TopicNames(prefix), name)
    except LogFailed as error:
        raise click.ClickException(f"{error}; ask again") from error
    click.echo(f"{len(loaded.districts)} districts were told to use {name}")
