"""One step under way: the plan, the state being changed, the moment reached, and what has been given out so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.forecaster import Model
from streams.observation.moments import to_text
from streams.observation.observation import Extra
from streams.rules.models import Models
from streams.rules.outputs import ModelChange, ModelWhat, Output, Seen, Verdict
from streams.rules.plan import DistrictPlan
from streams.rules.state import DistrictState


@dataclass
class Work:
    """The working copy of a state, with everything that the rules need around it.

    `due_us` remembers when something is due next, None after anything that may bring it nearer; plain readings only put it off.
    `model` forecasts; `before` is the model that did so before it, while it still goes on in the shadow.
    """

    plan: DistrictPlan
    state: DistrictState
    models: Models
    now_us: int = 0
    outputs: list[Output] = field(default_factory=list)
    due_us: int | None = None
    model: Model = field(init=False)
    before: Model | None = None

    def __post_init__(self) -> None:
        self.model = self.models.default

    @property
    def issued_at(self) -> str:
        """The moment reached, as text."""
        return to_text(self.now_us)

    def number(self) -> int:
        """Counts the changes within one instant, so that each has an id of its own."""
        state = self.state
        state.instant_count = state.instant_count + 1 if state.instant_us == self.now_us else 0
        state.instant_us = self.now_us
        return state.instant_count

    def note(self, station: int, reading: str, flags: list[str], reason: str) -> None:
        """Write down what quality control noticed about a reading."""
        self.outputs.append(Verdict(reading, self.plan.stations[station].station_id, self.issued_at, flags, reason))

    def show(self, station: int, observed_us: int, depth_m: float, extra: Extra, reading: str) -> None:
        """Tell of a camera's picture: people look at it, whatever its depth is worth."""
        point = self.plan.points[int(self.plan.point_of[station])].low_point_id
        name, picture = self.plan.stations[station].station_id, extra.image or ""
        self.outputs.append(Seen(name, point, self.issued_at, to_text(observed_us), picture, round(depth_m, 3), extra.confidence, reading))

    def tell_model(self, what: ModelWhat, other: str, reason: str) -> None:
        """Say what became of a model: which forecasts from now on, and which other one it is about."""
        self.outputs.append(ModelChange(self.plan.district_id, self.issued_at, what, self.model.name, other, reason, self.number()))


def reading_id(plan: DistrictPlan, station: int, observed_us: int, given: str | None = None) -> str:
    """The identity of a reading: its own id, or station, kind and time (DESIGN 5)."""
    if given is not None:
        return given
    return f"{plan.stations[station].station_id}/{to_text(observed_us)}"
