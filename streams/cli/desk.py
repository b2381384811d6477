"""`lowpoint desk`: the API of the command centre."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--broker", required=True, help="Kafka, HOST:PORT")
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file of the key that encrypts second factors; without it the one that LOWPOINT_OFFICERS_KEY names",
)
@click.option(
    "--residents-key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="file of the key that opens residents' addresses; without it the desk names nobody's, and that is the safer way",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="port to listen on; 0 takes a free one")
@click.option("--port-file", type=click.Path(path_type=Path, dir_okay=False), default=None, help="file to write the port to")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def desk(
    city: Path,
    store: str,
    broker: str,
    prefix: str,
    key: Path | None,
    residents_key: Path | None,
    host: str,
    port: int,
    port_file: Path | None,
    log_level: str,
) -> None:
    """Let officers sign in and decide, until told to stop (SIGTERM, Ctrl-C).

    It speaks plain HTTP: put a proxy with TLS before it. What it answers is described at /openapi.json.
    """
    from streams.city.model import CityError
    from streams.cli.service import start_logging, stop_on_signals, store_told_plainly, write_port
    from streams.desk.service import DeskOptions, opened_desk
    from streams.officers.vault import VaultError
    from streams.people.vault import PeopleVaultError
    from streams.settings import Settings
    from streams.web.server import WebFailed, serve

    start_logging(log_level)
    stop = stop_on_signals()

    def started(found: int) -> None:
        click.echo(f"the desk is at http://{host}:{found}/")
        write_port(port_file, found)

    options = DeskOptions(city, store, broker, key or Settings().officers_key, prefix, residents_key)
    try:
        with store_told_plainly(), opened_desk(options, stop) as app:
            serve(app, host, port, stop, started)
    except (CityError, VaultError, PeopleVaultError, WebFailed) as error:
        raise click.ClickException(str(error)) from error
