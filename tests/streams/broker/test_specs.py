"""What a live installation needs is there after one command, before anything reads it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from streams.broker.local import LocalBroker
from streams.broker.names import TopicNames
from streams.broker.probe import administrator
from streams.broker.specs import open_topic_specs, topic_specs
from streams.city.load import load_city
from streams.cli.topics import topics
from streams.gateway.topic import open_topics

DEMO = Path(__file__).resolve().parents[3] / "config" / "cities" / "demo"


def test_the_open_topics_are_those_that_the_gateway_reads() -> None:
    city = load_city(DEMO)
    assert set(open_topics(city)) == {spec.name for spec in open_topic_specs(city)}


def test_workers_find_every_topic_of_theirs() -> None:
    names = TopicNames("town")
    needed = {names.batches, names.outputs, names.orders, names.dead_letters, names.snapshots}
    specs = {spec.name: spec for spec in topic_specs(names, 5)}
    assert needed == set(specs)
    assert {5} == {spec.partitions for spec in specs.values()}
    assert ["compact"] == [policy for spec in specs.values() if (policy := spec.config.get("cleanup.policy"))]


def test_one_command_makes_all_topics_and_a_second_run_changes_nothing(broker: LocalBroker) -> None:
    arguments = ["create", "--broker", broker.bootstrap, "--city", str(DEMO), "--prefix", "made", "--partitions", "3"]
    for _ in range(2):
        done = CliRunner().invoke(topics, arguments)
        assert 0 == done.exit_code, done.output
    wanted = {spec.name: spec.partitions for spec in topic_specs(TopicNames("made"), 3) + open_topic_specs(load_city(DEMO))}
    with administrator(broker.bootstrap) as admin:
        found = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(sorted(wanted))}
    assert wanted == found


def test_another_number_of_partitions_is_refused_in_one_line(broker: LocalBroker) -> None:
    arguments = ["create", "--broker", broker.bootstrap, "--prefix", "fixed-made"]
    assert 0 == CliRunner().invoke(topics, [*arguments, "--partitions", "2"]).exit_code
    done = CliRunner().invoke(topics, [*arguments, "--partitions", "3"])
    assert 1 == done.exit_code
    assert "exists with 2 partitions where 3 are wanted" in done.output
    assert 1 == len(done.output.splitlines())
