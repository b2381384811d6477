"""The desk as it is started: with a key file, and Kafka there or not."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pyotp
import pytest
from sqlalchemy import Engine

from streams import clock
from streams.broker.names import TopicNames
from streams.city.load import load_city
from streams.desk.service import DeskOptions, opened_desk
from streams.observation.batch import decode
from streams.observation.moments import MINUTE_US, SECOND_US, to_text
from streams.officers.account import Officer
from streams.officers.passwords import Passwords
from streams.officers.roles import Role
from streams.officers.vault import VaultError, open_vault, write_key
from streams.people.vault import PeopleVaultError, write_people_key
from streams.store.officers import add_officer
from streams.store.residents import import_residents
from tests.streams.desk.town import Client
from tests.streams.officers.desk import PASSWORD, SECRET
from tests.streams.store.town import CITY, VAULT, people, write_csv
from tests.streams.web.situations import all_dry

if TYPE_CHECKING:
    from streams.broker.local import LocalBroker

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "config" / "cities" / "demo"


@pytest.fixture
def key(engine: Engine, tmp_path: Path) -> Path:
    """A key file, and a forecaster whose second factor is sealed with it."""
    file = tmp_path / "officers.key"
    write_key(file)
    zhao = Officer("zhao", "Zhao", Role.FORECASTER)
    sealed = open_vault(file).seal("zhao", SECRET)
    add_officer(engine, zhao, Passwords().hash(PASSWORD), sealed, clock.now_us(), "test")
    return file


def signing_in() -> dict[str, str]:
    return {"name": "zhao", "password": PASSWORD, "code": pyotp.TOTP(SECRET).at(clock.now_us() // SECOND_US)}


def setting_aside(station: str) -> dict[str, Any]:
    until = to_text(clock.now_us() + 30 * MINUTE_US)
    return {"id": "aside", "act": "set_aside", "stations": [station], "reason": "a stuck float", "until": until}


def test_what_is_decided_is_in_kafka_under_its_district(broker: LocalBroker, engine: Engine, store_url: str, key: Path) -> None:
    from kafka import KafkaConsumer

    from streams.broker.specs import topic_specs
    from streams.broker.topics import create_topics, delete_topics

    city, names = load_city(DEMO), TopicNames("desk-test")
    specs = [spec for spec in topic_specs(names, 3) if spec.name == names.batches]
    station = next(one for one in city.stations if one.kind == "level")
    district = next(point.district_id for point in city.low_points if point.low_point_id == station.low_point_id)
    create_topics(broker.bootstrap, specs)
    all_dry(engine, city)  # a simulated city has no moment to decide at before its storm has one
    try:
        with opened_desk(DeskOptions(DEMO, store_url, broker.bootstrap, key, names.prefix), threading.Event()) as app:
            told = Client(app, {}).ask("POST", "/api/sign-in", json=signing_in()).json()
            zhao = Client(app, {"Authorization": f"Bearer {told['token']}"})
            answer = zhao.ask("POST", "/api/acts?wait_s=0", json=setting_aside(station.station_id))
        assert (202, [station.station_id]) == (answer.status_code, answer.json()["pending"]), answer.text
        with closing(
            KafkaConsumer(names.batches, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000)
        ) as consumer:
            message = next(consumer)
    finally:
        delete_topics(broker.bootstrap, [names.batches])
    decision = decode(message.value, {}).decisions[0]
    assert (district.encode(), city.districts.index(district) % 3) == (message.key, message.partition)
    assert ("aside/1", "zhao", "forecaster", (station.station_id,)) == (decision.id, decision.officer, decision.role, decision.stations)


def test_it_answers_without_kafka_and_ends_in_good_order_when_told(store_url: str, key: Path, tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    with socket.create_server(("127.0.0.1", 0)) as taken:  # nobody answers there once it is closed
        broker = f"127.0.0.1:{taken.getsockname()[1]}"
    args = ["--city", str(DEMO), "--store", store_url, "--broker", broker, "--key", str(key), "--port", "0", "--port-file", str(port_file)]
    command = [sys.executable, "-c", "from streams.cli.desk import desk; desk()", *args]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        deadline_s = clock.monotonic_s() + 60
        while not port_file.exists():
            assert process.poll() is None and clock.monotonic_s() < deadline_s
            clock.sleep_s(0.02)
        with httpx.Client(base_url=f"http://127.0.0.1:{int(port_file.read_text('ascii'))}", timeout=30) as http:
            assert "no_data" == http.get("/api/health").json()["status"]
            http.headers["Authorization"] = f"Bearer {http.post('/api/sign-in', json=signing_in()).json()['token']}"
            answer = http.post("/api/acts", json=setting_aside(load_city(DEMO).stations[0].station_id))
            assert (503, "5") == (answer.status_code, answer.headers["Retry-After"])
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert 0 == process.returncode, errors.decode()
    assert b"Traceback" not in errors


def test_a_key_of_another_installation_is_told_before_anybody_comes(store_url: str, key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    write_key(other)
    with (
        pytest.raises(VaultError, match="another key"),
        opened_desk(DeskOptions(DEMO, store_url, "127.0.0.1:1", other), threading.Event()),
    ):
        pass
    with (
        pytest.raises(VaultError, match="lowpoint officers key"),
        opened_desk(DeskOptions(DEMO, store_url, "x:1", None), threading.Event()),
    ):
        pass


def test_a_key_of_other_residents_is_told_before_anybody_comes(engine: Engine, store_url: str, key: Path, tmp_path: Path) -> None:
    import_residents(engine, write_csv(tmp_path / "people.csv", people(["Z1"])), CITY, VAULT)
    other = tmp_path / "residents.key"
    write_people_key(other)
    with (
        pytest.raises(PeopleVaultError, match="another key"),
        opened_desk(DeskOptions(DEMO, store_url, "127.0.0.1:1", key, residents_key=other), threading.Event()),
    ):
        pass
