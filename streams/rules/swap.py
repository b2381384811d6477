"""Changes the model of a district where the log says so (law 4): at that place in it, before whatever comes later."""

from __future__ import annotations

from streams.rules import trial
from streams.rules.work import Work


def take_up(work: Work) -> None:
    """Find the models that the state goes on with; where one is gone, go on without it and say so."""
    state = work.state
    if not state.model and state.trial is None:
        return
    work.now_us = max(state.heard_until_us, 0)
    if state.model:
        found = work.models.named(state.model)
        if found is None:
            lost, state.model = state.model, ""
            trial.end(work)
            work.tell_model("lost", lost, "it is no longer in the registry: the default goes on")
            return
        work.model = found
    if state.trial is not None:
        name = state.trial.before
        work.before = work.models.named(name) if name else work.models.default
        if work.before is None:
            trial.end(work)
            work.tell_model("kept", name, "the model before is no longer in the registry: there is nothing to compare with")


def swap(work: Work, name: str) -> None:
    """Forecast by another model from here on, and let the one before go on in the shadow; one that is not there changes nothing."""
    state, before, before_name = work.state, work.model, work.state.model
    work.now_us = max(state.heard_until_us, 0)
    found = work.models.named(name)
    if found is None:
        work.tell_model("refused", name, "the registry of the workers holds no such model that can be used")
        return
    if name == before.name:
        work.tell_model("refused", name, "it forecasts already")
        return
    memory = state.memory
    if work.before is not None and work.before.name == name:
        memory = state.shadow  # it has gone on all the while
    shadow = state.memory
    work.model, work.before = found, before
    state.model = name
    trial.begin(work, before_name, shadow)
    state.memory = memory.copy()
    work.tell_model("used", before.name, "asked for in the log; the one before goes on in the shadow")
