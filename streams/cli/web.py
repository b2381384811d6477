"""`lowpoint web`: the public page, and beside it the console of the command centre."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--broker", default=None, help="Kafka, HOST:PORT: with it officers find the console at /console/; without it there is none")
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file of the key that encrypts second factors; without it the one that LOWPOINT_OFFICERS_KEY names",
)
@click.option(
    "--public-url", default="", help="where people reach it, such as https://flood.example.org: cookies travel by https only then"
)
@click.option(
    "--residents-key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file of the key that seals residents' numbers: the page takes subscriptions then, and officers can open addresses",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    help="folder of pictures: the page takes citizens' reports then, and shows pictures; without it the one that LOWPOINT_PICTURES names",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file for the page's last edition: it is shown, with its age, by a process that starts while the database is away",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="port to listen on; 0 takes a free one")
@click.option("--port-file", type=click.Path(path_type=Path, dir_okay=False), default=None, help="file to write the port to")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def web(
    city: Path,
    store: str,
    broker: str | None,
    prefix: str,
    key: Path | None,
    public_url: str,
    residents_key: Path | None,
    pictures: Path | None,
    cache: Path | None,
    host: str,
    port: int,
    port_file: Path | None,
    log_level: str,
) -> None:
    """Show the public page until told to stop (SIGTERM, Ctrl-C); with --broker also the console and the desk's API.

    The public page needs the store alone, and stands while everything else is away. It speaks plain HTTP: put a proxy with TLS before it.
    """
    from streams.city.model import CityError
    from streams.cli.service import start_logging, stop_on_signals, write_port
    from streams.console.site import SiteOptions, opened_site
    from streams.officers.vault import VaultError
    from streams.people.vault import PeopleVaultError
    from streams.reports.key import ReportsKeyError
    from streams.settings import Settings
    from streams.store.engine import StoreError
    from streams.web.server import WebFailed, serve

    start_logging(log_level)
    stop = stop_on_signals()
    settings = Settings()

    def started(found: int) -> None:
        click.echo(f"the page is at http://{host}:{found}/")
        if broker:
            click.echo(f"the console is at http://{host}:{found}/console/")
        write_port(port_file, found)

    options = SiteOptions(
        city,
        store,
        broker,
        prefix,
        key or settings.officers_key,
        settings.vendor,
        public_url,
        residents_key,
        cache,
        pictures or settings.pictures,
    )
    try:
        with opened_site(options, stop) as site:
            serve(site, host, port, stop, started)
    except (CityError, StoreError, VaultError, PeopleVaultError, ReportsKeyError, WebFailed) as error:
        raise click.ClickException(str(error)) from error
