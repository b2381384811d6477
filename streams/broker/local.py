"""A real Kafka on this machine, as a child process: for replays, the demo and tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from streams import clock
from streams.broker import classes, leash
from streams.broker.errors import BrokerFailed as BrokerFailed
from streams.broker.errors import PortTaken
from streams.broker.ports import Ports, pick_ports
from streams.broker.probe import answering_cluster
from streams.broker.properties import write_properties
from streams.broker.storage import cluster_id_of, format_storage, tail

# Measured on 2 cores, Java 17: ready after 2.0 s in place of 2.9, and 1.3 to 1.7 times the throughput of the JVM's defaults with half
# of the processor time over runs of 80 and 600 MB (G1 with the same compiler: as fast to start, slower under load).
JVM_FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
PORT_TRIES = 5


class LocalBroker:
    """One Kafka node, broker and controller, on free ports of 127.0.0.1.

    Parameters
    ----------
    jars
        Folder of Kafka's jars, as `./lowpoint setup` leaves them.
    data
        Folder of this broker alone. A new one is formatted under a fresh cluster id; one that was used before keeps its messages.
    heap_mb
        Largest heap of its Java.
    java
        The Java to run, a name on PATH or a path.

    Notes
    -----
    The child dies with its parent, even by kill -9. The kernel ties that to the *thread* that called `start`: call it from one that
    lives as long as the broker is needed (the main thread, or the one of a test), not from a pool.
    """

    def __init__(self, jars: Path, data: Path, heap_mb: int = 512, java: str = "java"):
        self.jars = jars.absolute()
        self.data = data.absolute()
        self.heap_mb = heap_mb
        self.java = java
        self.log_file = self.data / "broker.log"
        self.cluster_id = ""
        self._ports: Ports | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._archive = self._draft = self.data / "classes.jsa"

    @property
    def bootstrap(self) -> str:
        """HOST:PORT for clients; known from the first start on."""
        if self._ports is None:
            raise BrokerFailed("the broker was not started yet, so it has no address")
        return self._ports.bootstrap

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self, timeout_s: float = 60.0) -> None:
        """Start, and return when the broker answers under its own cluster id.

        The first start picks free ports, and others if somebody takes them meanwhile; every later one comes up on the same ports.

        Raises
        ------
        BrokerFailed
            With the tail of its log.
        """
        if self.pid is not None:
            raise BrokerFailed(f"the broker runs already, at {self.bootstrap}")
        java = self._checked_java()
        self.data.mkdir(parents=True, exist_ok=True)
        if self._ports is not None:
            self._start_on(java, self._ports, timeout_s)
            return
        for left in reversed(range(PORT_TRIES)):
            ports = pick_ports()
            try:
                self._start_on(java, ports, timeout_s)
            except PortTaken:
                if not left:
                    raise
            else:
                self._ports = ports
                return

    def stop(self, timeout_s: float = 15.0) -> None:
        """Shut down in good order; kill it if that takes too long. Does nothing when it does not run."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None
        classes.publish(self._draft, self._archive)

    def kill(self) -> None:
        """Kill with SIGKILL, as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _checked_java(self) -> str:
        if not any(self.jars.glob("kafka_*.jar")):
            raise BrokerFailed(f"no Kafka jars in {self.jars}: run ./lowpoint setup")
        java = shutil.which(self.java)
        if java is None:
            raise BrokerFailed(f"no Java found as {self.java!r}: run ./lowpoint setup, or set LOWPOINT_JAVA")
        return str(Path(java).absolute())  # it runs in another folder

    def _start_on(self, java: str, ports: Ports, timeout_s: float) -> None:
        properties, log_dir = self.data / "server.properties", self.data / "log"
        write_properties(properties, ports, log_dir)
        flags, path = [f"-Xmx{self.heap_mb}m", *JVM_FLAGS], ["-cp", classes.class_path(self.jars)]
        self._archive = classes.archive_of(self.jars, java)
        format_command = [java, *flags, *classes.read_flags(self._archive), *path]
        self.cluster_id = cluster_id_of(log_dir) or format_storage(format_command, properties, self.log_file)
        begins_at = self.log_file.stat().st_size if self.log_file.exists() else 0
        own_flags = [*flags, *classes.write_flags(self._archive, self._draft)]
        self._process = self._launch([java, *own_flags, *path, "kafka.Kafka", str(properties)])
        try:
            self._wait_until_ready(ports, begins_at, timeout_s)
        except BaseException:
            self.kill()
            raise

    def _launch(self, command: list[str]) -> subprocess.Popen[bytes]:
        leashed = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *command]
        with self.log_file.open("ab") as log:
            # a session of its own: Ctrl-C is for us, who then stop the broker in good order
            return subprocess.Popen(leashed, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.data, start_new_session=True)

    def _wait_until_ready(self, ports: Ports, begins_at: int, timeout_s: float) -> None:
        deadline_s = clock.monotonic_s() + timeout_s
        while (found := answering_cluster(ports.bootstrap)) != self.cluster_id:
            if found is not None:
                raise PortTaken(f"another Kafka, cluster {found}, answers at {ports.bootstrap} in place of ours, {self.cluster_id}")
            if self.pid is None:
                self._explain_end(ports, tail(self.log_file, begins_at))
            if clock.monotonic_s() > deadline_s:
                log = tail(self.log_file, begins_at)
                raise BrokerFailed(f"the broker at {ports.bootstrap} was not ready after {timeout_s:.0f} s:\n{log}")
            clock.sleep_s(0.02)

    def _explain_end(self, ports: Ports, log: str) -> None:
        if "Address already in use" in log or "BindException" in log:
            raise PortTaken(f"somebody else listens on {ports.bootstrap} or the controller's port {ports.controller}:\n{log}")
        code = self._process.returncode if self._process else None
        raise BrokerFailed(f"the broker ended while it started (code {code}):\n{log}")
