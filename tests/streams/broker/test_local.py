"""A broker of our own: what it keeps, what it survives, and what it does not take for itself."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams import clock
from streams.broker import local
from streams.broker.local import BrokerFailed, LocalBroker
from streams.broker.ports import HOST, Ports, pick_ports
from streams.broker.probe import answering_cluster
from streams.broker.topics import TopicSpec, create_topics


@pytest.fixture
def own_broker(kafka_jars: Path, tmp_path: Path) -> Iterator[LocalBroker]:
    with LocalBroker(kafka_jars, tmp_path / "own", heap_mb=256) as running:
        yield running


def test_messages_and_address_outlive_a_stop_and_a_crash(own_broker: LocalBroker) -> None:
    address, cluster = own_broker.bootstrap, own_broker.cluster_id
    create_topics(address, [TopicSpec("kept", 1)])
    write(address, "kept", b"before the stop")
    own_broker.stop()
    assert answering_cluster(address) is None
    own_broker.start()
    write(address, "kept", b"before the crash")
    own_broker.kill()
    own_broker.start()
    assert [b"before the stop", b"before the crash"] == read(address, "kept", 2)
    assert (address, cluster) == (own_broker.bootstrap, own_broker.cluster_id)


def test_a_new_object_on_old_data_finds_the_messages(own_broker: LocalBroker) -> None:
    create_topics(own_broker.bootstrap, [TopicSpec("kept", 1)])
    write(own_broker.bootstrap, "kept", b"old")
    own_broker.stop()
    with LocalBroker(own_broker.jars, own_broker.data, heap_mb=256) as again:
        assert own_broker.cluster_id == again.cluster_id
        assert [b"old"] == read(again.bootstrap, "kept", 1)


def test_two_brokers_stand_side_by_side(broker: LocalBroker, own_broker: LocalBroker) -> None:
    assert broker.cluster_id == answering_cluster(broker.bootstrap)
    assert own_broker.cluster_id == answering_cluster(own_broker.bootstrap)
    assert broker.cluster_id != own_broker.cluster_id


def test_a_broker_whose_port_was_taken_goes_to_another(
    broker: LocalBroker, kafka_jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Ports(int(broker.bootstrap.rpartition(":")[2]), pick_ports().controller)
    picks = iter([taken])
    monkeypatch.setattr(local, "pick_ports", lambda: next(picks, None) or pick_ports())
    with LocalBroker(kafka_jars, tmp_path / "late", heap_mb=256) as late:
        assert broker.bootstrap != late.bootstrap
        assert late.cluster_id == answering_cluster(late.bootstrap)
    assert broker.cluster_id == answering_cluster(broker.bootstrap)


def test_another_kafka_on_our_port_is_not_taken_for_ours(
    broker: LocalBroker, own_broker: LocalBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_broker.stop()
    taken = Ports(int(broker.bootstrap.rpartition(":")[2]), pick_ports().controller)
    monkeypatch.setattr(own_broker, "_ports", taken)
    with pytest.raises(BrokerFailed, match=f"another Kafka, cluster {broker.cluster_id}, answers|somebody else listens"):
        own_broker.start()
    assert own_broker.pid is None
    assert broker.cluster_id == answering_cluster(broker.bootstrap)


def test_a_stranger_on_the_port_of_a_stopped_broker_is_told(own_broker: LocalBroker) -> None:
    own_broker.stop()
    with listening(int(own_broker.bootstrap.rpartition(":")[2])), pytest.raises(BrokerFailed, match="somebody else listens on 127"):
        own_broker.start()


@pytest.mark.parametrize("kill", [lambda process: process.kill(), lambda process: process.terminate()], ids=["kill -9", "kill"])
def test_the_broker_dies_with_its_parent(kafka_jars: Path, tmp_path: Path, kill: Callable[[subprocess.Popen[str]], None]) -> None:
    code = (
        "import sys; from pathlib import Path; from streams.broker.local import LocalBroker\n"
        "broker = LocalBroker(Path(sys.argv[1]), Path(sys.argv[2]), heap_mb=256); broker.start()\n"
        "sys.stdout.write(f'{broker.pid} {broker.bootstrap}\\n'); sys.stdout.flush(); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(kafka_jars), str(tmp_path / "child")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid, address = parent.stdout.readline().split()
        assert answering_cluster(address) is not None
        kill(parent)
        parent.wait()
    until(lambda: not Path(f"/proc/{pid}").exists(), "the broker to die")
    assert answering_cluster(address) is None


def test_a_broker_that_ends_while_it_starts_shows_its_log(kafka_jars: Path, tmp_path: Path) -> None:
    with pytest.raises(BrokerFailed, match=r"could not format .*\n.*\n.*[Tt]oo small"):
        LocalBroker(kafka_jars, tmp_path / "broken", heap_mb=1).start()


def test_a_running_broker_is_not_started_twice(broker: LocalBroker) -> None:
    with pytest.raises(BrokerFailed, match=f"runs already, at {broker.bootstrap}"):
        broker.start()


def test_missing_jars_and_missing_java_say_what_to_do(kafka_jars: Path, tmp_path: Path) -> None:
    with pytest.raises(BrokerFailed, match=r"no Kafka jars in .*: run \./lowpoint setup"):
        LocalBroker(tmp_path / "nothing", tmp_path / "data").start()
    with pytest.raises(BrokerFailed, match="no Java found as 'no-such-java'"):
        LocalBroker(kafka_jars, tmp_path / "data", java="no-such-java").start()


def test_an_odd_folder_name_does_no_harm(kafka_jars: Path, tmp_path: Path) -> None:
    with LocalBroker(kafka_jars, tmp_path / "积水 a\\tb=c", heap_mb=256) as odd:
        assert (odd.data / "log" / "meta.properties").exists()


def test_a_broker_listens_on_this_machine_only(broker: LocalBroker) -> None:
    assert {HOST} == {address for address, _ in listeners_of(broker.pid or 0)}


def write(address: str, topic: str, value: bytes) -> None:
    with closing(KafkaProducer(bootstrap_servers=address)) as producer:
        producer.send(topic, value).get(30)


def read(address: str, topic: str, count: int) -> list[bytes]:
    found: list[bytes] = []
    with closing(KafkaConsumer(bootstrap_servers=address, group_id=None, auto_offset_reset="earliest")) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        deadline_s = clock.monotonic_s() + 30
        while len(found) < count and clock.monotonic_s() < deadline_s:
            found += [record.value for records in consumer.poll(timeout_ms=200).values() for record in records]
    return found


def until(holds: Callable[[], bool], what: str, timeout_s: float = 20.0) -> None:
    deadline_s = clock.monotonic_s() + timeout_s
    while not holds():
        assert clock.monotonic_s() < deadline_s, f"waited {timeout_s} s for {what}"
        clock.sleep_s(0.01)


@contextmanager
def listening(port: int) -> Iterator[None]:
    with socket.create_server((HOST, port)):
        yield


def listeners_of(pid: int) -> list[tuple[str, int]]:
    """Addresses that a process listens on, from the kernel's tables."""
    inodes = {os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")}  # noqa: PTH115, PTH208 - they vanish
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            local_address, state, inode = line.split()[1], line.split()[3], line.split()[9]
            if state == "0A" and f"socket:[{inode}]" in inodes:
                found.append(_decoded(local_address))
    return found


def _decoded(address: str) -> tuple[str, int]:
    host, port = address.split(":")
    words = [bytes.fromhex(host)[at : at + 4][::-1] for at in range(0, len(host) // 2, 4)]
    raw = b"".join(words)
    return socket.inet_ntop(socket.AF_INET, raw[-4:]), int(port, 16)
