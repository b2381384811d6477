"""`lowpoint signs`: tells the signs at the roadside which roads are closed."""

from __future__ import annotations

from pathlib import Path

import click

FIRST_LOOK_S = 10


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option(
    "--targets",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="TOML file of [[sign]] tables: low_point, url, secret_file",
)
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def signs(city: Path, store: str, targets: Path, log_level: str) -> None:
    """Post the state of each road to its sign until told to stop (SIGTERM, Ctrl-C). Run one only."""
    import asyncio
    import logging

    from streams.city.load import load_city
    from streams.city.model import CityError
    from streams.cli.service import start_logging, stop_on_signals
    from streams.signs.service import EVERY_S, Signs, see
    from streams.signs.targets import TargetsError, read_targets
    from streams.store.engine import StoreError, check_address
    from streams.store.lookout import Lookout

    start_logging(log_level)
    logging.getLogger("httpx").setLevel("WARNING")  # it tells every address, and an address may hold a token
    stop = stop_on_signals()
    try:
        check_address(store)
        loaded = load_city(city)
        found = read_targets(targets, (point.low_point_id for point in loaded.low_points))
    except (CityError, StoreError, TargetsError) as error:
        raise click.ClickException(str(error)) from error
    lookout = Lookout(store, see, EVERY_S)
    lookout.start(stop, FIRST_LOOK_S)
    click.echo(f"telling {len(found)} signs")
    asyncio.run(Signs(loaded, found, lookout.latest).run(stop))
