"""MQTT in: `lowpoint/OWNER/observations`, acknowledged to the MQTT broker only when Kafka has it."""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from streams.gateway.buffer import Full
from streams.gateway.intake import Intake, Outcome
from streams.observation.dead_letter import Reason

log = logging.getLogger(__name__)

TOPICS = "lowpoint/+/observations"
MOST_WAITING = 256
RETRY_S = 0.25
KEEP_ALIVE_S = 30


@dataclass(frozen=True)
class Address:
    """Where the MQTT broker listens, and who we are to it."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True)
class _Delivery:
    connection: int
    mid: int
    qos: int
    topic: str
    payload: bytes


def topic_of(owner: str) -> str:
    """The topic of an owner: its name as in an address (RFC 3986), so that `/`, `+`, `#` and blanks can be in it."""
    return f"lowpoint/{quote(owner, safe='')}/observations"


def owner_of(topic: str) -> str | None:
    """The owner of a topic, None where it is not written as `topic_of` writes it."""
    owner = unquote(topic.split("/")[1]) if topic.count("/") == 2 else ""
    return owner if owner and topic_of(owner) == topic else None


class MqttWay:
    """Listens to the MQTT broker under a lasting session: what was not acknowledged comes again, also after a crash."""

    def __init__(self, intake: Intake, address: Address, client_id: str):
        self._intake, self._address = intake, address
        self._queue: queue.Queue[_Delivery] = queue.Queue(MOST_WAITING)
        self._stop_asked = threading.Event()
        self._lock = threading.Lock()
        self._connection = 0
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True)
        if address.user is not None:
            self._client.username_pw_set(address.user, address.password)
        self._client.reconnect_delay_set(1, 10)
        self._client.on_pre_connect = lambda client, userdata: self._new_connection()
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self.thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether the MQTT broker is there."""
        return self._client.is_connected()

    def start(self) -> None:
        """Begin to listen; a broker that is away is tried until it is there."""
        self._client.connect_async(self._address.host, self._address.port, KEEP_ALIVE_S)
        self._client.loop_start()
        self.thread.start()

    def stop(self) -> None:
        """Take nothing more in; what was taken in can still be acknowledged until `close`."""
        self._stop_asked.set()
        self.thread.join()

    def close(self) -> None:
        """Leave the broker, which keeps the session."""
        self._client.disconnect()
        self._client.loop_stop()

    def _run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                delivery = self._queue.get(timeout=RETRY_S)
            except queue.Empty:
                continue
            self._take(delivery)

    def _take(self, delivery: _Delivery) -> None:
        while not self._stop_asked.is_set():
            if delivery.qos and delivery.connection != self._connection:
                return  # the connection is gone: the broker brings it again
            try:
                outcome = self._outcome(delivery)
            except Full:
                self._stop_asked.wait(RETRY_S)
                continue
            outcome.written.add_done_callback(lambda written: None if written.exception() else self._acknowledge(delivery))
            return

    def _outcome(self, delivery: _Delivery) -> Outcome:
        owner = owner_of(delivery.topic)
        if owner is None:
            return self._intake.refuse(delivery.payload, Reason.WRONG_OWNER, f"no owner is written so: {delivery.topic[:100]}", "mqtt")
        return self._intake.take(delivery.payload, owner, f"mqtt:{owner}")

    def _acknowledge(self, delivery: _Delivery) -> None:
        # A number belongs to a connection: after a new one the broker may have given it to another message already.
        with self._lock:
            if delivery.connection == self._connection:
                self._client.ack(delivery.mid, delivery.qos)

    def _new_connection(self) -> None:
        with self._lock:
            self._connection += 1

    def _on_connect(self, client: Client, userdata: Any, flags: ConnectFlags, code: ReasonCode, properties: Properties | None) -> None:
        if code.is_failure:
            log.error("the MQTT broker at %s:%d refused us: %s", self._address.host, self._address.port, code)
            return
        log.info("MQTT broker at %s:%d, session kept: %s", self._address.host, self._address.port, flags.session_present)
        client.subscribe(TOPICS, qos=1)

    def _on_disconnect(
        self, client: Client, userdata: Any, flags: DisconnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        self._new_connection()
        if code.is_failure:
            log.warning("the MQTT broker at %s:%d is away: %s", self._address.host, self._address.port, code)

    def _on_message(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        """Hand over to our own thread; while that is behind, the network waits, and the broker keeps what it has."""
        delivery = _Delivery(self._connection, message.mid, message.qos, message.topic, bytes(message.payload))
        while not self._stop_asked.is_set():
            try:
                self._queue.put(delivery, timeout=RETRY_S)
            except queue.Full:
                continue
            return
