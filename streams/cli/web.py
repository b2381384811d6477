"""`lowpoint web`: the public page."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="port to listen on; 0 takes a free one")
@click.option("--port-file", type=click.Path(path_type=Path, dir_okay=False), default=None, help="file to write the port to")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def web(city: Path, store: str, host: str, port: int, port_file: Path | None, log_level: str) -> None:
    """Show the public page until told to stop (SIGTERM, Ctrl-C). It needs the store alone."""
    from streams.city.load import load_city
    from streams.city.model import CityError
    from streams.cli.service import start_logging, stop_on_signals, write_port
    from streams.store.engine import StoreError, check_address
    from streams.web.app import make_app
    from streams.web.server import WebFailed, serve
    from streams.web.source import Boards

    start_logging(log_level)
    stop = stop_on_signals()

    def started(found: int) -> None:
        click.echo(f"the page is at http://{host}:{found}/")
        write_port(port_file, found)

    try:
        check_address(store)
        loaded = load_city(city)
        serve(make_app(loaded, Boards(loaded, store)), host, port, stop, started)
    except (CityError, StoreError, WebFailed) as error:
        raise click.ClickException(str(error)) from error
