"""The step: (state, batch) to (state, outputs), a pure function of the log (law 4).

Time moves with the readings and ticks of the batch. Whatever falls due between two of them (a hold, a silence, a step-down, a
whole minute) is acted on at its own instant; readings that arrive at that very instant are heard first.
"""

from __future__ import annotations

import numpy as np

from models.forecaster import Model
from streams.observation.batch import Batch
from streams.observation.decision import Decision
from streams.observation.moments import MINUTE_US
from streams.rules import due, limits
from streams.rules.decide import decide
from streams.rules.hearing import hear
from streams.rules.models import Models, as_models
from streams.rules.outputs import Output
from streams.rules.plain import hear_plain
from streams.rules.plan import DistrictPlan
from streams.rules.rows import Rows
from streams.rules.state import NEVER_US, DistrictState
from streams.rules.swap import swap, take_up
from streams.rules.work import Work


def step(plan: DistrictPlan, state: DistrictState, batch: Batch, model: Model | Models) -> tuple[DistrictState, list[Output]]:
    """Take a district through one batch.

    Parameters
    ----------
    plan
        What is fixed about the district.
    state
        What it remembers; it is not changed.
    batch
        Readings in order of arrival, ticks and officers' decisions; or the name of the model to forecast by from here on.
    model
        Forecasts the points of the district from one moment; or all models that the log may ask for by name.

    Returns
    -------
    tuple
        The state after the batch, and what to give out, in order.
    """
    work = Work(plan, state.copy(), as_models(model))
    take_up(work)
    if batch.model:
        swap(work, batch.model)
    for part in parts(batch):
        rows = Rows(plan, work.state, part)
        _hear_part(work, rows, part)
        for decision in part.decisions:
            _decide(work, rows, decision)
        rows.keep_in_memory()
    return work.state, work.outputs


def parts(batch: Batch) -> list[Batch]:
    """The batch cut at its decisions: each part ends with those of one moment, after the readings that arrived until then and before the
    ticks of that instant; the last may have none."""
    if not batch.decisions:
        return [batch]
    decided_at: dict[int, list[Decision]] = {}
    for decision in batch.decisions:
        decided_at.setdefault(decision.at_us, []).append(decision)
    arrival_us, ticks_us = np.maximum.accumulate(batch.received_us), np.sort(batch.ticks_us)
    found, row, tick = [], 0, 0
    for moment_us, decided in sorted(decided_at.items()):
        until, before = int(np.searchsorted(arrival_us, moment_us, "right")), int(np.searchsorted(ticks_us, moment_us, "left"))
        found.append(_cut(batch, row, max(until, row), ticks_us[tick:before], tuple(decided)))
        row, tick = max(until, row), max(before, tick)
    return [*found, _cut(batch, row, len(batch.value), ticks_us[tick:], ())]


def _cut(batch: Batch, first: int, last: int, ticks_us: np.ndarray, decisions: tuple[Decision, ...]) -> Batch:
    rows = slice(first, last)
    extras = {row - first: extra for row, extra in batch.extras.items() if first <= row < last}
    columns = (batch.station[rows], batch.observed_us[rows], batch.received_us[rows], batch.value[rows])
    return Batch(batch.district, *columns, extras, ticks_us, "", decisions)


def _hear_part(work: Work, rows: Rows, batch: Batch) -> None:
    first = 0
    for tick_us in np.sort(batch.ticks_us).tolist():
        last = int(np.searchsorted(rows.arrival_us, tick_us, side="right"))
        _hear_rows(work, rows, first, last)
        first = max(first, last)
        _tick(work, rows, tick_us, first)
    _hear_rows(work, rows, first, len(rows))


def _decide(work: Work, rows: Rows, decision: Decision) -> None:
    """A decision arrives: what fell due before it is acted on first, what falls due at its instant after it."""
    moment_us = max(decision.at_us, work.state.heard_until_us)
    _begin(work, moment_us)
    while (when_us := due.next_due_us(work)) < moment_us:
        due.act(work, rows, when_us, len(rows))
    work.now_us = work.state.heard_until_us = moment_us
    decide(work, decision)


def _tick(work: Work, rows: Rows, tick_us: int, at: int) -> None:
    """Nothing that arrived up to the tick is missing: act on what is due up to it, and at it."""
    if tick_us < work.state.heard_until_us:
        return
    _begin(work, tick_us)
    while (when_us := due.next_due_us(work)) <= tick_us:
        due.act(work, rows, when_us, at)
    work.state.heard_until_us = tick_us


def _hear_rows(work: Work, rows: Rows, first: int, last: int) -> None:
    """Hear the rows one after the other, plain ones in runs, and act on what falls due before each."""
    state = work.state
    while first < last:
        arrival_us = int(rows.arrival_us[first])
        _begin(work, arrival_us)
        due_us = due.next_due_us(work)
        if due_us < arrival_us:
            due.act(work, rows, due_us, first)
            continue
        until = min(last, int(np.searchsorted(rows.arrival_us, due_us, side="right")))
        attended = rows.attention[first:until]
        run = int(np.argmax(attended)) if attended.any() else until - first
        if run:
            hear_plain(work, rows, first, first + run)
            first += run
            state.heard_until_us = int(rows.arrival_us[first - 1])
        if first < until:
            _attend(work, rows, first)
            state.heard_until_us = int(rows.arrival_us[first])
            first += 1


def _begin(work: Work, moment_us: int) -> None:
    """Before the log time moves on: the first message ever starts the district, and a long pause is not acted out by the minute."""
    state = work.state
    if moment_us - state.heard_until_us > limits.ALIVE_US:
        state.next_minute_us, work.due_us = -(-moment_us // MINUTE_US) * MINUTE_US, None
    if state.heard_until_us == NEVER_US:
        state.heard_until_us = moment_us
        state.believed_us[:], work.due_us = moment_us, None


def _attend(work: Work, rows: Rows, row: int) -> None:
    """Hear one reading by itself, and see to what it changes for those after it."""
    state, station, point = work.state, int(rows.station[row]), int(rows.point[row])
    work.now_us, work.due_us = int(rows.arrival_us[row]), None
    measured, rung = state.measured.copy(), state.rung.copy()
    newest_us = int(state.newest_us[station])
    hear(work, rows.heard(row))
    if state.trusted_us[station] != rows.observed_us[row] or rows.observed_us[row] <= newest_us or station in state.watched:
        rows.attend_next(station, row)
    if point >= 0 and rows.wet[row] and state.wet_us[point] < work.now_us - limits.NEIGHBOUR_US:
        rows.attend_next_wet(point, row)
    for changed in np.flatnonzero((state.measured != measured) | (state.rung != rung)).tolist():
        rows.levels_changed(changed, row + 1)
