"""From a reading to the first red text that the provider has accepted: the whole system, live, where the policy signs by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select

from streams import clock
from streams.bench.kill_child import Trial, send
from streams.bench.latency_city import write_latency_city, write_readings
from streams.bench.sending_town import new_key, number, settle
from streams.bench.trial import fork_server
from streams.city.load import load_city
from streams.city.model import City
from streams.fake_twilio.behaviour import Behaviour
from streams.fake_twilio.process import FakeTwilio
from streams.gateway.producer import KafkaLog
from streams.observation.moments import SECOND_US
from streams.people.vault import PeopleVault
from streams.replay.recording import Recording
from streams.replay.run import ReplayOptions, Stage, staged
from streams.settings import Settings
from streams.store.engine import reading
from streams.store.outbox_schema import DISPATCHES

DEEP_M = 0.7
PATIENCE_S, STEP_S = 30.0, 0.002
RUN = 80


@dataclass(frozen=True)
class RedTextReport:
    """Seconds from the moment before the reading is written to Kafka until the first text, and until the last, is accepted."""

    residents: int
    first_s: list[float]
    last_s: list[float]

    def lines(self) -> list[str]:
        """As text."""
        return [_line("first red text accepted", self.first_s), _line(f"last of {self.residents:,} accepted", self.last_s)]


def _line(name: str, values: list[float]) -> str:
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    return f"{name:28} n {len(values):4}  p50 {p50:.3f}  p95 {p95:.3f}  p99 {p99:.3f}  most {max(values):.3f} s"


def red_text(out: Path, times: int = 60, residents: int = 200) -> RedTextReport:
    """Flood one point after the other, each with a zone of its own."""
    city_folder = write_latency_city(out / "city", times, approval='4 = "automatic"')
    options = ReplayOptions(city=city_folder, inputs=(), out=out / "out", workers=1, outbox=True)
    city, nothing = load_city(city_folder), np.zeros(0, np.int64)
    recording = Recording(nothing, nothing, nothing, np.zeros(0), {}, [])
    report = RedTextReport(residents, [], [])
    context, key = fork_server(), new_key()
    with FakeTwilio(Behaviour(step_s=(0.0, 0.0))) as fake, staged(options, Settings(), city, recording) as (stage, _):
        people = ((zone * residents + one, f"Z{zone:04d}") for zone in range(times) for one in range(residents))
        settle(stage.engine, PeopleVault(key), RUN, people)
        told = Trial(stage.store, fake.url, fake.account, fake.token, key, ends=False)
        sender = context.Process(target=send, args=(told,))
        sender.start()
        log = KafkaLog(stage.bootstrap, stage.names, city.districts, PATIENCE_S)
        try:
            for turn in range(times):
                first_s, last_s = _flood(stage, fake, log, city, turn, residents)
                report.first_s.append(first_s)
                report.last_s.append(last_s)
        finally:
            log.close()
            sender.terminate()
            sender.join()
    return report


def _flood(stage: Stage, fake: FakeTwilio, log: KafkaLog, city: City, turn: int, residents: int) -> tuple[float, float]:
    """One deep reading, in rain; seconds until the first and the last of its zone are accepted."""
    now_us = clock.now_us()
    write_readings(log, city, turn, now_us - 2 * SECOND_US, [("rain", 1.0), ("level", 0.0)])
    place = fake.stats().created
    begun_us = clock.now_us()
    write_readings(log, city, turn, begun_us, [("level", DEEP_M)])
    wanted = {number(RUN, turn * residents + one) for one in range(residents)}

    def come() -> bool:
        return fake.stats().created >= place + residents

    _wait(stage, come)
    times = [entry.created_us for entry in fake.ledger(place) if entry.to in wanted]
    with reading(stage.engine) as connection:
        levels = connection.scalars(select(DISPATCHES.c.level).where(DISPATCHES.c.zone == f"Z{turn:04d}")).all()
    assert list(levels) == [4], levels
    return (min(times) - begun_us) / SECOND_US, (max(times) - begun_us) / SECOND_US


def _wait(stage: Stage, come: Callable[[], bool]) -> None:
    deadline_s = clock.monotonic_s() + PATIENCE_S
    while not come():
        if clock.monotonic_s() > deadline_s:
            raise TimeoutError(f"no text within {PATIENCE_S:.0f} s")
        stage.workers.keep_alive()
        clock.sleep_s(STEP_S)
