"""Whether a flash flood, a parked car and a stuck sensor are told apart: by the sensor alone, and with cameras and photographs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.forecaster import Model
from streams.bench.eyes_town import ALL_EYES, LENGTH_MIN, ONSET_MIN, Event, Eyes, What, batch_of, make_event, make_town, minute_of, said_of
from streams.city.reach import Reach
from streams.observation.moments import parse_us
from streams.rules.outputs import Output, Standing, Warning
from streams.rules.plan import plan_district
from streams.rules.state import empty_state
from streams.rules.step import step

WHATS: tuple[What, ...] = ("flash flood", "parked car", "stuck sensor")
LEVEL = 2
FAR_MIN = 1e9


@dataclass(frozen=True)
class Told:
    """What was told of one event.

    Attributes
    ----------
    late_min
        From the water's reaching the level to its being told; far away where it never was; nan where there is no such water.
    confirmed_min
        From there to its being told as confirmed by anything beside the sensor.
    false_min
        Minutes at the level or above without such water, 10 min for going down not counted.
    false_confirmed
        Whether any of them was told as confirmed.
    """

    late_min: float
    confirmed_min: float
    false_min: float
    false_confirmed: bool


@dataclass(frozen=True)
class Row:
    """One kind of event, with one set of eyes."""

    what: What
    rains: bool
    eyes: str
    told: tuple[Told, ...]

    def line(self) -> str:
        """A row of Markdown."""
        late = [one.late_min for one in self.told if not np.isnan(one.late_min)]
        missed = sum(minutes >= FAR_MIN for minutes in late)
        confirmed = [one.confirmed_min for one in self.told if not np.isnan(one.confirmed_min)]
        false = [one.false_min for one in self.told]
        cells = (
            self.what,
            "rain" if self.rains else "dry gauge",
            self.eyes,
            str(len(self.told)),
            f"{np.median(late):.1f}" if late else "",
            str(missed) if late else "",
            _median_or_never(confirmed),
            f"{100 * np.mean([minutes <= 5 for minutes in confirmed]):.0f} %" if confirmed else "",
            f"{np.median(false):.0f} ({np.quantile(false, 0.9):.0f})",
            f"{100 * np.mean([one.false_confirmed for one in self.told]):.0f} %",
        )
        return "| " + " | ".join(cells) + " |"


HEAD = (
    "| what | weather | eyes | n | told after, min (median) | missed | confirmed after, min (median) | within 5 min | "
    "false min at level 2 (90th) | false, told as confirmed |\n|---|---|---|---|---|---|---|---|---|---|"
)


def _median_or_never(minutes: list[float]) -> str:
    if not minutes:
        return ""
    middle = float(np.median(minutes))
    return "never" if middle >= FAR_MIN else f"{middle:.1f}"


def tell_apart(model: Model, times: int, seed: int) -> Iterator[Row]:
    """Every kind of event in both weathers with every set of eyes; all sets see the same events."""
    for what in WHATS:
        for rains in (False, True):
            for eyes in ALL_EYES:
                told = tuple(_try(model, what, rains, eyes, (seed, WHATS.index(what), rains, n)) for n in range(times))
                yield Row(what, rains, eyes.name, told)


def _try(model: Model, what: What, rains: bool, eyes: Eyes, seed: tuple[int, ...]) -> Told:
    rng = np.random.default_rng(seed)
    event = make_event(what, rains, rng)
    city = make_town(eyes.cameras)
    plan = plan_district(city, "D", Reach(city))
    _, outputs = step(plan, empty_state(plan), batch_of(plan, said_of(event, eyes, rng)), model)
    return judge(event, outputs)


def judge(event: Event, outputs: list[Output]) -> Told:
    """Hold what was told against the truth; what a report alone carries counts too."""
    wet = np.flatnonzero(event.truth_m >= 0.27)
    raised = [(minute_of(_us(o.issued_at)), o.level, o.unconfirmed) for o in outputs if isinstance(o, Warning)]
    late = confirmed = float("nan")
    if len(wet):
        onset = wet[0] / 60
        told = [at for at, level, _ in raised if isinstance(level, int) and level >= LEVEL]
        late = told[0] - onset if told else FAR_MIN
        sure = [at for at, level, alone in _by_minute(outputs, raised) if level >= LEVEL and not alone and at >= ONSET_MIN]
        confirmed = sure[0] - onset if sure else FAR_MIN
    ends = wet[-1] / 60 + 11 if len(wet) else -1.0
    false = [alone for at, level, alone in _standings(outputs) if level >= LEVEL and (at > ends or at < ONSET_MIN)]
    return Told(late, confirmed, float(len(false)), not all(false))


def _by_minute(outputs: list[Output], raised: Sequence[tuple[float, object, bool]]) -> list[tuple[float, int, bool]]:
    """Levels as told at once and as asserted by the minute, in order."""
    return sorted([*_standings(outputs), *((at, level, alone) for at, level, alone in raised if isinstance(level, int))])


def _standings(outputs: list[Output]) -> list[tuple[float, int, bool]]:
    found = []
    for output in outputs:
        if isinstance(output, Standing) and minute_of(_us(output.issued_at)) < LENGTH_MIN:
            point = output.points[0]
            found.append(
                (minute_of(_us(output.issued_at)), point.held_level, point.unconfirmed and point.basis in ("measured", "forecast"))
            )
    return found


def _us(text: str) -> int:
    moment = parse_us(text)
    assert moment is not None, text
    return moment
