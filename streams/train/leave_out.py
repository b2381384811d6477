"""Leave one storm out: each recording is judged by a model that was fitted on all the others, and that never saw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from models.forecaster import CoreOnly, Model
from models.learn.learned import Learned
from models.learn.rows import Rows
from streams.evaluate.evaluation import Source
from streams.evaluate.truth import Truth
from streams.train.alarm import recording_of
from streams.train.train import collect_all, fit_regimes


class LeftOut:
    """Models by recording; each is fitted when it is asked for."""

    def __init__(self, sources: Sequence[Source], tell: Callable[[str], None], processes: int = 1):
        self._rows, self._truths = collect_all(sources, tell, processes)
        self._number = {source: number for number, source in enumerate(sources)}

    def __call__(self, source: Source) -> Model:
        """The model for one recording: fitted on all others; the core alone where they are too few."""
        return model_without(self._rows, self._truths, self._number[source])


def model_without(rows: Rows, truths: Mapping[int, Truth], number: int) -> Model:
    """Fit on all recordings but one."""
    others = rows.pick(np.flatnonzero(recording_of(rows) != number))
    experts, _ = fit_regimes(others, {key: truth for key, truth in truths.items() if key != number}, lambda _: None, judge=False)
    return Learned("left-out", experts) if experts else CoreOnly()
