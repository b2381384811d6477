"""`lowpoint project`: the projector."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--broker", required=True, help="Kafka, HOST:PORT")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="folder of pictures: those that nobody needs any more are taken away; without it the one that LOWPOINT_PICTURES names",
)
@click.option(
    "--city",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    help="city folder, for how long pictures are kept ([reports] keep_pictures_days); without it 30 days",
)
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def project(broker: str, store: str, prefix: str, pictures: Path | None, city: Path | None, log_level: str) -> None:
    """Write what the workers give out to the store until told to stop (SIGTERM, Ctrl-C)."""
    from streams.broker.names import TopicNames
    from streams.city.load import load_city
    from streams.city.model import CityError, Reporting
    from streams.cli.service import start_logging, stop_on_signals, store_told_plainly
    from streams.pictures.shelf import Shelf
    from streams.project.projector import Projector
    from streams.settings import Settings
    from streams.store.patience import open_patiently

    start_logging(log_level)
    stop = stop_on_signals()
    folder = pictures or Settings().pictures
    try:
        kept_days = (load_city(city).reports if city else Reporting()).keep_pictures_days
    except CityError as error:
        raise click.ClickException(str(error)) from error
    with store_told_plainly():
        engine = open_patiently(store, stop)
        try:
            shelf = Shelf(folder) if folder else None
            Projector(broker, TopicNames(prefix), engine, stop, shelf=shelf, kept_days=kept_days).run()
        finally:
            engine.dispose()
