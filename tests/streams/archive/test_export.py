"""What is read out of Kafka is what was put into it: once each, in order of arrival, and so with the same forecasts and warnings."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.archive.errors import ArchiveError
from streams.broker.errors import BrokerFailed
from streams.broker.names import TopicNames
from streams.city.model import City
from streams.evaluate.offline import chosen_model, run_offline
from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.replay.recording import Recording, read_recording
from streams.rules.plan import districts_of
from tests.streams.archive.conftest import Fill, Filled

if TYPE_CHECKING:
    from streams.archive.export import ExportOptions
    from streams.archive.exported import Exported
    from streams.broker.local import LocalBroker

Heard = list[tuple[int, int, int, float, object]]


def options(filled: Filled, out: Path, **changes: Any) -> ExportOptions:
    from streams.archive.export import ExportOptions

    return replace(ExportOptions(filled.folder, filled.bootstrap, out, filled.names.prefix), **changes)


def exported(filled: Filled, out: Path, **changes: Any) -> Exported:
    from streams.archive.export import export

    return export(options(filled, out, **changes))


def heard(city: City, recording: Recording) -> dict[str, Heard]:
    """What each district hears of a recording, in order."""
    columns = (recording.station_no, recording.observed_us, recording.received_us, recording.value)
    rows = [(*row, recording.extras.get(at)) for at, row in enumerate(zip(*(column.tolist() for column in columns), strict=True))]
    serves = [set(districts_of(station, city)) for station in city.stations]
    return {district: [row for row in rows if district in serves[row[0]]] for district in city.districts}


@pytest.mark.parametrize(("batch_size", "partitions", "name"), [(7, 3, "storm.ndjson.gz"), (1000, 1, "storm.ndjson")])
def test_a_storm_that_is_read_out_is_the_storm_that_was_sent(
    fill: Fill, tmp_path: Path, batch_size: int, partitions: int, name: str
) -> None:
    filled = fill(batch_size, partitions)
    found = exported(filled, tmp_path / name)
    again = read_recording(filled.city, [tmp_path / name])
    assert len(filled.recording) == len(again) == found.observations
    assert not again.dead_letters
    assert heard(filled.city, filled.recording) == heard(filled.city, again)
    model = chosen_model(None)
    outputs = run_offline(filled.city, again, model)
    assert outputs
    assert run_offline(filled.city, filled.recording, model) == outputs


def test_equal_logs_give_equal_files_whatever_the_messages_and_partitions(storm_topic: Filled, fill: Fill, tmp_path: Path) -> None:
    exported(storm_topic, tmp_path / "one.ndjson.gz")
    exported(fill(333, 5), tmp_path / "two.ndjson.gz")
    assert (tmp_path / "one.ndjson.gz").read_bytes() == (tmp_path / "two.ndjson.gz").read_bytes()


def test_arrivals_never_go_back_and_nothing_else_is_left_in_the_folder(storm_topic: Filled, tmp_path: Path) -> None:
    exported(storm_topic, tmp_path / "out" / "storm.ndjson")
    assert ["storm.ndjson"] == [file.name for file in (tmp_path / "out").iterdir()]
    # as times: a whole second is written without a fraction
    arrivals = [json.loads(line)["received_at"].replace("Z", "") for line in (tmp_path / "out" / "storm.ndjson").read_text().splitlines()]
    padded = [text if "." in text else text + ".000000" for text in arrivals]
    assert sorted(padded) == padded


def test_from_and_to_are_times_of_arrival_with_the_first_and_without_the_last(storm_topic: Filled, tmp_path: Path) -> None:
    received = storm_topic.recording.received_us
    since_us, until_us = int(received[200]), int(received[500])
    found = exported(storm_topic, tmp_path / "part.ndjson", since_us=since_us, until_us=until_us)
    again = read_recording(storm_topic.city, [tmp_path / "part.ndjson"])
    assert found.first_us == since_us
    assert [us for us in received.tolist() if since_us <= us < until_us] == again.received_us.tolist()


def test_what_came_in_by_the_gateway_is_read_out_with_all_its_fields_and_no_dead_letter(broker: LocalBroker, tmp_path: Path) -> None:
    from streams.archive.export import ExportOptions, export
    from tests.streams.gateway.site import Site, reading

    site = Site(tmp_path / "site", broker.bootstrap)
    site.make_topics()
    meteorology = site.drainage.replace("drainage", "meteorology")
    sent = [
        (site.drainage, reading(value=0.27, id="1")),
        (site.traffic, reading("CA", "camera_depth", 0.3, confidence=0.9, image="https://example.org/1.jpg", id="2")),
        (meteorology, reading("R", "rain", 2.5, period_s=60, id="3")),
        (meteorology, reading("F", "rain_forecast", 20, period_s=3600, issued_at="2026-07-14T08:00:00Z", quantile=0.9, id="4")),
        (site.drainage, reading("W", "stage", 81.4, id="5")),
        (site.drainage, reading("U", "pump", 1, id="6")),
    ]
    with site.gateway() as gateway:
        for owner, one in [*sent, (site.drainage, reading("nowhere"))]:
            assert 202 == site.post(gateway.port, one, owner).status_code
    export(ExportOptions(site.folder / "city", site.bootstrap, tmp_path / "live.ndjson", site.names.prefix))
    lines = [json.loads(line) for line in (tmp_path / "live.ndjson").read_bytes().splitlines()]
    assert [one for _, one in sent] == [{key: value for key, value in line.items() if key != "received_at"} for line in lines]
    assert all(line["time"] < line["received_at"] for line in lines)
    assert not read_recording(site.city, [tmp_path / "live.ndjson"]).dead_letters


# what can be missing


def cut(filled: Filled, share: float) -> None:
    """Take the beginning of every partition away, as retention does."""
    from kafka import KafkaConsumer, TopicPartition

    from streams.broker.probe import administrator

    consumer = KafkaConsumer(bootstrap_servers=filled.bootstrap)
    places = [TopicPartition(filled.names.batches, number) for number in consumer.partitions_for_topic(filled.names.batches)]
    ends = consumer.end_offsets(places)
    consumer.close()
    with administrator(filled.bootstrap) as admin:
        admin.delete_records({place: int(end * share) for place, end in ends.items()})


def test_what_retention_has_taken_is_told_and_what_follows_is_whole(fill: Fill, tmp_path: Path) -> None:
    filled = fill()
    cut(filled, 0.5)
    found = exported(filled, tmp_path / "rest.ndjson")
    assert found.complete_from_us is not None
    assert 0 == found.complete_from_us % SECOND_US
    assert any(to_text(found.complete_from_us) in line for line in found.remarks())
    again = read_recording(filled.city, [tmp_path / "rest.ndjson"]).received_us
    since_us = found.complete_from_us
    assert filled.recording.received_us[0] < since_us < filled.recording.received_us[-1]
    assert (filled.recording.received_us >= since_us).sum() == (again >= since_us).sum()


def test_a_beginning_that_retention_has_taken_is_refused_with_the_one_that_can_be_had(fill: Fill, tmp_path: Path) -> None:
    filled = fill()
    cut(filled, 0.5)
    (tmp_path / "old.ndjson").write_text("old\n")
    with pytest.raises(ArchiveError, match="retention") as told:
        exported(filled, tmp_path / "old.ndjson", since_us=int(filled.recording.received_us[0]))
    assert "old\n" == (tmp_path / "old.ndjson").read_text()
    assert ["old.ndjson"] == [file.name for file in tmp_path.iterdir()]
    complete_from_us = exported(filled, tmp_path / "rest.ndjson").complete_from_us
    assert complete_from_us is not None
    assert f"--from {to_text(complete_from_us)}" in str(told.value)
    assert exported(filled, tmp_path / "rest.ndjson", since_us=complete_from_us).first_us >= complete_from_us


def test_a_topic_that_retention_has_emptied_says_so(fill: Fill, tmp_path: Path) -> None:
    filled = fill()
    cut(filled, 1.0)
    with pytest.raises(ArchiveError, match="retention has removed everything"):
        exported(filled, tmp_path / "none.ndjson")


def test_a_topic_that_nothing_came_into_says_so(broker: LocalBroker, storm_topic: Filled, tmp_path: Path) -> None:
    from streams.broker.specs import topic_specs
    from streams.broker.topics import create_topics

    names = TopicNames(f"archive-{secrets.token_hex(4)}")
    create_topics(broker.bootstrap, topic_specs(names, 2))
    with pytest.raises(ArchiveError, match="no observation has come in yet"):
        exported(replace(storm_topic, names=names), tmp_path / "none.ndjson")


def test_a_wrong_prefix_is_told_with_those_there_are(storm_topic: Filled, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="--prefix") as told:
        exported(replace(storm_topic, names=TopicNames("lowpiont")), tmp_path / "none.ndjson")
    assert storm_topic.names.prefix in str(told.value)


def test_no_kafka_is_told_in_one_line(storm_topic: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.archive.topic.PATIENCE_S", 0.5)
    with pytest.raises(BrokerFailed, match="no Kafka answers") as told:
        exported(replace(storm_topic, bootstrap="127.0.0.1:1"), tmp_path / "none.ndjson")
    assert "\n" not in str(told.value)


def test_times_in_which_nothing_arrived_are_told_with_those_in_which_it_did(storm_topic: Filled, tmp_path: Path) -> None:
    last_us = int(storm_topic.recording.received_us[-1])
    with pytest.raises(ArchiveError, match="nothing arrived") as told:
        exported(storm_topic, tmp_path / "none.ndjson", since_us=last_us + MINUTE_US)
    assert to_text(last_us) in str(told.value)
    assert not list(tmp_path.iterdir())


def test_a_station_that_the_city_has_lost_is_left_out_and_named(storm_topic: Filled, tmp_path: Path) -> None:
    from tests.streams.replay.storm import write_city

    folder = write_city(tmp_path / "city")
    stations = json.loads((folder / "stations.geojson").read_text("utf-8"))
    stations["features"] = [one for one in stations["features"] if one["properties"]["station_id"] != "S1"]
    (folder / "stations.geojson").write_text(json.dumps(stations), "utf-8")
    found = exported(storm_topic, tmp_path / "storm.ndjson", city=folder)
    gone = int((storm_topic.recording.station_no == [s.station_id for s in storm_topic.city.stations].index("S1")).sum())
    assert {"S1": gone} == found.unknown
    assert len(storm_topic.recording) - gone == found.observations
    assert any(f"S1 ({gone})" in line for line in found.remarks())


def test_messages_that_are_no_batch_are_counted_and_stop_nothing(fill: Fill, tmp_path: Path) -> None:
    from kafka import KafkaProducer

    filled = fill()
    producer = KafkaProducer(bootstrap_servers=filled.bootstrap)
    for value in (b"\xc1", None, msgspec.msgpack.encode({"district": "D1", "stations": [], "station": b"\0\0"})):
        producer.send(filled.names.batches, key=b"D1", value=value)
    producer.close()
    found = exported(filled, tmp_path / "storm.ndjson")
    assert (3, len(filled.recording)) == (found.unreadable, found.observations)


def test_messages_that_retention_takes_while_they_are_read_are_no_silent_gap(fill: Fill) -> None:
    from streams.archive import topic

    filled = fill()
    with pytest.raises(ArchiveError, match="while they were being read"), topic.reading(filled.bootstrap) as consumer:
        wanted = topic.spans(consumer, filled.names.batches, None)
        cut(filled, 0.5)
        list(topic.messages(consumer, filled.names.batches, wanted))


def test_reading_ends_where_the_topic_ended_when_it_began(fill: Fill) -> None:
    from kafka import KafkaProducer

    from streams.archive import topic

    filled = fill()
    with topic.reading(filled.bootstrap) as consumer:
        wanted = topic.spans(consumer, filled.names.batches, None)
        producer = KafkaProducer(bootstrap_servers=filled.bootstrap)
        for _ in range(20):
            producer.send(filled.names.batches, key=b"D1", value=b"later")
        producer.close()
        found = [data for _, data in topic.messages(consumer, filled.names.batches, wanted)]
    assert sum(span.end - span.start for span in wanted) == len(found)
    assert b"later" not in found
