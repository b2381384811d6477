"""`lowpoint send`: the sender. Without a providers file it is the dry run: it takes every text and sends none."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from streams import clock

if TYPE_CHECKING:  # loaded by a command that is called, not by --help
    from sqlalchemy import Engine

MOST_OFF_S = 2.0


@click.command()
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), help="city folder; needed with --providers")
@click.option(
    "--providers", type=click.Path(path_type=Path, dir_okay=False), help="providers file (docs/sending.md); without it the dry run"
)
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), help="file of the key that opens the numbers; else LOWPOINT_RESIDENTS_KEY"
)
@click.option(
    "--public-url", default="", help="https://... where providers reach `lowpoint receipts`; without it they are asked for receipts"
)
@click.option("--loopback", default=None, help="http://127.0.0.1:PORT of a server that stands for every provider, for a trial")
@click.option("--name", default="", help="a name that no other running sender has; one that comes back takes up its own claims at once")
@click.option("--once", is_flag=True, help="send what is due, and end")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def send(
    store: str,
    city: Path | None,
    providers: Path | None,
    key: Path | None,
    public_url: str,
    loopback: str | None,
    name: str,
    once: bool,
    log_level: str,
) -> None:
    """Send the texts that are due until told to stop (SIGTERM, Ctrl-C). With --city, subscribers of its roads are told too.

    Real telephones are reached when three things are there at once: a city that is marked live, orders whose status is Actual, and
    credentials.
    """
    from streams.city.load import load_city
    from streams.city.model import CityError
    from streams.cli.service import start_logging, stop_on_signals, store_told_plainly
    from streams.people.vault import PeopleVaultError
    from streams.senders.door import DoorShut
    from streams.senders.dry_run import DryRun
    from streams.senders.providers import ProvidersError
    from streams.senders.service import Channels, SendOptions, open_channels
    from streams.senders.together import send_together
    from streams.settings import Settings
    from streams.store.patience import open_patiently
    from streams.subscribers.notifier import Notifier

    start_logging(log_level)
    stop = stop_on_signals()
    if providers is not None and city is None:
        raise click.UsageError("--providers needs --city: it says whether texts may reach telephones")
    try:
        loaded = load_city(city) if city else None
        key = key or Settings().residents_key
        channels = open_channels(SendOptions(loaded, providers, key, public_url, loopback)) if loaded else Channels([DryRun()], [])
    except (CityError, DoorShut, ProvidersError, PeopleVaultError) as error:
        raise click.ClickException(str(error)) from error
    with store_told_plainly():
        engine = open_patiently(store, stop)
        try:
            # a simulated storm is of another day: by today's clock all of it has expired
            expires = loaded is not None and not loaded.simulated
            if providers is not None:
                _check_key(engine, key, stop)
            _check_clock(engine, stop)
            beside = [Notifier(engine, loaded).run] if loaded else []
            spares = loaded is None
            posted = send_together(engine, channels, stop, owner=name, expires=expires, once=once, spares_actual=spares, beside=beside)
            if once:
                click.echo(f"{'dry run' if providers is None else channels.texts[0].name}: {posted} texts")
        finally:
            engine.dispose()


def _check_clock(engine: Engine, stop: Event) -> None:
    """Two senders that disagree on the time would take each other for dead, and send texts twice."""
    from streams.store.patience import patiently
    from streams.store.wall_clock import clock_off_s

    off_s = patiently(stop, lambda: clock_off_s(engine, clock.now_us()))
    if abs(off_s) > MOST_OFF_S:
        side = "ahead of" if off_s > 0 else "behind"
        raise click.ClickException(f"the clock of this machine is {abs(off_s):.0f} s {side} the database's: set both by NTP first")


def _check_key(engine: Engine, key: Path | None, stop: Event) -> None:
    """A wrong key would open no number, and is told before anything is claimed."""
    from streams.people.vault import PeopleVaultError, open_people_vault
    from streams.store.patience import patiently
    from streams.store.residents_key import check_people_key

    try:
        patiently(stop, lambda: check_people_key(engine, open_people_vault(key)))
    except PeopleVaultError as error:
        raise click.ClickException(str(error)) from error
