"""Wires the gateway: city, buffer, pump and the ways in. The one place that picks the real parts."""

from __future__ import annotations

import gc
import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from streams import clock
from streams.broker.names import TopicNames
from streams.city.load import load_city
from streams.city.model import City
from streams.gateway.buffer import Buffer
from streams.gateway.http import DEADLINE_S, make_app
from streams.gateway.intake import Intake
from streams.gateway.keys import Keys, load_keys
from streams.gateway.mqtt import Address, MqttWay
from streams.gateway.packer import Packer
from streams.gateway.pictures import PictureDesk
from streams.gateway.producer import KafkaLog
from streams.gateway.pump import Pump
from streams.gateway.topic import TopicWay, open_topics
from streams.pictures.apart import Sheltered
from streams.pictures.shelf import Shelf

log = logging.getLogger(__name__)

STARTED_S = 15.0
REQUESTS_END_S = 10
SWEEP_S = 60.0
"""kafka-python 3.0.12 leaves the socket of each connection that is refused to the garbage collector, which may not come by for hours."""


class GatewayFailed(RuntimeError):
    """A gateway that cannot start, or a part of it that ended by itself; the message says which and what to do."""


@dataclass(frozen=True)
class GatewayOptions:
    """What a gateway is told; port 0 takes a free one, `deadline_s` is how long a request waits for Kafka, `pictures` where those go."""

    city: Path
    broker: str
    keys: Path
    host: str = "127.0.0.1"
    port: int = 0
    mqtt: Address | None = None
    prefix: str = "lowpoint"
    deadline_s: float = DEADLINE_S
    pictures: Path | None = None


class Gateway:
    """All ways in, and the pump behind them. Kafka and the MQTT broker may be away at any time: it goes on when they are back."""

    def __init__(self, options: GatewayOptions):
        names = TopicNames(options.prefix)
        city, keys = load_city(options.city), load_keys(options.keys)
        _warn_of_strangers(city, keys)
        self._options = options
        self._buffer = Buffer(Packer(city), patience_s=options.deadline_s)
        self._pump = Pump(self._buffer, KafkaLog(options.broker, names, city.districts))
        intake = Intake(city, self._buffer)
        self._topics = TopicWay(intake, options.broker, open_topics(city), names.gateway_group)
        self._mqtt = MqttWay(intake, options.mqtt, f"{options.prefix}-gateway") if options.mqtt else None
        self._pictures = PictureDesk(Shelf(options.pictures), Sheltered(children=1)) if options.pictures else None
        self._web = _Web(make_app(intake, keys, self.health, options.deadline_s, self._pictures), options.host, options.port)

    @property
    def port(self) -> int:
        """The port that HTTP listens on."""
        return self._web.port

    def start(self) -> None:
        """Start everything; HTTP answers when this returns."""
        self._pump.start()
        self._topics.start()
        if self._mqtt:
            self._mqtt.start()
        self._web.start()
        log.info("gateway listens on http://%s:%d", self._options.host, self.port)

    def stop(self) -> None:
        """Stop in order: nothing more comes in, what came is written and acknowledged, then the connections close."""
        self._web.stop()
        if self._pictures:
            self._pictures.close()
        if self._mqtt:
            self._mqtt.stop()
        self._topics.stop()
        self._pump.stop()
        if self._mqtt:
            self._mqtt.close()

    def watch(self, stop_asked: threading.Event) -> None:
        """Wait until asked to stop.

        Raises
        ------
        GatewayFailed
            Where a part ended by itself: better to be started again than to limp unseen.
        """
        next_sweep_s = clock.monotonic_s() + SWEEP_S
        while not stop_asked.wait(0.5):
            if clock.monotonic_s() > next_sweep_s:
                gc.collect()
                next_sweep_s += SWEEP_S
            dead = [thread.name for thread in self._threads() if not thread.is_alive()]
            if dead:
                raise GatewayFailed(f"the gateway's {', '.join(dead)} ended by itself: see the log above, and start it again")

    def health(self) -> dict[str, Any]:
        """How it goes: whether Kafka and the MQTT broker are there, and how much waits."""
        silent_s = self._buffer.silent_s
        kafka = "away" if silent_s > 2.0 else "there"
        mqtt = None if self._mqtt is None else "there" if self._mqtt.connected else "away"
        fine = kafka == "there" and mqtt != "away"
        return {
            "status": "ok" if fine else "degraded",
            "kafka": kafka,
            "kafka_silent_s": round(silent_s, 1),
            "mqtt": mqtt,
            "topics": "there" if self._topics.connected else "away",
            "waiting_bytes": self._buffer.waiting_bytes,
        }

    def _threads(self) -> list[threading.Thread]:
        return [self._pump, self._topics, self._web.thread, *([self._mqtt.thread] if self._mqtt else [])]


class _Web:
    """The web server in a thread of its own, on a socket that is bound before, so that the port is known."""

    def __init__(self, app: ASGIApp, host: str, port: int):
        self._socket = _bound(host, port)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=REQUESTS_END_S, server_header=False
        )
        self._server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, name="http", daemon=True)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        self.thread.start()
        deadline_s = clock.monotonic_s() + STARTED_S
        while not self._server.started:
            if not self.thread.is_alive() or clock.monotonic_s() > deadline_s:
                raise GatewayFailed("the web server did not start: see the log above")
            clock.sleep_s(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        if self.thread.ident is not None:
            self.thread.join(REQUESTS_END_S + 5)
        self._socket.close()


def run_gateway(options: GatewayOptions, stop_asked: threading.Event, started: Callable[[int], None]) -> None:
    """Run a gateway until asked to stop; `started` is told the port when HTTP answers."""
    gateway = Gateway(options)
    gc.freeze()  # what stays for good need not be swept
    try:
        gateway.start()
        started(gateway.port)
        gateway.watch(stop_asked)
    finally:
        gateway.stop()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise GatewayFailed(f"cannot listen on {host}:{port} ({error.strerror}): choose another --host or --port") from None
    return listening


def _warn_of_strangers(city: City, keys: Keys) -> None:
    """A key for an owner without stations is most likely a name misspelt."""
    for owner in sorted(keys.owners - {station.owner for station in city.stations}):
        log.warning("there is a key for %r, but no station of %s has that owner", owner, city.name)
