"""`lowpoint residents`: puts people into the store; they are never in a city folder."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def residents() -> None:
    """Residents who get the texts."""


@residents.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
def import_(file: Path, city: Path, store: str) -> None:
    """Put the residents of FILE (CSV: phone,language,zone_id) into the store, in place of those that were there."""
    from sqlalchemy.exc import OperationalError

    from streams.city.load import load_city
    from streams.city.model import CityError
    from streams.store.engine import StoreError, open_store
    from streams.store.residents import ResidentsError, import_residents

    try:
        engine = open_store(store)
        try:
            done = import_residents(engine, file, load_city(city))
        finally:
            engine.dispose()
    except (CityError, StoreError, ResidentsError) as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(f"the store does not answer: {error.orig}") from error
    for reason, count in done.refused.items():
        click.echo(f"refused {count}: {reason}", err=True)
    click.echo(f"{done.accepted} residents")
    if not done.accepted:
        raise click.ClickException(f"{file}: nobody could be taken, so the store was left as it was")
