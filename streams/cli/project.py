"""`lowpoint project`: the projector."""

from __future__ import annotations

import click


@click.command()
@click.option("--broker", required=True, help="Kafka, HOST:PORT")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
@click.option("--log-level", default="INFO", show_default=True, type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]))
def project(broker: str, store: str, prefix: str, log_level: str) -> None:
    """Write what the workers give out to the store until told to stop (SIGTERM, Ctrl-C)."""
    from streams.broker.names import TopicNames
    from streams.cli.service import start_logging, stop_on_signals, store_told_plainly
    from streams.project.projector import Projector
    from streams.store.patience import open_patiently

    start_logging(log_level)
    stop = stop_on_signals()
    with store_told_plainly():
        engine = open_patiently(store, stop)
        try:
            Projector(broker, TopicNames(prefix), engine, stop).run()
        finally:
            engine.dispose()
