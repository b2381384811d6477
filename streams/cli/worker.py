"""`lowpoint worker`: one Faust worker."""

from pathlib import Path

import click


@click.command()
@click.option("--city", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True, help="city folder")
@click.option("--broker", required=True, help="Kafka, HOST:PORT")
@click.option("--store", required=True, help="database address, for example sqlite:///lowpoint.db")
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
@click.option("--partitions", default=12, show_default=True, help="partitions of the inner topic")
@click.option("--name", default="worker-1", show_default=True, help="name of this worker")
@click.option("--datadir", type=click.Path(path_type=Path), default=Path("worker-data"), help="folder for Faust's own files")
@click.option("--status", type=click.Path(path_type=Path), default=None, help="file that says which partitions are served")
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    help="a trained model; without it the one that is shipped",
)
@click.option(
    "--registry",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="folder of models that may be asked for: `lowpoint model`",
)
@click.option("--texts-at-once", "at_once", is_flag=True, help="count texts as sent when they are released, as a replay does")
@click.option("--log-level", default="WARNING", show_default=True)
def worker(
    city: Path,
    broker: str,
    store: str,
    prefix: str,
    partitions: int,
    name: str,
    datadir: Path,
    status: Path | None,
    model: Path | None,
    registry: Path | None,
    at_once: bool,
    log_level: str,
) -> None:
    """Run one worker: the district agents and the dispatch agent."""
    from streams.agents.worker import WorkerOptions, run_worker
    from streams.cli.errors import told_plainly
    from streams.settings import Settings

    forecasts = model or Settings().model
    options = WorkerOptions(city.resolve(), broker, store, prefix, partitions, name, datadir, status, forecasts, registry, at_once=at_once)
    with told_plainly():
        run_worker(options, log_level)
