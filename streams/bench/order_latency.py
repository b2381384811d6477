"""From a reading to the order that stands for signature, and from the second signature to the text that is handed over: seconds, live.

A real Kafka, a worker, the projector and the sender (a dry run), as in an installation; the clock runs from the moment before the reading
is written to Kafka until the draft can be read in the store, which is what the officers' desk shows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from streams import clock
from streams.bench.latency_city import write_latency_city, write_readings
from streams.city.load import load_city
from streams.city.model import City
from streams.gateway.packer import Packed
from streams.gateway.producer import KafkaLog
from streams.observation.batch import encode_decisions
from streams.observation.decision import Act, Decision
from streams.observation.moments import SECOND_US
from streams.project.projector import Projector
from streams.replay.recording import Recording
from streams.replay.run import ReplayOptions, Stage, staged
from streams.senders.dry_run import DryRun
from streams.senders.sender import Sender
from streams.settings import Settings
from streams.store.engine import writing
from streams.store.outbox import account
from streams.store.people_schema import HOMES, RESIDENTS
from streams.store.queries import OpenOrder, districts_heard, open_orders

DEEP_M = 0.7
CLIMB_M = (0.02, 0.08, 0.16, 0.24, 0.33, 0.41, 0.48, 0.55)
"""Readings of a flood that climbs, a minute apart in log time: level 4 is forecast on the way."""
STEP_S = 0.002
PATIENCE_S = 30.0


@dataclass(frozen=True)
class LatencyReport:
    """Seconds by what was measured, and floods whose level 4 was not forecast before it was there."""

    seconds: dict[str, list[float]]
    unforeseen: int

    def lines(self) -> list[str]:
        """As text."""
        found = []
        for name, values in self.seconds.items():
            p50, p95, p99 = np.percentile(values, [50, 95, 99])
            found.append(f"{name:44} n {len(values):4}  p50 {p50:.3f}  p95 {p95:.3f}  p99 {p99:.3f}  most {max(values):.3f} s")
        return [*found, f"level 4 not forecast before it was there: {self.unforeseen} floods"]


def measure(out: Path, times: int = 60, residents: int = 1000) -> LatencyReport:
    """Measure each way `times` times; every flood has a low point, a zone and a district of its own."""
    city_folder = write_latency_city(out / "city", 2 * times)
    options = ReplayOptions(city=city_folder, inputs=(), out=out / "out", workers=1, outbox=True)
    city = load_city(city_folder)
    nothing = np.zeros(0, np.int64)
    recording = Recording(nothing, nothing, nothing, np.zeros(0), {}, [])
    measured, foreseen, signed = "measured level 4 to draft", "forecast level 4 to draft", f"second signature to {residents:,} texts"
    corrected = f"second signature to {residents:,} corrections"
    seconds: dict[str, list[float]] = {measured: [], foreseen: [], signed: [], corrected: []}
    unforeseen = 0
    with staged(options, Settings(), city, recording) as (stage, _), _running(stage):
        desk = _Desk(stage, city, residents)
        for number in range(times):
            seconds[measured].append(desk.measured(number))
            seconds[signed].append(desk.decide(number, "sign"))
            seconds[corrected].append(desk.decide(number, "correct"))
            took = desk.forecast(times + number)
            if took is None:
                unforeseen += 1
            else:
                seconds[foreseen].append(took)
    return LatencyReport(seconds, unforeseen)


@contextmanager
def _running(stage: Stage) -> Iterator[None]:
    """The projector and the sender beside the worker."""
    stop = threading.Event()
    projector = Projector(stage.bootstrap, stage.names, stage.engine, stop)
    sender = Sender(stage.engine, [DryRun()])
    threads = [threading.Thread(target=projector.run, daemon=True), threading.Thread(target=sender.run, args=(stop,), daemon=True)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


class _Desk:
    """Writes to the log, and waits for what comes of it in the store."""

    def __init__(self, stage: Stage, city: City, residents: int):
        self._stage, self._city, self._residents = stage, city, residents
        self._log = KafkaLog(stage.bootstrap, stage.names, city.districts, PATIENCE_S)
        self._ids = [station.station_id for station in city.stations]
        with writing(stage.engine) as connection:
            zones = [zone.zone_id for zone in city.zones[: len(city.zones) // 2]]
            homes = [{"resident": f"{zone}/{n}", "zone": zone} for zone in zones for n in range(residents)]
            connection.execute(insert(RESIDENTS), [{"resident": home["resident"], "language": "zh"} for home in homes])
            connection.execute(insert(HOMES), homes)

    def measured(self, number: int) -> float:
        """One deep reading, in rain."""
        now_us = clock.now_us()
        write_readings(self._log, self._city, number, now_us - SECOND_US, [("rain", 1.0), ("level", 0.0)])
        self._wait(lambda: self._heard(number, now_us - SECOND_US))
        begun_s = clock.monotonic_s()
        write_readings(self._log, self._city, number, now_us, [("level", DEEP_M)])
        self._wait(lambda: self._draft(number) is not None)
        return clock.monotonic_s() - begun_s

    def decide(self, number: int, act: Act) -> float:
        """Two officers sign the draft, or its correction; the last of its texts is handed over."""
        order = self._draft(number)
        assert order is not None
        before = account(self._stage.engine)["sent"]
        for officer in ("li", "wang"):
            begun_s = clock.monotonic_s()
            name = f"{act}/{officer}/{number}"
            decision = Decision(name, clock.now_us(), officer, act, orders=(order.identifier,), reason="a bus")
            self._log.send([Packed(f"D{number:04d}", 0, encode_decisions(f"D{number:04d}", (decision,)))])
        self._wait(lambda: account(self._stage.engine)["sent"] >= before + self._residents)
        return clock.monotonic_s() - begun_s

    def forecast(self, number: int) -> float | None:
        """A flood that climbs: the reading after which level 4 stands by forecast; None where it came measured first."""
        first_us = clock.now_us()
        write_readings(self._log, self._city, number, first_us, [("rain", 2.0), ("level", 0.0)])
        for minute, depth_m in enumerate(CLIMB_M, start=1):
            moment_us = first_us + 60 * minute * SECOND_US
            begun_s = clock.monotonic_s()
            write_readings(self._log, self._city, number, moment_us, [("rain", 2.0), ("level", depth_m)])

            def come(until_us: int = moment_us) -> bool:
                return self._draft(number) is not None or self._heard(number, until_us)

            self._wait(come)
            if self._draft(number) is not None:
                return clock.monotonic_s() - begun_s
        return None

    def _draft(self, number: int) -> OpenOrder | None:
        zone = f"Z{number:04d}"
        return next((order for order in open_orders(self._stage.engine) if order.zone == zone and order.level == 4), None)

    def _heard(self, number: int, moment_us: int) -> bool:
        return any(row.district == f"D{number:04d}" and row.up_to_us >= moment_us for row in districts_heard(self._stage.engine))

    def _wait(self, come: Callable[[], bool]) -> None:
        deadline_s, pause = clock.monotonic_s() + PATIENCE_S, threading.Event()
        while not come():
            if clock.monotonic_s() > deadline_s:
                raise TimeoutError(f"nothing came of it within {PATIENCE_S:.0f} s")
            self._stage.workers.keep_alive()
            pause.wait(STEP_S)
