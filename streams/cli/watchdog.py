"""`lowpoint watchdog`: tells the duty officers when data stops. For now there is the dry run alone: it texts nobody."""

from __future__ import annotations

from pathlib import Path

import click

FIRST_LOOK_S = 10


@click.command()
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option(
    "--duty",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="file of the duty officers' numbers, one a line, with a language after it if need be",
)
@click.option(
    "--status",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="file that it writes anew at every look, to be watched by others  [default: watchdog.json in LOWPOINT_HOME]",
)
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def watchdog(store: str, city: Path, duty: Path, status: Path | None, log_level: str) -> None:
    """Watch that every district is heard, as a dry run, until told to stop (SIGTERM, Ctrl-C). It needs the store alone."""
    from streams.city.load import load_city
    from streams.city.model import CityError
    from streams.cli.service import start_logging, stop_on_signals
    from streams.settings import Settings
    from streams.store.engine import StoreError, check_address
    from streams.store.lookout import Lookout
    from streams.watchdog.channel import DryDuty
    from streams.watchdog.officers import DutyError, read_officers
    from streams.watchdog.watchdog import EVERY_S, Watchdog, hear

    start_logging(log_level)
    stop = stop_on_signals()
    try:
        check_address(store)
        loaded = load_city(city)
        officers = read_officers(duty, loaded)
    except (CityError, StoreError, DutyError) as error:
        raise click.ClickException(str(error)) from error
    lookout = Lookout(store, hear, EVERY_S)
    lookout.start(stop, FIRST_LOOK_S)
    click.echo(f"watching {loaded.name}; {len(officers)} on duty; a dry run: nobody is texted")
    Watchdog(loaded, officers, DryDuty(), lookout.latest, status or Settings().home / "watchdog.json").run(stop)
