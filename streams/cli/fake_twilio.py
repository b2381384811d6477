"""`lowpoint fake-twilio`: Twilio as a server on this machine, which reaches nobody."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("fake-twilio")
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on; no other is allowed")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="port to listen on; 0 takes a free one")
@click.option("--port-file", type=click.Path(path_type=Path, dir_okay=False), default=None, help="file to write the port to")
@click.option("--account", default=None, help="account sid that requests must name: AC and 32 hexadecimal digits  [default: one made up]")
@click.option("--token", default=None, help="its token, which webhooks are signed with too  [default: one made up]")
@click.option("--behaviour", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=None, help="JSON: what goes wrong")
@click.option("--ledger", type=click.Path(path_type=Path, dir_okay=False), default=None, help="file to enter each creation in")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def fake_twilio(
    host: str,
    port: int,
    port_file: Path | None,
    account: str | None,
    token: str | None,
    behaviour: Path | None,
    ledger: Path | None,
    log_level: str,
) -> None:
    """Stand in for Twilio until told to stop (SIGTERM, Ctrl-C). How it behaves can be changed under /_fake/behaviour meanwhile."""
    from streams.cli.service import start_logging, write_port
    from streams.fake_twilio.behaviour import Behaviour, BehaviourError, load_behaviour
    from streams.fake_twilio.ledger import LedgerError
    from streams.fake_twilio.options import ACCOUNT, TOKEN, FakeError, FakeOptions
    from streams.fake_twilio.service import run_fake

    def started(url: str, found: int) -> None:
        click.echo(f"fake Twilio listens on {url}")
        write_port(port_file, found)

    start_logging(log_level)
    try:
        behaves = load_behaviour(behaviour) if behaviour else Behaviour()
        run_fake(FakeOptions(account or ACCOUNT, token or TOKEN, host, port, behaves, ledger), started)
    except (FakeError, BehaviourError, LedgerError) as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    fake_twilio(prog_name="lowpoint fake-twilio")
