"""`lowpoint receipts`: what providers call with receipts, and with what residents text back."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option(
    "--providers", type=click.Path(path_type=Path, dir_okay=False), required=True, help="providers file, the same as of `lowpoint send`"
)
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), help="file of the key that seals numbers; else LOWPOINT_RESIDENTS_KEY"
)
@click.option("--public-url", required=True, help="https://... where providers reach it, the same as of `lowpoint send`")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    help="folder of pictures, the same as of `lowpoint web`: picture messages are reports then; else LOWPOINT_PICTURES",
)
@click.option("--loopback", default=None, help="http://127.0.0.1:PORT of a server that stands for the provider's media, for a trial")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=click.IntRange(0, 65535), default=8070, show_default=True, help="port to listen on; 0 takes a free one")
@click.option("--port-file", type=click.Path(path_type=Path, dir_okay=False), default=None, help="file to write the port to")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def receipts(
    city: Path,
    store: str,
    providers: Path,
    key: Path | None,
    public_url: str,
    pictures: Path | None,
    loopback: str | None,
    host: str,
    port: int,
    port_file: Path | None,
    log_level: str,
) -> None:
    """Take in receipts and texts of residents, until told to stop (SIGTERM, Ctrl-C).

    It speaks plain HTTP: put a proxy with TLS before it that passes /twilio/ and /gateway/ on, with nothing of their paths changed. A call
    for rescue is kept for `lowpoint replies`.
    """
    from streams.city.model import CityError
    from streams.cli.service import start_logging, stop_on_signals, store_told_plainly, write_port
    from streams.people.vault import PeopleVaultError
    from streams.receipts.service import ReceiptsOptions, opened_receipts
    from streams.receipts.signature import AddressError
    from streams.reports.key import ReportsKeyError
    from streams.senders.door import DoorShut
    from streams.senders.providers import ProvidersError
    from streams.settings import Settings
    from streams.web.server import WebFailed, serve

    start_logging(log_level)
    stop = stop_on_signals()

    def started(found: int) -> None:
        click.echo(f"receipts are taken at http://{host}:{found}/")
        write_port(port_file, found)

    settings = Settings()
    options = ReceiptsOptions(
        city,
        store,
        providers,
        key or settings.residents_key,
        public_url,
        pictures=pictures or settings.pictures,
        loopback=loopback,
    )
    try:
        with store_told_plainly(), opened_receipts(options, stop) as app:
            serve(app, host, port, stop, started)
    except (AddressError, CityError, DoorShut, PeopleVaultError, ProvidersError, ReportsKeyError, WebFailed) as error:
        raise click.ClickException(str(error)) from error
