"""The trial of a new model: the one before goes on in the shadow, both are judged by what then came, and one that is worse is sent back.

What both said is put aside every five minutes and judged a quarter of an hour later by the newest trusted reading, so nothing is judged
by what had not arrived (law 11). Without a trial nothing here costs anything.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from msgspec import structs

from models.situation import LEAD_MIN, QUANTILES, Outlook, Situation
from streams.observation.moments import MINUTE_US
from streams.rules import limits
from streams.rules.fusion import Fused
from streams.rules.situation import doubtful
from streams.rules.state import NEVER_US, Trial
from streams.rules.work import Work

Floats = npt.NDArray[np.float64]

_JUDGED = np.array([0.1, 0.5, 0.9])
_ROWS = [QUANTILES.tolist().index(quantile) for quantile in _JUDGED.tolist()]
_LEAD = LEAD_MIN.tolist().index(float(limits.TRIAL_LEAD_MIN))
_SLOTS = limits.TRIAL_LEAD_MIN // limits.TRIAL_EVERY_MIN


def begin(work: Work, before: str, shadow: Floats) -> None:
    """The model before, by its name in the state, goes on with what it remembered."""
    state = work.state
    state.trial = Trial(before, work.now_us)
    state.shadow = shadow.copy()
    state.aside_us = np.full(_SLOTS, NEVER_US, np.int64)
    state.aside_m = np.full((_SLOTS, len(work.plan.points), 2, len(_JUDGED)), np.nan)


def end(work: Work) -> None:
    """The shadow is let go, with all that belongs to it."""
    state = work.state
    state.trial, work.before = None, None
    state.shadow, state.aside_us, state.aside_m = np.zeros((0, 0)), np.zeros(0, np.int64), np.zeros((0, 0, 0, 0))


def ask(work: Work, now: Situation) -> Outlook:
    """The outlook of the present model; one that fails while it is on trial is sent back at once."""
    if work.state.trial is None:
        return work.model(now)
    try:
        outlook = work.model(now)
        if not (np.isfinite(outlook.depth_m).all() and np.isfinite(outlook.p_exceed).all()):
            raise ValueError("it says what is not a number")
        return outlook
    except Exception as error:
        _send_back(work, f"it failed: {type(error).__name__}: {error}"[:200])
    return work.model(replace(now, memory=work.state.memory))


def go_on(work: Work, now: Situation, outlook: Outlook) -> None:
    """Let the model before forecast the same moment, unseen, and put aside what both said."""
    state = work.state
    if state.trial is None or work.before is None:
        return
    try:
        other = work.before(replace(now, memory=state.shadow))
    except Exception as error:
        name = work.before.name
        end(work)
        work.tell_model("kept", name, f"the model before failed: {type(error).__name__}: {error}"[:200])
        return
    state.shadow = other.memory
    wet = (now.depth_m >= limits.WET_M) & (now.age_min * MINUTE_US <= limits.TRIAL_NEAR_US) & ~now.doubtful
    if wet.any():
        state.trial = structs.replace(state.trial, wet_min=state.trial.wet_min + 1)
    if now.minute % limits.TRIAL_EVERY_MIN == 0:
        told = np.stack([one.depth_m[:, _ROWS, _LEAD] for one in (outlook, other)], axis=1)
        slot = _slot(now.minute)
        state.aside_us[slot] = work.now_us
        state.aside_m[slot] = np.where(wet[:, None, None], np.round(told, 3), np.nan)


def judge(work: Work, fused: Fused) -> None:
    """Judge what was put aside a quarter of an hour ago, and decide."""
    state = work.state
    if state.trial is None:
        return
    minute = work.now_us // MINUTE_US
    if minute % limits.TRIAL_EVERY_MIN == 0:
        slot = _slot(minute)
        if state.aside_us[slot] == work.now_us - limits.TRIAL_LEAD_MIN * MINUTE_US:
            _count(work, fused, state.aside_m[slot])
        state.aside_us[slot] = NEVER_US
    _decide(work)


def _slot(minute: int) -> int:
    return minute // limits.TRIAL_EVERY_MIN % _SLOTS


def _count(work: Work, fused: Fused, told_m: Floats) -> None:
    trial = work.state.trial
    assert trial is not None
    read = (fused.observed_us >= work.now_us - limits.TRIAL_NEAR_US) & ~doubtful(work)
    judged = np.isfinite(told_m).all(axis=(1, 2)) & read
    loss = pinball(told_m[judged], fused.depth_m[judged, None, None]).sum(axis=(0, 2))
    work.state.trial = structs.replace(
        trial, cases=trial.cases + int(judged.sum()), loss=trial.loss + float(loss[0]), loss_before=trial.loss_before + float(loss[1])
    )


def pinball(told_m: Floats, came_m: Floats) -> Floats:
    """Pinball loss of quantiles in the last axis."""
    off = came_m - told_m
    return np.maximum(_JUDGED * off, (_JUDGED - 1) * off)


def _decide(work: Work) -> None:
    trial = work.state.trial
    assert trial is not None
    if trial.cases >= limits.TRIAL_CASES and trial.loss > limits.TRIAL_WORSE * trial.loss_before:
        _send_back(work, f"worse on what came in since: {_figures(trial)}")
    elif trial.wet_min >= limits.TRIAL_WET_MIN:
        name = work.before.name if work.before is not None else trial.before
        end(work)
        work.tell_model("kept", name, f"not worse on what came in since: {_figures(trial)}")


def _send_back(work: Work, reason: str) -> None:
    """The model before takes over where its shadow stands."""
    state, sent_back = work.state, work.model
    assert state.trial is not None and work.before is not None
    work.model, state.model, state.memory = work.before, state.trial.before, state.shadow
    end(work)
    work.tell_model("returned", sent_back.name, reason)


def _figures(trial: Trial) -> str:
    cases = max(trial.cases, 1)
    return f"loss {100 * trial.loss / cases:.3f} cm, of the one before {100 * trial.loss_before / cases:.3f} cm, in {trial.cases} cases"
