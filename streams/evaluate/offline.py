"""The live step over a recording in one process, without Kafka: the same log, so the same outputs (law 4)."""

from __future__ import annotations

from pathlib import Path

from models.forecaster import Model
from models.learn.package import PackageError, load_model, shipped
from streams.city.model import City
from streams.city.reach import Reach
from streams.observation.batch import MOST_READINGS, decode
from streams.replay.recording import Recording
from streams.replay.schedule import schedule
from streams.rules.outputs import Output
from streams.rules.plan import plan_districts
from streams.rules.state import empty_state
from streams.rules.step import step


class EvaluationError(ValueError):
    """An evaluation that cannot be made: what is missing, and what to do."""


def chosen_model(folder: Path | None) -> Model:
    """The model in a folder; the one that the project ships where none is given.

    Raises
    ------
    EvaluationError
        Where the folder holds no model that can be used.
    """
    try:
        return load_model(folder) if folder is not None else shipped()
    except PackageError as error:
        raise EvaluationError(str(error)) from error


def run_offline(city: City, recording: Recording, model: Model, kinds: tuple[type, ...] | None = None) -> list[Output]:
    """Take a recording through the live step, from empty state.

    Parameters
    ----------
    model
        Forecasts the points of a district from one moment.
    kinds
        Only outputs of these types, as the others may be many; None for all.

    Returns
    -------
    list
        Outputs, each district's in the order in which it gave them.
    """
    plans = plan_districts(city, Reach(city))
    states = {district: empty_state(plan) for district, plan in plans.items()}
    kept: list[Output] = []
    for message in schedule(city, recording, MOST_READINGS, None):
        plan = plans[message.district]
        batch = decode(message.data, plan.station_no)
        states[message.district], outputs = step(plan, states[message.district], batch, model)
        kept += outputs if kinds is None else [output for output in outputs if isinstance(output, kinds)]
    return kept
