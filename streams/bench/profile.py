"""Where the time of a replay goes: the same work in one process, without Kafka, stage by stage."""

from __future__ import annotations

import cProfile
import io
import pstats
from dataclasses import dataclass
from pathlib import Path

from models.forecaster import forecast
from streams import clock
from streams.city.load import load_city
from streams.city.reach import Reach
from streams.observation.batch import decode
from streams.replay.recording import read_recording
from streams.replay.schedule import schedule
from streams.rules.plan import plan_districts
from streams.rules.state import empty_state
from streams.rules.step import step


@dataclass(frozen=True)
class Profile:
    """Readings, seconds by stage, and the most expensive functions of the step."""

    readings: int
    seconds: dict[str, float]
    functions: str


def profile(city_folder: Path, inputs: tuple[Path, ...], batch_size: int) -> Profile:
    """Read, pack and step through a recording, each stage timed by itself; then once more under a profiler."""
    city = load_city(city_folder)
    plans = plan_districts(city, Reach(city))
    marks = [clock.monotonic_s()]
    recording = read_recording(city, inputs)
    marks.append(clock.monotonic_s())
    messages = list(schedule(city, recording, batch_size, None))
    marks.append(clock.monotonic_s())
    batches = [decode(message.data, plans[message.district].station_no) for message in messages]
    marks.append(clock.monotonic_s())

    def run() -> None:
        states = {district: empty_state(plan) for district, plan in plans.items()}
        for batch in batches:
            states[batch.district], _ = step(plans[batch.district], states[batch.district], batch, forecast)

    run()
    marks.append(clock.monotonic_s())
    profiler = cProfile.Profile()
    profiler.runcall(run)
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(15)
    names = ("read and check", "pack", "unpack", "step")
    return Profile(len(recording), {name: b - a for name, a, b in zip(names, marks, marks[1:], strict=False)}, text.getvalue())
