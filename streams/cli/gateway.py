"""`lowpoint gateway`: the live ways in."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from streams.gateway.mqtt import Address

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--broker", required=True, help="Kafka, HOST:PORT")
@click.option("--keys", type=FILE, required=True, help="TOML: the SHA-256 of the key of each owner")
@click.option("--host", default="127.0.0.1", show_default=True, help="address that HTTP listens on")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="port of HTTP; 0 takes a free one")
@click.option("--port-file", type=click.Path(path_type=Path, dir_okay=False), default=None, help="file to write the port to")
@click.option("--mqtt", default=None, help="MQTT broker, HOST:PORT; without it MQTT is off")
@click.option("--mqtt-user", default=None, help="our user there")
@click.option("--mqtt-password-file", type=FILE, default=None, help="file with that user's password")
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
@click.option("--deadline-s", default=5.0, show_default=True, help="how long a request waits for Kafka before it is told to try later")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="folder for pictures of cameras (POST /pictures); without it the one that LOWPOINT_PICTURES names, else none are taken",
)
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def gateway(
    city: Path,
    broker: str,
    keys: Path,
    host: str,
    port: int,
    port_file: Path | None,
    mqtt: str | None,
    mqtt_user: str | None,
    mqtt_password_file: Path | None,
    prefix: str,
    deadline_s: float,
    pictures: Path | None,
    log_level: str,
) -> None:
    """Take observations in by HTTP, MQTT and Kafka until told to stop (SIGTERM, Ctrl-C)."""
    from streams.city.model import CityError
    from streams.cli.service import write_port
    from streams.gateway.keys import KeysError
    from streams.gateway.service import GatewayFailed, GatewayOptions, run_gateway
    from streams.settings import Settings

    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("kafka").setLevel("CRITICAL" if log_level != "DEBUG" else "DEBUG")  # ours says what matters, once
    address = _address(mqtt, mqtt_user, mqtt_password_file)
    options = GatewayOptions(city, broker, keys, host, port, address, prefix, deadline_s, pictures or Settings().pictures)
    stop_asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop_asked.set())

    def started(found: int) -> None:
        click.echo(f"gateway listens on http://{host}:{found}")
        write_port(port_file, found)

    try:
        run_gateway(options, stop_asked, started)
    except (CityError, KeysError, GatewayFailed) as error:
        raise click.ClickException(str(error)) from error


def _address(mqtt: str | None, user: str | None, password_file: Path | None) -> Address | None:
    from streams.gateway.mqtt import Address

    if mqtt is None:
        return None
    host, colon, port = mqtt.rpartition(":")
    if not colon or not host or not port.isdecimal():
        raise click.BadParameter(f"{mqtt!r}: write HOST:PORT", param_hint="--mqtt")
    if password_file and user is None:
        raise click.UsageError("--mqtt-password-file needs --mqtt-user")
    password = password_file.read_text("utf-8").strip("\r\n") if password_file else None
    return Address(host.strip("[]"), int(port), user, password)
