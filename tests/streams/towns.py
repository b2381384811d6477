"""Small towns for tests, named by what is special about them, and a way to step through readings without Kafka."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from msgspec import structs

from models.forecaster import Model
from models.situation import Outlook, Situation
from streams.city import defaults
from streams.city.model import City, LowPoint, Public, Sender, Station, Zone
from streams.city.reach import Reach
from streams.observation.batch import Batch
from streams.observation.decision import Act, Decision
from streams.observation.moments import SECOND_US
from streams.observation.observation import Extra
from streams.rules.models import Models
from streams.rules.outputs import Decided, Forecast, ModelChange, Order, Output, Verdict, Warning
from streams.rules.plan import DistrictPlan, plan_district
from streams.rules.state import DistrictState, empty_state
from streams.rules.step import step

START_US = 1_784_016_000 * SECOND_US  # 2026-07-14T08:00:00Z, a whole minute
METRES = 1 / 111_320  # of latitude


def square(lon: float, lat: float, half_m: float = 60.0) -> dict[str, object]:
    """A GeoJSON square."""
    d = half_m * METRES
    ring = [(lon - d, lat - d), (lon + d, lat - d), (lon + d, lat + d), (lon - d, lat + d), (lon - d, lat - d)]
    return {"type": "Polygon", "coordinates": [ring]}


def town(points: int = 1, apart_m: float = 1000.0, cadence_s: float = 60.0, **changes: object) -> City:
    """A district D1 with points P0, P1, ... in a row, each with a level sensor S0, ..., reports Q0, ... and a zone Z0, ...; one gauge R.

    Every order is released at once unless `approval` says otherwise.
    """
    places = [(113.6, 34.7 + number * apart_m * METRES) for number in range(points)]
    low_points = tuple(LowPoint(f"P{n}", "D1", "sag", defaults.LEVELS, f"路口{n}", f"Corner {n}", *place) for n, place in enumerate(places))
    stations = [Station("R", "rain", 60.0, district_ids=("D1",))]
    for n in range(points):
        stations.append(Station(f"S{n}", "level", cadence_s, f"P{n}", owner="drainage", error_sd_m=0.01))
        stations.append(Station(f"Q{n}", "reports", 86_400.0, f"P{n}"))
    values: dict[str, object] = {
        "name": "Town",
        "time_zone": "Asia/Shanghai",
        "districts": ("D1",),
        "levels": defaults.LEVELS,
        "approval": dict.fromkeys(defaults.APPROVAL, "automatic"),
        "sender": Sender(name="Town"),
        "public": Public(cap_issuer="town"),
        "low_points": low_points,
        "stations": tuple(sorted(stations, key=lambda s: s.station_id)),
        "zones": tuple(Zone(f"Z{n}", "D1", square(*place)) for n, place in enumerate(places)),
    }
    return City(**{**values, **changes})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Reading:
    """A reading as tests write it: seconds after the start."""

    station: str
    observed_s: float
    value: float
    received_s: float | None = None
    extra: Extra | None = None

    @property
    def arrival_s(self) -> float:
        return self.observed_s if self.received_s is None else self.received_s


def us(seconds: float) -> int:
    """Microseconds of a time given in seconds after the start."""
    return START_US + round(seconds * SECOND_US)


class Calm:
    """A model that expects nothing, for rules in which forecasts have no part."""

    name: str = "calm"

    def __call__(self, now: Situation) -> Outlook:
        points, levels = now.thresholds_m.shape
        nothing = np.zeros((points, levels, 6)), np.zeros((points, 3)), np.full((points, levels), np.nan), np.zeros(points)
        none = np.zeros((points, levels), bool)
        return Outlook(np.zeros((points, 7, 6)), *nothing, raises=none, keeps=none, method=("calm",) * points, memory=np.zeros((points, 0)))


calm = Calm()


class Quick:
    """A model in one line, which yet depends on all that a real one does: history, rain, neighbours, and what it remembers."""

    name: str = "quick"

    def __call__(self, now: Situation) -> Outlook:
        points = len(now.depth_m)
        before = now.memory[:, 0] if now.memory.shape[1] == 1 else np.zeros(points)
        lately = np.where(now.history_min < 30, now.history_m, 0.0).sum(axis=1)
        rain = np.nan_to_num(now.rain_mm[:, -30:]).sum(axis=1)
        ahead = now.depth_m + 0.01 * lately + 0.005 * rain + 0.1 * now.depth_m.max() + 0.1 * before
        chance = np.clip(ahead[:, None] / np.where(np.isfinite(now.thresholds_m), now.thresholds_m, 1e9), 0.0, 1.0)
        return Outlook(
            np.repeat(np.repeat(ahead[:, None, None], 7, axis=1), 6, axis=2),
            np.repeat(chance[:, :, None], 6, axis=2),
            np.repeat(ahead[:, None], 3, axis=1),
            np.where(chance >= 1, 0.0, np.nan),
            ahead,
            raises=chance >= 0.9,
            keeps=chance >= 0.7,
            method=("quick",) * points,
            memory=0.9 * before[:, None] + 0.01 * now.depth_m[:, None],
        )


quick = Quick()


@dataclass
class Run:
    """Steps through readings and keeps what comes out."""

    city: City
    model: Model | Models = calm
    plan: DistrictPlan = field(init=False)
    state: DistrictState = field(init=False)
    outputs: list[Output] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = plan_district(self.city, self.city.districts[0], Reach(self.city))
        self.state = empty_state(self.plan)

    def hear(self, readings: Sequence[Reading], until_s: float | None = None, tick_s: float = 10.0, sizes: Sequence[int] = (1000,)) -> Run:
        """Step through readings in order of arrival with ticks between them, in batches of the sizes given, over and over."""
        ordered = sorted(readings, key=lambda r: r.arrival_s)
        end_s = until_s if until_s is not None else (ordered[-1].arrival_s if ordered else 0.0)
        begin_s = self._begin_s(ordered)
        ticks = np.array([us(n * tick_s) for n in range(int(begin_s // tick_s) + 1, int(end_s // tick_s) + 1)], np.int64)
        at, turn, done = 0, 0, 0
        while at < len(ordered) or done < len(ticks):
            piece = ordered[at : at + sizes[turn % len(sizes)]]
            at, turn = at + len(piece), turn + 1
            last = len(ticks) if at >= len(ordered) else int(np.searchsorted(ticks, us(ordered[at].arrival_s), "left"))
            self.take(self.batch(piece, ticks[done:last]))
            done = last
        return self

    def decide(self, act: Act, at_s: float | None = None, officer: str = "li", **fields: Any) -> list[Decided]:
        """Tell the district what an officer decided, a moment after all that came before it, and return what came of it."""
        at_us = self.state.heard_until_us + SECOND_US if at_s is None else us(at_s)
        decision = Decision(fields.pop("id", f"act-{len(self.state.acts)}-{at_us}"), at_us, officer, act, **fields)
        before = len(self.outputs)
        self.take(structs.replace(self.batch([], np.zeros(0, np.int64)), decisions=(decision,)))
        return [output for output in self.outputs[before:] if isinstance(output, Decided)]

    def swap(self, name: str) -> Run:
        """Ask for another model at this place in the log."""
        self.take(structs.replace(self.batch([], np.zeros(0, np.int64)), model=name))
        return self

    def take(self, batch: Batch) -> None:
        """Step through one batch."""
        self.state, outputs = step(self.plan, self.state, batch, self.model)
        self.outputs += outputs

    def _begin_s(self, ordered: Sequence[Reading]) -> float:
        seen = (self.state.heard_until_us - START_US) / SECOND_US
        return seen if seen > -1e9 else (ordered[0].arrival_s - 1e-9 if ordered else 0.0)

    def batch(self, readings: Sequence[Reading], ticks_us: np.ndarray) -> Batch:
        """Readings and ticks as one message of the district."""
        extras: Mapping[int, Extra] = {row: r.extra for row, r in enumerate(readings) if r.extra is not None}
        return Batch(
            "D1",
            np.array([self.plan.station_no[r.station] for r in readings], np.int64),
            np.array([us(r.observed_s) for r in readings], np.int64),
            np.array([us(r.arrival_s) for r in readings], np.int64),
            np.array([r.value for r in readings], float),
            extras,
            ticks_us,
        )

    @property
    def warnings(self) -> list[Warning]:
        return [output for output in self.outputs if isinstance(output, Warning)]

    @property
    def orders(self) -> list[Order]:
        return [output for output in self.outputs if isinstance(output, Order)]

    @property
    def forecasts(self) -> list[Forecast]:
        return [output for output in self.outputs if isinstance(output, Forecast)]

    @property
    def verdicts(self) -> list[Verdict]:
        return [output for output in self.outputs if isinstance(output, Verdict)]

    @property
    def model_changes(self) -> list[ModelChange]:
        return [output for output in self.outputs if isinstance(output, ModelChange)]

    def changes(self, point: str = "P0") -> list[tuple[float, object, str]]:
        """Seconds, level and basis of a point's changes."""
        own = [w for w in self.warnings if w.low_point == point]
        return [(seconds(w.issued_at), w.level, w.basis) for w in own]


def seconds(issued_at: str) -> float:
    """Seconds after the start."""
    from streams.observation.moments import parse_us

    moment = parse_us(issued_at)
    assert moment is not None
    return (moment - START_US) / SECOND_US


def depths(station: str, values: Sequence[float], start_s: float = 0.0, every_s: float = 60.0) -> list[Reading]:
    """Readings of one station at an even pace."""
    return [Reading(station, start_s + n * every_s, value) for n, value in enumerate(values)]


def rain(start_s: float, minutes: int, mm_per_min: float = 1.0) -> list[Reading]:
    """A gauge's readings, one a minute."""
    return [Reading("R", start_s + 60.0 * n, mm_per_min, extra=Extra(period_s=60.0)) for n in range(minutes)]
