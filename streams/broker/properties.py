"""The settings of a small broker that starts fast: one node that is broker and controller (KRaft combined mode)."""

from __future__ import annotations

from pathlib import Path

from streams.broker.ports import HOST, Ports

LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024

_FIXED = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "CLIENT",
    "controller.listener.names": "CONTROLLER",
    # one node: nothing can have two copies
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # 50 partitions each by default, which cost files and start time
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "num.partitions": "1",
    # groups form at once, and a worker that was killed is noticed soon
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    # after a crash the broker waits until its former self is given up: 9 s by default
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # a topic that springs up by a typing error hides the error
    "auto.create.topics.enable": "false",
    "message.max.bytes": str(LARGEST_MESSAGE_BYTES),
    # records of a replay carry the time of a storm years ago and must not be thrown away for their age
    "log.retention.ms": "-1",
    "log.segment.delete.delay.ms": "1000",
    # 128 MiB by default, of a heap of 512
    "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),
    "num.network.threads": "2",
    "num.io.threads": "4",
}


def write_properties(file: Path, ports: Ports, log_dir: Path) -> None:
    """Write the server.properties of a broker on these ports."""
    places = {
        "listeners": f"CLIENT://{HOST}:{ports.client},CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": f"CLIENT://{HOST}:{ports.client}",
        "controller.quorum.voters": f"1@{HOST}:{ports.controller}",  # static: the port is not written into the data
        "log.dirs": _escaped(str(log_dir)),
    }
    file.write_text("".join(f"{key}={value}\n" for key, value in (_FIXED | places).items()), "ascii")


def _escaped(text: str) -> str:
    """Write a value as Java reads it: everything but plain ASCII as UTF-16 escapes, the backslash doubled."""
    units = text.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    return "".join(chr(code) if 0x20 <= code < 0x7F and code != 0x5C else f"\\u{code:04x}" for code in codes)
