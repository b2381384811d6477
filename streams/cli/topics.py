"""`lowpoint topics`: makes the topics of a live installation, before anything reads them."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def topics() -> None:
    """Topics of a live installation; a replay and the demo make their own."""


@topics.command()
@click.option("--broker", required=True, help="Kafka, HOST:PORT")
@click.option(
    "--city", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None, help="city folder, for the open topics"
)
@click.option("--prefix", default="lowpoint", show_default=True, help="prefix of the topics")
@click.option("--partitions", type=click.IntRange(1, 1000), default=12, show_default=True, help="partitions of each inner topic")
def create(broker: str, city: Path | None, prefix: str, partitions: int) -> None:
    """Create what is missing; what exists stays as it is.

    Run it before the first worker starts, and again when the city has a new owner. The number of partitions is for good: keys would
    land elsewhere with another one, so that is refused.
    """
    from streams.broker.names import TopicNames
    from streams.broker.specs import open_topic_specs, topic_specs
    from streams.broker.topics import create_topics
    from streams.city.load import load_city
    from streams.cli.errors import told_plainly

    with told_plainly():
        specs = topic_specs(TopicNames(prefix), partitions) + (open_topic_specs(load_city(city)) if city else [])
        create_topics(broker, specs)
    for spec in specs:
        click.echo(f"{spec.name}: {spec.partitions} partition{'s' if spec.partitions > 1 else ''}")
