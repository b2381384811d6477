"""`lowpoint send`: the sender. For now there is the dry run alone: it takes every text and sends none."""

from __future__ import annotations

import click


@click.command()
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--once", is_flag=True, help="send what is due, and end")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def send(store: str, once: bool, log_level: str) -> None:
    """Send the texts that are due, as a dry run, until told to stop (SIGTERM, Ctrl-C)."""
    from streams.cli.service import start_logging, stop_on_signals, store_told_plainly
    from streams.senders.dry_run import DryRun
    from streams.senders.sender import Sender
    from streams.store.patience import open_patiently, patiently

    start_logging(log_level)
    stop = stop_on_signals()
    with store_told_plainly():
        engine = open_patiently(store, stop)
        sender = Sender(engine, DryRun())
        try:
            if not once:
                sender.run(stop)
                return
            sent = 0
            while (batch := patiently(stop, sender.send_due)) and not stop.is_set():
                sent += batch
            click.echo(f"dry run: {sent} texts")
        finally:
            engine.dispose()
