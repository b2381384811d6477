"""Nothing that was acknowledged is lost, whatever goes away: Kafka, the gateway, the connection between them.

Each gateway is a process of its own here: kafka-python 3.0.12 leaves the sockets of refused connections to the garbage collector, of which
pytest would tell.
"""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams import clock
from streams.broker.local import LocalBroker
from streams.settings import Settings
from tests.streams.gateway.mosquitto import Mosquitto, mosquitto, needs_mosquitto
from tests.streams.gateway.site import Eyes, Site, eventually, health, reading
from tests.streams.gateway.test_mqtt import publish


@pytest.fixture
def own_broker(kafka_jars: Path, tmp_path: Path) -> Iterator[LocalBroker]:
    """A broker that a test may stop."""
    with LocalBroker(kafka_jars, tmp_path / "kafka", java=Settings().java) as running:
        yield running


@pytest.fixture
def own_site(own_broker: LocalBroker, tmp_path: Path) -> Site:
    site = Site(tmp_path / "site", own_broker.bootstrap)
    site.make_topics()
    return site


@pytest.fixture
def own_mosquitto(own_site: Site, tmp_path: Path) -> Iterator[Mosquitto]:
    needs_mosquitto()
    with mosquitto(tmp_path / "mqtt", own_site.mqtt_users()) as running:
        yield running


class Ear:
    """A proxy before an MQTT broker that can be made deaf: what the client says then never gets to the broker."""

    def __init__(self, target: tuple[str, int]):
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.deaf = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self._listening.getsockname()[1]

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            for source, sink, heard in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=(source, sink, heard), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, heard: bool) -> None:
        with source, sink:
            try:
                while data := source.recv(65536):
                    if not (heard and self.deaf.is_set()):
                        sink.sendall(data)
            except OSError:
                return


@contextmanager
def ear(target: tuple[str, int]) -> Iterator[Ear]:
    proxy = Ear(target)
    try:
        yield proxy
    finally:
        proxy.close()


def as_drainage(site: Site, broker: Mosquitto, value: float) -> None:
    user = site.drainage.replace(" ", "%20")
    publish(broker.address, user, site.keys[site.drainage], f"lowpoint/{user}/observations", json.dumps(reading(value=value)).encode())


def mqtt_is_there(port: int) -> bool:
    return bool(health(port)["mqtt"] == "there")


def test_while_kafka_is_away_http_says_try_later_and_all_that_was_taken_in_gets_through_afterwards(
    own_broker: LocalBroker, own_site: Site, own_mosquitto: Mosquitto
) -> None:
    with own_site.process(own_mosquitto.address, deadline_s=0.5) as (_, port):
        assert 202 == own_site.post(port, reading(value=0.1)).status_code
        eventually(lambda: mqtt_is_there(port), "MQTT")
        own_broker.stop()
        answer = own_site.post(port, reading(value=0.2))
        assert (503, "5") == (answer.status_code, answer.headers["retry-after"])
        eventually(lambda: health(port)["kafka"] == "away", "that Kafka is away to be known")
        as_drainage(own_site, own_mosquitto, 0.3)
        begun_s = clock.monotonic_s()
        assert 503 == own_site.post(port, reading(value=0.4)).status_code
        assert clock.monotonic_s() - begun_s < 0.4, "what is known to be away is not waited for"
        own_broker.start()
        eventually(lambda: own_site.post(port, reading(value=0.5)).status_code == 202, "recovery")
        eyes = Eyes(own_site)
        # a broker that takes its time to stop is known to be away before 0.2 comes: then that is refused at once, as 0.4 is
        taken = [0.2] if "did not answer in time" in answer.text else []
        for value in (0.1, *taken, 0.3, 0.5):
            eyes.wait_for_value("SA", value)
        assert not ({0.2, 0.4} - set(taken)) & set(eyes.values("SA"))
        eyes.close()


def test_a_gateway_killed_between_the_acknowledgements_of_kafka_and_mqtt_gets_the_message_again(
    own_site: Site, own_mosquitto: Mosquitto
) -> None:
    eyes = Eyes(own_site)
    with ear(own_mosquitto.address) as proxy, own_site.process(proxy.address) as (process, port):
        eventually(lambda: mqtt_is_there(port), "MQTT")
        as_drainage(own_site, own_mosquitto, 0.1)
        eyes.wait_for_value("SA", 0.1)
        proxy.deaf.set()
        as_drainage(own_site, own_mosquitto, 0.2)
        eyes.wait_for_value("SA", 0.2)
        process.kill()
        process.wait()
    with own_site.process(own_mosquitto.address) as (process, port):
        eyes.wait_for_value("SA", 0.2, count=2)
        as_drainage(own_site, own_mosquitto, 0.3)
        eyes.wait_for_value("SA", 0.3)
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(20)
    with own_site.process(own_mosquitto.address) as (process, port):
        eventually(lambda: mqtt_is_there(port), "MQTT")
        as_drainage(own_site, own_mosquitto, 0.4)
        eyes.wait_for_value("SA", 0.4)
    assert 2 == eyes.values("SA").count(0.2), "what was acknowledged does not come again"
    eyes.close()


def test_messages_that_came_while_kafka_was_away_survive_the_death_of_the_gateway(
    own_broker: LocalBroker, own_site: Site, own_mosquitto: Mosquitto
) -> None:
    with own_site.process(own_mosquitto.address) as (process, port):
        eventually(lambda: mqtt_is_there(port), "MQTT")
        own_broker.stop()
        as_drainage(own_site, own_mosquitto, 0.1)
        process.kill()
        process.wait()
    own_mosquitto.stop()
    own_mosquitto.start()
    own_broker.start()
    eyes = Eyes(own_site)
    with own_site.process(own_mosquitto.address):
        eyes.wait_for_value("SA", 0.1)
    eyes.close()


def test_a_gateway_can_start_before_kafka_and_the_mqtt_broker(own_broker: LocalBroker, own_site: Site, own_mosquitto: Mosquitto) -> None:
    own_broker.stop()
    own_mosquitto.stop()
    with own_site.process(own_mosquitto.address, deadline_s=0.5) as (_, port):
        assert 503 == own_site.post(port, reading(value=0.1)).status_code
        own_mosquitto.start()
        own_broker.start()
        eventually(lambda: health(port)["status"] == "ok", "all to be there")
        eventually(lambda: own_site.post(port, reading(value=0.2)).status_code == 202, "recovery")
