"""A city as it stands at one moment of a recording: the water of the model's ensemble, with what the sensors have taught it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import msgspec
import numpy as np
import numpy.typing as npt

from models.core.bank import MEMBERS, Bank, lay_out
from models.core.filter import Ensemble, carry, joined, unpack, width
from models.forecaster import Model, bank_of
from models.situation import Situation
from streams.city.model import City
from streams.city.reach import Reach
from streams.city.sites import sites_of, thresholds_of
from streams.observation.batch import MOST_READINGS, decode, encode
from streams.observation.moments import to_text
from streams.replay.recording import Recording, RecordingError
from streams.replay.schedule import schedule
from streams.rules.fusion import fuse
from streams.rules.plan import DistrictPlan, plan_districts
from streams.rules.situation import situation_of
from streams.rules.state import DistrictState, empty_state
from streams.rules.step import step
from streams.rules.work import Work

Floats = npt.NDArray[np.float64]

_NO_READINGS = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True)
class Now:
    """Points in the order of the city's, all at one moment.

    Attributes
    ----------
    bank, ensemble
        Parameters and water of the members, shape (P, M) each.
    thresholds_m
        Depth of each level, infinite where a point has fewer, shape (P, L).
    depth_m
        What was last measured, shape (P,).
    pump_on
        1 where the pump runs or nobody said otherwise, shape (P,).
    """

    city: City
    at_us: int
    bank: Bank
    ensemble: Ensemble
    thresholds_m: Floats
    depth_m: Floats
    pump_on: Floats


@dataclass(frozen=True)
class _Moment:
    """As much of a step under way as the lay-out of a situation reads."""

    plan: DistrictPlan
    state: DistrictState
    now_us: int


def now_of(city: City, recording: Recording, model: Model, at_us: int | None = None) -> Now:
    """Take a recording through the live step up to a moment, as far as it had arrived by then.

    Parameters
    ----------
    at_us
        The moment; None for the last arrival.

    Raises
    ------
    RecordingError
        Where nothing had arrived by then.
    """
    if at_us is None and len(recording):
        at_us = int(recording.received_us[-1])
    arrived = 0 if at_us is None else int(np.searchsorted(recording.received_us, at_us, "right"))
    if at_us is None or not arrived:
        first = f"the first arrived at {to_text(int(recording.received_us[0]))}" if len(recording) else "the recording is empty"
        raise RecordingError(f"no observation had arrived by then: {first}")
    plans = plan_districts(city, Reach(city))
    states = _run(city, plans, _first(recording, arrived), model, at_us)
    situations = {district: _situation(plans[district], state, at_us) for district, state in states.items()}
    asked = [(plan, situations[district]) for district, plan in plans.items() if plan.points]
    order = _places(city, [plan for plan, _ in asked])
    return Now(
        city=city,
        at_us=at_us,
        bank=lay_out(sites_of(city)),
        ensemble=joined([_ensemble(situation) for _, situation in asked]).part(order),
        thresholds_m=thresholds_of(city),
        depth_m=np.concatenate([situation.depth_m for _, situation in asked])[order],
        pump_on=np.nan_to_num(np.concatenate([situation.pump_on for _, situation in asked]), nan=1.0)[order],
    )


def _first(recording: Recording, count: int) -> Recording:
    return Recording(
        station_no=recording.station_no[:count],
        observed_us=recording.observed_us[:count],
        received_us=recording.received_us[:count],
        value=recording.value[:count],
        extras={row: extra for row, extra in recording.extras.items() if row < count},
        dead_letters=recording.dead_letters,
    )


def _run(city: City, plans: dict[str, DistrictPlan], arrived: Recording, model: Model, at_us: int) -> dict[str, DistrictState]:
    states = {district: empty_state(plan) for district, plan in plans.items()}
    end_us = np.array([at_us], np.int64)
    for message in schedule(city, arrived, MOST_READINGS, None):
        batch = decode(message.data, plans[message.district].station_no)
        batch = msgspec.structs.replace(batch, ticks_us=batch.ticks_us[batch.ticks_us < at_us])
        states[message.district], _ = step(plans[message.district], states[message.district], batch, model)
    for district, plan in plans.items():  # what is due at the moment itself is acted on
        nothing = decode(encode(district, [], *_NO_READINGS, {}, end_us), plan.station_no)
        states[district], _ = step(plan, states[district], nothing, model)
    return states


def _situation(plan: DistrictPlan, state: DistrictState, at_us: int) -> Situation:
    """What is known at the moment, as the step itself lays it out."""
    return situation_of(cast(Work, _Moment(plan, state, at_us)), fuse(plan, state, at_us))


def _ensemble(now: Situation) -> Ensemble:
    """The members as they stand; without a memory they start dry, as long ago as rain is known."""
    _, present = carry(bank_of(now.sites), now, unpack(now.memory[:, : width()], MEMBERS, np.float32))
    return present


def _places(city: City, plans: list[DistrictPlan]) -> npt.NDArray[np.int64]:
    """Where each of the city's points stands among the points of its districts, one after the other."""
    found = {point.low_point_id: number for number, point in enumerate(point for plan in plans for point in plan.points)}
    return np.array([found[point.low_point_id] for point in city.low_points], np.int64)
