"""Guards the step: what makes it fail is set aside with a reason, and the rest of the batch goes on (law 9)."""

from __future__ import annotations

import logging

import numpy as np
from msgspec import structs

from models.forecaster import Model
from streams.observation.batch import Batch
from streams.observation.dead_letter import DeadLetter, Reason
from streams.rules.models import Models
from streams.rules.outputs import Output
from streams.rules.plan import DistrictPlan
from streams.rules.state import DistrictState
from streams.rules.step import parts as parts_of
from streams.rules.step import step
from streams.rules.work import reading_id

log = logging.getLogger(__name__)


def step_carefully(
    plan: DistrictPlan, state: DistrictState, batch: Batch, model: Model | Models
) -> tuple[DistrictState, list[Output], list[DeadLetter]]:
    """The step; where it fails, the batch is stepped through reading by reading and only what fails is refused."""
    try:
        state, outputs = step(plan, state, batch, model)
        return state, outputs, []
    except Exception:
        log.exception("district %s: a batch failed and is taken apart", batch.district)
    outputs, failed = [], []
    for piece in pieces(batch):
        try:
            state, some = step(plan, state, piece, model)
            outputs += some
        except Exception as error:
            failed.append(_letter(plan, piece, error))
            state, some = _ticks_alone(plan, state, piece, model)
            outputs += some
    return state, outputs, failed


def _ticks_alone(plan: DistrictPlan, state: DistrictState, piece: Batch, model: Model | Models) -> tuple[DistrictState, list[Output]]:
    """What failed must not take its ticks with it, or time would stand still."""
    none = slice(0, 0)
    columns = (piece.station[none], piece.observed_us[none], piece.received_us[none], piece.value[none])
    try:
        return step(plan, state, Batch(piece.district, *columns, {}, piece.ticks_us), model)
    except Exception:
        log.exception("district %s: a tick failed", piece.district)
        state = state.copy()
        state.heard_until_us = max(state.heard_until_us, int(piece.ticks_us.max(initial=0)))
        return state, []


def pieces(batch: Batch) -> list[Batch]:
    """The same batch as one message for each reading and each decision, each with the ticks that come before the next; a change of the
    model goes first."""
    if batch.decisions:
        return [piece for part in parts_of(batch) for piece in [*_decisionless(structs.replace(part, decisions=())), *_decisions(part)]]
    return _decisionless(batch)


def _decisions(part: Batch) -> list[Batch]:
    none = slice(0, 0)
    columns = (part.station[none], part.observed_us[none], part.received_us[none], part.value[none])
    return [Batch(part.district, *columns, {}, part.ticks_us[none], "", (decision,)) for decision in part.decisions]


def _decisionless(batch: Batch) -> list[Batch]:
    parts, done = [], 0
    ticks = np.sort(batch.ticks_us)
    if batch.model:
        none = slice(0, 0)
        columns = (batch.station[none], batch.observed_us[none], batch.received_us[none], batch.value[none])
        parts.append(Batch(batch.district, *columns, {}, ticks[none], batch.model))
    for row in range(len(batch.value)):
        until = len(ticks) if row == len(batch.value) - 1 else int(np.searchsorted(ticks, batch.received_us[row + 1], "left"))
        one = slice(row, row + 1)
        extras = {0: batch.extras[row]} if row in batch.extras else {}
        columns = (batch.station[one], batch.observed_us[one], batch.received_us[one], batch.value[one])
        parts.append(Batch(batch.district, *columns, extras, ticks[done:until]))
        done = until
    if not len(batch.value):
        parts += [
            Batch(batch.district, batch.station, batch.observed_us, batch.received_us, batch.value, {}, ticks[at : at + 1])
            for at in range(len(ticks))
        ]
    return parts


def _letter(plan: DistrictPlan, piece: Batch, error: Exception) -> DeadLetter:
    log.error("district %s: a reading failed: %r", piece.district, error)
    other = f"the model {piece.model}" if piece.model else f"the decision {piece.decisions[0].id}" if piece.decisions else "a tick"
    name = reading_id(plan, int(piece.station[0]), int(piece.observed_us[0])) if len(piece.station) else other
    return DeadLetter(Reason.FAILED, "", 0, name, f"{type(error).__name__}: {error}"[:200])
