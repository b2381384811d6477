"""Leave one storm out: each recording is judged by a model that was fitted on all the others, and that never saw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from models.forecaster import CoreOnly, Model
from models.learn.learned import Learned
from models.learn.rows import Rows
from streams.evaluate.evaluation import Source
from streams.evaluate.truth import Truth
from streams.train.alarm import recording_of
from streams.train.train import collect_all, fit_regimes

_shared: tuple[Rows, Mapping[int, Truth]] | None = None
"""What every process of the pool fits on; set once in each."""


def left_out_models(sources: Sequence[Source], tell: Callable[[str], None], processes: int = 1) -> dict[Source, Model]:
    """For each recording the model that was fitted on all others; the core alone where they are too few."""
    rows, truths = collect_all(sources, tell, processes)
    models: dict[Source, Model] = {}
    with ProcessPoolExecutor(processes, initializer=_share, initargs=(rows, truths)) as pool:
        for source, model in zip(sources, pool.map(_without, range(len(sources))), strict=True):
            models[source] = model
            tell(f"fitted without {source.storm}")
    return models


def _share(rows: Rows, truths: Mapping[int, Truth]) -> None:
    global _shared
    _shared = rows, truths


def _without(number: int) -> Model:
    assert _shared is not None
    return model_without(*_shared, number)


def model_without(rows: Rows, truths: Mapping[int, Truth], number: int) -> Model:
    """Fit on all recordings but one."""
    others = rows.pick(np.flatnonzero(recording_of(rows) != number))
    experts, _ = fit_regimes(others, {key: truth for key, truth in truths.items() if key != number}, lambda _: None, judge=False)
    return Learned("left-out", experts) if experts else CoreOnly()
