"""A town of two districts with a station of every kind, a gateway for it, and eyes on what the gateway writes."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import msgspec
from kafka import KafkaConsumer, TopicPartition

from streams import clock
from streams.broker.names import TopicNames
from streams.broker.topics import TopicSpec, create_topics
from streams.city.load import load_city
from streams.city.model import City
from streams.gateway.mqtt import Address, topic_of
from streams.gateway.service import Gateway, GatewayOptions
from streams.observation.batch import Batch, decode
from streams.observation.dead_letter import DeadLetter
from streams.observation.moments import SECOND_US, to_text

DEADLINE_S = 30.0
PASSWORD = "secret-of-the-gateway"
ROOT = Path(__file__).resolve().parents[3]


def eventually(condition: Callable[[], Any], what: str, timeout_s: float = DEADLINE_S) -> Any:
    """Wait for a condition, and give what it gave."""
    deadline_s = clock.monotonic_s() + timeout_s
    while not (found := condition()):
        assert clock.monotonic_s() < deadline_s, f"not within {timeout_s} s: {what}"
        clock.sleep_s(0.02)
    return found


def write_town(folder: Path, mark: str = "") -> City:
    """Write the city folder; `mark` goes into the owners' names, so that their open topics are nobody else's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.toml").write_text('name = "Town"\ntime_zone = "Asia/Shanghai"\ndistricts = ["A", "B"]\n', "utf-8")
    points = [{"low_point_id": f"P{district}", "district_id": district, "class": "sag"} for district in "AB"]
    stations: list[dict[str, Any]] = [
        {"station_id": "SA", "kind": "level", "low_point_id": "PA", "owner": f"drainage{mark}"},
        {"station_id": "SB", "kind": "level", "low_point_id": "PB", "owner": f"drainage{mark}"},
        {"station_id": "CA", "kind": "camera", "low_point_id": "PA", "owner": f"Traffic & Roads/北{mark}"},
        {"station_id": "R", "kind": "rain", "district_ids": ["A", "B"], "owner": f"meteorology{mark}"},
        {"station_id": "F", "kind": "bureau", "district_ids": ["A", "B"], "owner": f"meteorology{mark}"},
        {"station_id": "W", "kind": "stage", "district_ids": ["A"], "owner": f"drainage{mark}"},
        {"station_id": "U", "kind": "pump", "district_ids": ["B"], "owner": f"drainage{mark}"},
        {"station_id": "Q", "kind": "reports", "low_point_id": "PB"},
    ]
    for name, rows in (("low_points", points), ("stations", stations), ("zones", []), ("shelters", [])):
        features = [{"type": "Feature", "geometry": None, "properties": {"cadence_s": 60, **row}} for row in rows]
        (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return load_city(folder)


def reading(station: str = "SA", kind: str = "depth", value: object = 0.27, ago_s: float = 1.0, **more: object) -> dict[str, object]:
    """An observation of a moment ago; equal calls give different times, so different observations."""
    time_us = clock.now_us() - round(ago_s * SECOND_US)
    return {"station": station, "kind": kind, "time": to_text(time_us), "value": value, **more}


@dataclass
class Site:
    """A gateway's surroundings: city folder, keys, topics."""

    folder: Path
    bootstrap: str
    mqtt: tuple[str, int] | None = None
    mark: str = field(default_factory=lambda: f" {secrets.token_hex(3)}")
    city: City = field(init=False)
    names: TopicNames = field(init=False)
    keys: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.city = write_town(self.folder / "city", self.mark)
        self.names = TopicNames(f"gw-{secrets.token_hex(4)}")
        self.keys = {owner: secrets.token_hex(16) for owner in sorted({station.owner for station in self.city.stations} - {""})}
        lines = [f'"{owner}" = "{sha256(key.encode()).hexdigest()}"\n' for owner, key in self.keys.items()]
        (self.folder / "keys.toml").write_text("".join(lines), "utf-8")
        (self.folder / "password").write_text(PASSWORD + "\n", "ascii")

    @property
    def drainage(self) -> str:
        return f"drainage{self.mark}"

    @property
    def traffic(self) -> str:
        return f"Traffic & Roads/北{self.mark}"

    def mqtt_users(self) -> dict[str, str]:
        """Users of Mosquitto: the gateway, and every owner under its name as it stands in the topic, with its key as password."""
        return {"lowpoint-gateway": PASSWORD, **{topic_of(owner).split("/")[1]: key for owner, key in self.keys.items()}}

    def make_topics(self) -> None:
        large = {"max.message.bytes": str(8 * 1024 * 1024)}
        create_topics(self.bootstrap, [TopicSpec(name, 2, large) for name in (self.names.batches, self.names.dead_letters)])

    @contextmanager
    def gateway(self) -> Iterator[Gateway]:
        """A gateway in this process."""
        address = Address(*self.mqtt, "lowpoint-gateway", PASSWORD) if self.mqtt else None
        options = GatewayOptions(self.folder / "city", self.bootstrap, self.folder / "keys.toml", mqtt=address, prefix=self.names.prefix)
        gateway = Gateway(options)
        gateway.start()
        try:
            yield gateway
        finally:
            gateway.stop()

    @contextmanager
    def process(self, mqtt: tuple[str, int] | None, deadline_s: float = 5.0) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
        """A gateway as a process of its own, by its command; gives it and its port."""
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        command = [sys.executable, "-c", "from streams.cli.gateway import gateway; gateway()", "--city", str(self.folder / "city")]
        command += ["--broker", self.bootstrap, "--keys", str(self.folder / "keys.toml"), "--prefix", self.names.prefix]
        command += ["--port-file", str(port_file), "--deadline-s", str(deadline_s)]
        if mqtt:
            command += ["--mqtt", f"{mqtt[0]}:{mqtt[1]}", "--mqtt-user", "lowpoint-gateway"]
            command += ["--mqtt-password-file", str(self.folder / "password")]
        with (self.folder / "gateway.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            eventually(lambda: port_file.exists() or process.poll() is not None, "the gateway's port")
            assert process.poll() is None, (self.folder / "gateway.log").read_text("utf-8")
            yield process, int(port_file.read_text("ascii"))
        finally:
            process.kill()
            process.wait()

    def post(self, port: int, body: object, owner: str | None = None, **headers: str) -> httpx.Response:
        """POST /observations as an owner."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        allowed = {"Authorization": f"Bearer {self.keys[owner or self.drainage]}"}
        return httpx.post(f"http://127.0.0.1:{port}/observations", content=content, headers=allowed | headers, timeout=30)


def health(port: int) -> dict[str, Any]:
    """What a gateway says of itself."""
    found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{port}/health", timeout=10).json()
    return found


class Eyes:
    """Reads what the gateway wrote, from the beginning of both topics."""

    def __init__(self, site: Site):
        self._site = site
        self._numbers = {station.station_id: number for number, station in enumerate(site.city.stations)}
        self.batches: list[Batch] = []
        self.headers: list[Mapping[str, bytes]] = []
        self.partitions: dict[str, set[int]] = {}
        self.letters: list[tuple[str, DeadLetter]] = []
        self._consumer = KafkaConsumer(
            bootstrap_servers=site.bootstrap, auto_offset_reset="earliest", enable_auto_commit=False, fetch_max_wait_ms=20
        )
        topics = (site.names.batches, site.names.dead_letters)
        self._consumer.assign([TopicPartition(topic, partition) for topic in topics for partition in range(2)])
        self._consumer.seek_to_beginning()

    def close(self) -> None:
        self._consumer.close()

    def look(self) -> None:
        for records in self._consumer.poll(timeout_ms=20).values():
            for record in records:
                if record.topic == self._site.names.dead_letters:
                    self.letters.append((record.key.decode(), msgspec.msgpack.decode(record.value, type=DeadLetter)))
                else:
                    self.batches.append(decode(record.value, self._numbers))
                    self.headers.append(dict(record.headers))
                    self.partitions.setdefault(record.key.decode(), set()).add(record.partition)

    def readings(self) -> list[tuple[str, str, int, float]]:
        """District, station, time and value of every reading that has come so far."""
        self.look()
        ids = [station.station_id for station in self._site.city.stations]
        return [
            (batch.district, ids[station], observed_us, value)
            for batch in self.batches
            for station, observed_us, value in zip(batch.station.tolist(), batch.observed_us.tolist(), batch.value.tolist(), strict=True)
        ]

    def values(self, station: str) -> list[float]:
        return [value for _, name, _, value in self.readings() if name == station]

    def wait_for_value(self, station: str, value: float, count: int = 1) -> None:
        eventually(lambda: self.values(station).count(value) >= count, f"{count} x {value} of {station}")

    def wait_for_letters(self, condition: Callable[[DeadLetter], bool], count: int = 1) -> list[DeadLetter]:
        def found() -> list[DeadLetter]:
            self.look()
            some = [letter for _, letter in self.letters if condition(letter)]
            return some if len(some) >= count else []

        letters: list[DeadLetter] = eventually(found, f"{count} dead letters")
        return letters
